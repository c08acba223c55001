"""The Chinese catalogue is complete: nothing missing, nothing doubtful, nothing unused."""

from __future__ import annotations

import re
from pathlib import Path

from gezhi.interfaces.web import strings, translations

FRONTEND = Path(__file__).resolve().parents[2] / "frontend" / "src"


def test_every_word_has_its_translation_and_every_translation_its_word() -> None:
    assert translations.faults() == [], (
        "missing: add it to src/gezhi/locale/zh_Hans/LC_MESSAGES/django.po; unused: no call of phrase, gettext or translate "
        "has these very words (the words of an error stand in interfaces/problem.py)"
    )


def test_the_extraction_finds_words_of_python_of_templates_and_of_plurals() -> None:
    found = {message.id for message in translations.extract()}
    assert {"Undo", "Where is it?", ("%(count)d day", "%(count)d days")} <= found


def test_words_are_written_in_english() -> None:
    han = re.compile(r"[\u4e00-\u9fff]")
    assert [message.id for message in translations.extract() if han.search(str(message.id))] == []


def test_scripts_say_only_words_that_pages_carry() -> None:
    said = {key for path in FRONTEND.rglob("*.ts") for key in re.findall(r"\bt\('(\w+)'", path.read_text("utf-8"))}
    said |= {f"live_{link}" for link in ("connecting", "live", "polling", "offline")}
    assert said == set(strings.script_strings())
