"""Rules of the house that no linter knows."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LONGEST_FILE = 400
SOURCES = {".py", ".ts", ".html", ".sh", ".mjs"}
NAMES_THAT_SAY_NOTHING = {"utils", "helpers", "common", "misc", "manager"}
# Spelled in pieces: this file must pass its own test.
REGISTRIES = ["py" + "pi.org", "python" + "hosted.org", "registry." + "npmjs", "npm" + "mirror", "deb." + "debian.org"]
HOMES = [r"/ho" + r"me/[a-z]\w*/", r"/Us" + r"ers/\w+/", r"[A-Z]:\\Us" + r"ers\\"]


def tracked() -> list[Path]:
    """The files of the repository; those of the working copy where there is no git."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split("\0")
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git working copy")
    return [ROOT / name for name in listed if name and (ROOT / name).is_file()]


FILES = tracked()


def relative(paths) -> list[str]:
    return sorted(str(path.relative_to(ROOT)) for path in paths)


def test_there_are_files_to_look_at():
    assert ROOT / "pyproject.toml" in FILES


# What a door hands out, a list shows or an event carries has a shape that mypy knows.
UNTYPED_ROW = re.compile(
    r"(?:list|Iterable|Sequence|tuple)\[dict\[str, (?:Any|object)\]|\w*[Rr]ows?: dict\[str, Any\]"
    r"|def \w*row\w*\([^)]*\) -> dict\[str, Any\]|^\w*Row = dict",
    re.M,
)


@pytest.mark.parametrize(
    "text",
    [
        "Row = dict[str, Any]",
        "    rows: list[dict[str, Any]]",
        "def row_of(case) -> dict[str, Any]:",
        "row: dict[str, Any]",
    ],
)
def test_a_row_without_a_shape_is_seen(text):
    assert UNTYPED_ROW.search(text)


def test_every_row_has_a_shape():
    parts = [
        ROOT / "src/gezhi" / part
        for part in ("kernel", "platform", "contexts", "interfaces/web", "interfaces/api", "interfaces/live")
    ]
    looked = [path for path in FILES if path.suffix == ".py" and any(path.is_relative_to(part) for part in parts)]
    assert len(looked) > 200
    assert relative(path for path in looked if UNTYPED_ROW.search(path.read_text("utf-8"))) == []


def test_no_file_is_two_things():
    def lines(path: Path) -> int:
        return len(path.read_text("utf-8").splitlines())

    sources = [path for path in FILES if path.suffix in SOURCES and "migrations" not in path.parts]
    assert relative(path for path in sources if lines(path) > LONGEST_FILE) == []


def test_no_file_has_a_name_that_says_nothing():
    assert relative(path for path in FILES if path.stem in NAMES_THAT_SAY_NOTHING) == []


def test_no_file_names_this_machine_or_a_package_registry():
    here = [re.escape(f"{folder}/") for folder in (ROOT, Path.home()) if len(folder.parts) > 1]
    forbidden = re.compile("|".join([*here, *HOMES, *map(re.escape, REGISTRIES)]))
    found = []
    for path in FILES:
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{path.relative_to(ROOT)}: {match.group()}" for match in forbidden.finditer(text)]
    assert found == []


def test_nothing_generated_is_kept():
    generated = [path for path in FILES if path.suffix in {".mo", ".pyc", ".sqlite3"} or "node_modules" in path.parts]
    assert relative(generated) == []


def test_no_message_for_people_is_built_inside_gettext():
    # gettext(f"…") looks up the finished sentence, which no catalogue holds.
    call = re.compile(r"\b(?:_|gettext|gettext_lazy|ngettext|pgettext)\(\s*f[\"']")
    sources = [path for path in FILES if path.suffix == ".py" and "src" in path.parts]
    assert relative(path for path in sources if call.search(path.read_text("utf-8"))) == []
