"""Mappings are checked before a row is touched; those that ship name classes that ship."""

import pytest

from gezhi.contexts.cases.use_cases.install_classes import shipped_classes
from gezhi.interfaces.imports.case_rows import CaseReader
from gezhi.interfaces.imports.mapping import check_header, load_mapping, shipped_mappings
from gezhi.kernel.errors import InvalidInput

GOOD = """
source = "town"
[columns]
id = "id"
reported_at = "when"
description = "what"
class = "kind"
longitude = "x"
latitude = "y"
"""


def test_the_mappings_of_four_cities_ship():
    assert shipped_mappings() == ["baltimore", "boston", "new-york", "san-francisco"]


@pytest.mark.parametrize("name", shipped_mappings())
def test_a_shipped_mapping_fits_the_shipped_classes(name):
    minors = {row.code for row in shipped_classes() if len(row.code) > 3}
    reader = CaseReader(load_mapping(name), minors)
    assert reader.mapping.spec.classes.default in minors
    assert len(reader.mapping.spec.classes.map) >= 10


def test_what_is_left_out_has_a_default(tmp_path):
    (tmp_path / "town.toml").write_text(GOOD)
    loaded = load_mapping(str(tmp_path / "town.toml"))
    assert str(loaded.zone) == "Asia/Shanghai"
    assert loaded.spec.formats.time == ("iso",)
    assert loaded.spec.location.detect


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("source = ", "Invalid value"),
        (GOOD.replace('id = "id"\n', ""), "id"),
        (GOOD + 'colour = "red"', "colour"),
        (GOOD.replace('"town"', "7"), "str"),
        (GOOD.replace('"town"', '""'), "1 to 40"),
        (GOOD.replace('"town"', '"' + "x" * 41 + '"'), "1 to 40"),
        ('time_zone = "Mars/Olympus"\n' + GOOD, "Mars/Olympus"),
        ('datum = "nad27"\n' + GOOD, "nad27"),
        (GOOD + "[location]\ndefault_points = [[1.0]]", "default_points"),
    ],
)
def test_a_bad_mapping_is_refused_with_the_key_at_fault(tmp_path, text, words):
    (tmp_path / "town.toml").write_text(text)
    with pytest.raises(InvalidInput) as caught:
        load_mapping(str(tmp_path / "town.toml"))
    assert caught.value.code == "mapping_bad"
    assert words in caught.value.message


@pytest.mark.parametrize("name", ["atlantis", "none.toml"])
def test_a_mapping_that_is_not_there(name):
    with pytest.raises(InvalidInput) as caught:
        load_mapping(name)
    assert caught.value.code == "mapping_missing"


@pytest.mark.parametrize(
    "more", ['[classes]\ndefault = "Z9999"', '[classes.map]\nnoise = "Z9999"', '[channels]\ndefault = "pigeon"']
)
def test_a_class_or_channel_that_we_do_not_have_is_named(tmp_path, more):
    (tmp_path / "town.toml").write_text(GOOD + more)
    with pytest.raises(InvalidInput, match=r"Z9999|pigeon"):
        CaseReader(load_mapping(str(tmp_path / "town.toml")), {"E0110"})


def test_a_column_that_the_file_does_not_have_is_named(tmp_path):
    (tmp_path / "town.toml").write_text(GOOD)
    spec = load_mapping(str(tmp_path / "town.toml")).spec
    with pytest.raises(InvalidInput, match="no column x, y; it has id, when, what, kind"):
        check_header(spec, dict.fromkeys(["id", "when", "what", "kind"], ""))
