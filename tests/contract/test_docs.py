"""The docs are true: what is drawn from the code is fresh, links lead somewhere, and runnable commands run."""

import os
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^```sh runnable\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)[^)]*\)")
HEADING_WORDS = {"Context": "**Context.**", "Decision": "**Decision.**", "Consequences": "**Consequences.**"}


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("document", ["architecture.svg", "case-life.md", "power-life.md"])
def test_what_is_written_from_the_code_is_fresh(document):
    make = runpy.run_path(str(ROOT / "scripts" / "write_docs.py"))["DOCUMENTS"][document]
    written = (ROOT / "docs" / "reference" / document).read_text("utf-8")
    assert written == make(), "the code has changed: run `make docs`, look at the difference and commit it"


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_somewhere(page):
    targets = [target for target in LINK.findall(page.read_text("utf-8")) if "://" not in target]
    assert [target for target in targets if not (page.parent / target).exists()] == []


WITH_COMMANDS = [page for page in PAGES if BLOCK.search(page.read_text("utf-8"))]


def test_there_are_commands_to_run():
    assert ROOT / "README.md" in WITH_COMMANDS


@pytest.mark.parametrize("page", WITH_COMMANDS, ids=name)
def test_runnable_commands_run(page, tmp_path):
    """Each page's blocks, in order, in one empty data folder, as a person would type them."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("GEZHI_", "DJANGO_"))}
    path = f"{Path(sys.executable).parent}{os.pathsep}{clean.get('PATH', os.defpath)}"
    script = "set -e\n" + "\n".join(BLOCK.findall(page.read_text("utf-8")))
    done = subprocess.run(
        ["sh", "-c", script],
        cwd=tmp_path,
        env={**clean, "PATH": path, "GEZHI_HOME": str(tmp_path / "home")},
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("record", sorted((ROOT / "docs" / "adr").glob("*.md")), ids=name)
def test_a_decision_has_its_three_parts_and_its_number(record):
    text = record.read_text("utf-8")
    assert text.startswith(f"# {record.name[:4]} ")
    assert [part for part, mark in HEADING_WORDS.items() if mark not in text] == []
    assert re.match(r"# \d{4} .+\n\nAccepted, \d{4}-\d\d-\d\d\.\n\n", text), (
        "an ADR says whether and when it was accepted"
    )


def test_every_setting_is_described():
    described = (ROOT / "docs" / "reference" / "settings.md").read_text("utf-8")
    read = re.compile(r"\b[eE][nN][vV]\.(?:text|flag|number|words)\(\s*\"([a-z_]+)\"")
    used = {match for path in (ROOT / "src").rglob("*.py") for match in read.findall(path.read_text("utf-8"))}
    assert used
    assert sorted(name for name in used if f"`GEZHI_{name.upper()}`" not in described) == []


def test_the_readmes_first_screen_names_the_two_commands():
    first_screen = "\n".join((ROOT / "README.md").read_text("utf-8").splitlines()[:30])
    assert "make demo" in first_screen
    assert "make test" in first_screen
