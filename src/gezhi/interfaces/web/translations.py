"""The catalogue of words: extracted from Python and templates, completed by people, compiled at installation.

``python -m gezhi.interfaces.web.translations compile`` writes the ``.mo`` files that Django reads; ``extract`` brings the
``.po`` file up to date with the sources; ``check`` tells what is missing. No GNU gettext is needed.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import click
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

import gezhi

PACKAGE = Path(gezhi.__file__).parent
LOCALES = PACKAGE / "locale"
# The catalogue that must be complete. English is the language of the sources: its catalogue holds only what libraries
# write otherwise.
COMPLETE = "zh_Hans"
_KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "filled": None,
    "phrase": None,
    "phrase_in": ((1, "c"), 2),
}


def po_path(locale: str) -> Path:
    """The catalogue of a locale as people edit it."""
    return LOCALES / locale / "LC_MESSAGES" / "django.po"


def _sources() -> Iterator[tuple[Path, str]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        yield path, path.read_text("utf-8")
    for path in sorted((PACKAGE / "interfaces").rglob("templates/**/*")):
        if path.suffix in {".html", ".txt"}:
            yield path, templatize(path.read_text("utf-8"), origin=str(path))


def extract() -> Catalog:
    """All words of the sources, as an empty catalogue."""
    found = Catalog()
    for _path, text in _sources():
        for _line, function, messages, _comments in extract_python(io.BytesIO(text.encode()), _KEYWORDS, [], {}):
            _add(found, function, messages)  # type: ignore[arg-type]  # babel declares the parts in another order
    return found


def _add(found: Catalog, function: str, messages: object) -> None:
    parts = messages if isinstance(messages, tuple) else (messages,)
    spec = _KEYWORDS[function]
    if spec is None:
        if isinstance(parts[0], str) and parts[0]:
            found.add(parts[0])
        return
    context: str | None = None
    ids: list[str] = []
    for item in spec:
        position = item[0] if isinstance(item, tuple) else item
        text = parts[int(str(position)) - 1]
        if not isinstance(text, str):
            return
        if isinstance(item, tuple):
            context = text
        else:
            ids.append(text)
    found.add(ids[0] if len(ids) == 1 else tuple(ids), context=context)


def read(locale: str) -> Catalog:
    """The catalogue of a locale; an empty one where there is none yet."""
    path = po_path(locale)
    if not path.exists():
        return Catalog(locale=locale)
    with path.open("rb") as handle:
        return read_po(handle, locale=locale, abort_invalid=True)


def faults(locale: str = COMPLETE) -> list[str]:
    """What is wrong with a catalogue: words without translation, doubtful ones, and ones that nothing uses."""
    wanted, have = extract(), read(locale)
    found = []
    for message in wanted:
        if not message.id:
            continue
        there = have.get(message.id, context=message.context)
        if there is None or not there.string or (isinstance(there.string, tuple) and not all(there.string)):
            found.append(f"missing: {message.id!r}")
        elif there.fuzzy:
            found.append(f"fuzzy: {message.id!r}")
        elif errors := list(there.check(have)):
            found.append(f"{errors[0]}: {message.id!r}")
    found += [f"unused: {m.id!r}" for m in have if m.id and wanted.get(m.id, context=m.context) is None]
    found += [f"unused: {key!r}" for key in have.obsolete]
    return sorted(found)


@click.group()
def main() -> None:
    """Keep the catalogues of words."""


@main.command("extract")
def extract_command() -> None:
    """Bring the .po file up to date: new words in, unused ones out, translations kept."""
    have, wanted = read(COMPLETE), extract()
    fresh = Catalog(locale=COMPLETE, project="Gezhi", charset="utf-8", fuzzy=False)
    for message in wanted:
        if not message.id:
            continue
        there = have.get(message.id, context=message.context)
        fresh.add(message.id, there.string if there else "", context=message.context)
    path = po_path(COMPLETE)
    path.parent.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    write_po(buffer, fresh, omit_header=True, sort_output=True, width=100)
    header = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n"Language: zh_Hans\\n"\n'
    header += '"Plural-Forms: nplurals=1; plural=0;\\n"\n\n'
    path.write_text(header + buffer.getvalue().decode().lstrip(), "utf-8")
    click.echo(f"{len(fresh)} words, {sum(1 for m in fresh if m.id and not m.string)} without translation")


@main.command("compile")
def compile_command() -> None:
    """Write the .mo file beside each .po file."""
    for path in sorted(LOCALES.glob("*/LC_MESSAGES/*.po")):
        with path.open("rb") as handle:
            catalogue = read_po(handle, locale=path.parent.parent.name)
        with path.with_suffix(".mo").open("wb") as handle:
            write_mo(handle, catalogue)
        click.echo(f"{path.with_suffix('.mo').relative_to(PACKAGE)}: {len(catalogue)} words")


@main.command("check")
def check_command() -> None:
    """Print what is missing, doubtful or unused; exit with 1 if there is anything."""
    found = faults()
    for line in found:
        click.echo(line)
    raise SystemExit(1 if found else 0)


if __name__ == "__main__":
    main()
