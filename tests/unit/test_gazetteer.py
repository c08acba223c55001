"""Places by name, in every way that people type them."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypinyin import lazy_pinyin

from gezhi.contexts.places.domain.kinds import KIND_WORDS, NAMED_AFTER
from gezhi.solvers.gazetteer import Match, PlaceIndex, build_index, find
from gezhi.solvers.gazetteer.english import in_chinese
from gezhi.solvers.gazetteer.traditional import TO_SIMPLIFIED
from gezhi.solvers.gazetteer.words import folded, without_crossing
from tests.factories.places import CITY, MIDDLE, TOWN, place


@pytest.fixture(scope="module")
def index():
    return build_index(TOWN, read=lazy_pinyin)


@pytest.fixture(scope="module")
def city():
    return build_index(CITY, read=lazy_pinyin, kind_words=KIND_WORDS, lesser=NAMED_AFTER)


def best(index, text, **asked):
    return [index.shown[hit.place] for hit in find(index, text, **asked)]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("长虹花苑", "长虹花苑"),
        ("  长虹花苑。", "长虹花苑"),
        ("长虹花", "长虹花苑"),
        ("changhonghuayuan", "长虹花苑"),
        ("Changhong Huayuan", "长虹花苑"),
        ("huayuan changhong", "长虹花苑"),
        ("chhy", "长虹花苑"),
        ("CHHY", "长虹花苑"),
        ("常虹花园", "长虹花苑"),
        ("chanhonghuayuan", "长虹花苑"),
        ("花苑 长虹", "长虹花苑"),
        ("棉纺厂宿舍", "长虹花苑"),
        ("襄城区长虹花苑", "长虹花苑"),
        ("襄城区檀溪街道檀溪社区长虹花苑", "长虹花苑"),
        ("xiangcheng changhonghuayuan", "长虹花苑"),
        ("长虹花苑8栋", "长虹花苑8栋"),
        ("长虹花苑 8 号楼", "长虹花苑8栋"),
        ("长虹花苑八栋", "长虹花苑8栋"),
        ("长虹花苑十八幢", "长虹花苑18栋"),
        ("长虹路", "长虹路"),
        ("changhong road", "长虹路"),
        ("檀溪路和长虹路交叉口", "长虹路与檀溪路路口"),
        ("檀溪路/长虹路", "长虹路与檀溪路路口"),
        ("长虹路檀溪路", "长虹路与檀溪路路口"),
        ("changhonglu tanxilu", "长虹路与檀溪路路口"),
        ("第三网格", "第3网格"),
        ("檀溪社区第3网格", "第3网格"),
        ("chongqing huoguo", "重庆火锅"),
        ("mannerheimintie 3", "Mannerheimintie 3"),
        ("MANNERHEIMVAGEN 3", "Mannerheimintie 3"),
        ("mannerheimintie 13", "Mannerheimintie 13"),
        ("mannerhaimintie 13", "Mannerheimintie 13"),
    ],
)
def test_what_is_meant_comes_first(index, typed, meant):
    assert best(index, typed)[:1] == [meant]


def test_of_two_of_one_name_the_near_one_or_that_of_the_area(index):
    names = [index.key[number] for number in range(len(index))]
    one, other = (number for number, name in enumerate(names) if name == "建设小学")
    assert [hit.place for hit in find(index, "建设小学", near=(112.2, 32.1))][:2] == [other, one]
    assert [hit.place for hit in find(index, "建设小学", near=MIDDLE)][:2] == [one, other]
    assert [hit.place for hit in find(index, "檀溪社区建设小学", near=(112.2, 32.1))][:1] == [one]
    assert [hit.place for hit in find(index, "王府建设小学", near=MIDDLE)][:1] == [other]


@pytest.mark.parametrize("typed", ["", "   ", "。，！", "🙂", "zzzzqqqq", "龘龘龘", "\x00", "9" * 400, "长" * 400])
def test_nothing_is_found_of_nothing(index, typed):
    assert find(index, typed) == []


def test_no_more_than_asked_for_and_none_twice(index):
    assert len(find(index, "长虹", limit=2)) == 2
    hits = find(index, "长虹", limit=50)
    assert len({hit.place for hit in hits}) == len(hits)
    assert [hit.fits for hit in hits] == sorted((hit.fits for hit in hits), reverse=True)


def test_a_saved_index_answers_the_same(index, tmp_path):
    index.save(tmp_path / "places")
    loaded = PlaceIndex.load(tmp_path / "places")
    for typed in ("长虹花苑", "chhy", "檀溪路/长虹路", "襄城区长虹花苑", "mannerheimintie 3"):
        assert find(loaded, typed, near=MIDDLE) == find(index, typed, near=MIDDLE)
    assert loaded.around(5) == [2, 1, 0]
    assert loaded.kinds == index.kinds


def test_an_index_of_nothing(tmp_path):
    empty = build_index([], read=lazy_pinyin)
    empty.save(tmp_path / "places")
    assert find(PlaceIndex.load(tmp_path / "places"), "长虹") == []


def test_spellings_of_one_thing_are_one():
    assert folded("长虹花苑第８号楼") == folded("长虹花苑8栋") == folded("长虹花苑八幢") == "长虹花苑8栋"
    assert folded("三元路") == "三元路"
    assert folded("Mannerheimvägen") == "mannerheimvagen"
    assert without_crossing("长虹路与檀溪路路口") == without_crossing("长虹路和檀溪路的交叉口") == "长虹路 檀溪路"
    assert without_crossing("和平路") == "和平路"


SIGNS = st.text(st.sampled_from("长虹檀溪襄城花苑建设小学路街区8一a b"), min_size=1, max_size=8)


@given(names=st.lists(SIGNS, min_size=1, max_size=12, unique=True), typed=st.text(max_size=12))
def test_a_name_typed_as_it_stands_is_found_first(names, typed):
    index = build_index([place(name) for name in names], read=lazy_pinyin)
    find(index, typed)
    for number, name in enumerate(names):
        hits = find(index, name, limit=len(names))
        spelled_alike = {
            n for n, other in enumerate(names) if folded(other).replace(" ", "") == folded(name).replace(" ", "")
        }
        if any(sign.isalnum() for sign in name):
            assert hits[0].place in spelled_alike or hits[0].fits == pytest.approx(1.0), (name, hits)
            assert number in {hit.place for hit in hits}


@pytest.mark.parametrize("typed", ["zxcvqw", "和尚路", "公交总站站", "qwrtpsd", "东西南北中发白", "施公营"])
def test_what_is_only_similar_says_so(city, typed):
    assert all(hit.match is not Match.NAME for hit in find(city, typed, near=MIDDLE))


@pytest.mark.parametrize(
    "typed", ["檀溪花园", "tanxihuayuan", "txhy", "檀溪花", "花园 檀溪", "tanxihuayaun", "第一医院", "檀溪园花"]
)
def test_what_fits_says_so(city, typed):
    assert find(city, typed, near=MIDDLE)[0].match is Match.NAME


def test_signs_that_no_name_has_are_not_passed_over(city):
    # Without the first of them 西村 would be left, and the end of a name.
    assert all(hit.match is Match.LIKE for hit in find(city, "鑫淼西村", near=MIDDLE))


@pytest.mark.parametrize(
    "typed",
    [
        "谷城长虹路",
        "长虹路谷城",
        "长虹路(谷城)",
        "长虹路（谷城）",
        "谷城县长虹路",
        "谷城 长虹路",
        "襄阳市谷城长虹路",
        "襄阳谷城县长虹路",
    ],
)
def test_an_area_by_its_short_name_on_either_side(city, typed):
    for near in (MIDDLE, (112.2, 31.7), (111.8, 31.7), None):
        first = find(city, typed, near=near)[0]
        assert (city.shown[first.place], city.around(first.place)[0]) == ("长虹路", 1)


def test_traditional_signs_are_the_simplified_ones(city):
    assert best(city, "長虹路")[:1] == ["长虹路"]
    assert best(city, "襄陽東站")[:1] == ["襄阳东站"]
    assert best(build_index([place("長虹路")], read=lazy_pinyin), "长虹路") == ["長虹路"]
    # No sign goes to one that goes on to another, and none to itself.
    assert not set(TO_SIMPLIFIED) & {ord(sign) for sign in TO_SIMPLIFIED.values()}


def test_a_shortened_name_is_before_what_sounds_alike(city):
    assert best(city, "第一医院", near=MIDDLE)[:1] == ["襄阳市第一人民医院"]
    assert best(city, "市政府", near=MIDDLE)[:1] == ["襄阳市人民政府"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Tanxi Garden Building 8", "檀溪花园8栋"),
        ("Building 8, Tanxi Garden", "檀溪花园8栋"),
        ("tanxi garden 8th building", "檀溪花园8栋"),
        ("Tanxi Garden", "檀溪花园"),
        ("Tanxi Garden North Gate", "檀溪花园北门"),
        ("Xinghe Street and Tanxi Road", "檀溪路与星河街路口"),
        ("Tanxi Road and Xinghe Street", "檀溪路与星河街路口"),
        ("Xinghe St. & Tanxi Rd.", "檀溪路与星河街路口"),
        ("tanxi road", "檀溪路"),
    ],
)
def test_english_words_for_what_names_are_made_of(city, typed, meant):
    assert best(city, typed, near=MIDDLE)[:1] == [meant]


def test_only_whole_english_words_are_taken_for_chinese_ones():
    assert in_chinese("mannerheimintie 3") == "mannerheimintie 3"
    assert in_chinese("stroad gardenia") == "stroad gardenia"


@pytest.mark.parametrize(
    ("typed", "meant", "number"),
    [
        ("富春花园99栋", "富春花园", "99"),
        ("富春花园九十九号楼", "富春花园", "99"),
        ("Fuchun Garden Building 99", "富春花园", "99"),
        ("富春花园1栋7单元301室", "富春花园1栋", "7, 301"),
        ("星河街888号", "星河街", "888"),
        ("888 Xinghe Street", "星河街", "888"),
    ],
)
def test_a_number_that_nobody_knows_leaves_what_it_is_a_number_of(city, typed, meant, number):
    first = find(city, typed, near=MIDDLE)[0]
    assert (city.shown[first.place], first.match, first.unknown) == (meant, Match.NUMBER, number)


def test_a_number_that_is_known_is_no_unknown_one(city):
    for typed in ("富春花园1栋", "富春花园 1 号楼", "檀溪花园8栋"):
        assert find(city, typed, near=MIDDLE)[0].match is Match.NAME


def test_a_compound_is_before_the_bus_stop_named_after_it(city):
    hits = find(city, "富春雅苑", near=(112.1403, 32.02))
    assert [city.kinds[city.kind[hit.place]] for hit in hits[:2]] == ["compound", "bus_stop"]


@pytest.mark.parametrize("name", ["Dienst der NÖGKK Ärztlicher Notdienst", "Caisleain Óir Irish Pub"])
def test_words_in_every_order_however_many(city, name):
    for order in permutations(name.split()):
        hits = find(city, " ".join(order))
        assert hits, order
        assert (city.shown[hits[0].place], hits[0].match) == (name, Match.NAME)
    assert best(city, "Notdienst NÖGKK der Artzlicher Dienst")[:1] == ["Dienst der NÖGKK Ärztlicher Notdienst"]
