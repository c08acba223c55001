"""Places by name, in every way that people type them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypinyin import lazy_pinyin

from gezhi.solvers.gazetteer import Entry, PlaceIndex, build_index, find
from gezhi.solvers.gazetteer.words import folded, without_crossing

MIDDLE = (112.14, 32.02)


def place(name: str, *more: str, kind: str = "place", at=MIDDLE, inside: int = -1, area=False, crossing=False) -> Entry:
    return Entry((name, *more), kind, name, *at, inside, area, crossing)


TOWN = [
    place("襄城区", kind="district", area=True),
    place("檀溪街道", kind="street", inside=0, area=True),
    place("檀溪社区", kind="community", inside=1, area=True),
    place("王府街道", kind="street", inside=0, area=True),
    place("第3网格", kind="grid", inside=2),
    place("长虹花苑", "棉纺厂宿舍", kind="compound", inside=2),
    place("长虹花苑8栋", kind="building", inside=2),
    place("长虹花苑18栋", kind="building", inside=2),
    place("长虹路", "Changhong Road", kind="road", inside=1),
    place("檀溪路", kind="road", inside=1),
    place("长虹路与檀溪路路口", kind="crossing", inside=1, crossing=True),
    place("建设小学", kind="landmark", inside=2),
    place("建设小学", kind="landmark", inside=3, at=(112.2, 32.1)),
    place("重庆火锅", kind="landmark", inside=3),
    place("Mannerheimintie 3", "Mannerheimvägen 3", kind="address"),
    place("Mannerheimintie 13", kind="address"),
]


@pytest.fixture(scope="module")
def index():
    return build_index(TOWN, read=lazy_pinyin)


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
