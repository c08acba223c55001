"""Places by name, from the ground to the field under the map."""

from __future__ import annotations

import json
import math
from urllib.parse import parse_qs, urlsplit

import pytest
import shapely
from django.test import Client
from django.utils.translation import override

from gezhi.contexts.areas import queries as areas
from gezhi.contexts.areas.domain.levels import LEVELS
from gezhi.contexts.areas.models import Compound
from gezhi.contexts.ground import queries as ground_queries
from gezhi.contexts.ground.domain.layers import Layer
from gezhi.contexts.ground.queries import Relation, beside
from gezhi.contexts.ground.use_cases import NewFeature
from gezhi.contexts.places.domain.kinds import KIND_WORDS
from gezhi.contexts.places.index import INDEXES
from gezhi.contexts.places.queries import find_places
from gezhi.contexts.places.use_cases import refresh_index
from gezhi.interfaces.cli.places import command
from gezhi.interfaces.web.words import PLACE_KIND
from gezhi.platform.kept import forget_all
from tests.factories.areas import centre
from tests.factories.cases import make_town
from tests.factories.ground import lay, road

pytestmark = pytest.mark.django_db


def named_things():
    return [*areas.named_things(), *ground_queries.named_things()]


@pytest.fixture
def ground(settings, tmp_path):
    settings.GEZHI_HOME = tmp_path
    town = make_town()
    (west, y), (east, _) = centre(0), centre(3)
    x, south, north = (2 * west + east) / 3, y - 0.0004, y + 0.0004
    lay(
        road("长虹路", "arterial", (west, y), (east, y)),
        road("檀溪路", "local", (x, south), (x, y)),
        road("檀溪路", "local", (x, y), (x, north)),
        road("汉江", "river", (west, south), (east, north)),
        road("", "local", (west, south), (east, south)),
    )
    return town


def names(found):
    return [place.name for place in found]


def test_the_ground_has_names(ground):
    things = {thing.key: thing for thing in named_things()}
    assert len(things) == len(named_things())
    kinds = [thing.kind for thing in things.values()]
    assert kinds[0] == "city"
    assert (kinds.count("road"), kinds.count("river"), kinds.count("crossing")) == (2, 1, 1)
    crossing = next(thing for thing in things.values() if thing.kind == "crossing")
    assert crossing.names == ("檀溪路与长虹路路口",)
    known = set()
    for thing in things.values():
        assert thing.area_id is None or f"area:{thing.area_id}" in known
        known.add(thing.key)


def test_nothing_is_found_before_there_is_an_index_and_nothing_is_made_twice(ground):
    assert find_places("长虹路") == []
    assert refresh_index() == len(named_things())
    assert refresh_index() is None
    assert names(find_places("长虹路"))[:1] == ["长虹路"]
    assert names(find_places("tanxilu changhonglu"))[0].endswith("路口")


def test_the_index_follows_the_ground(ground, settings):
    for number, name in enumerate(["建设路", "解放路", "人民路"]):
        refresh_index()
        assert name not in names(find_places(name))
        (west, south) = centre(number)
        lay(road(name, "local", (west, south), (west + 0.001, south)), code=name)
        # What was made before answers until the next is there.
        assert names(find_places("长虹路"))[:1] == ["长虹路"]
    assert refresh_index() == len(named_things())
    assert names(find_places("人民路"))[:1] == ["人民路"]
    folders = [path for path in (settings.GEZHI_HOME / "places").iterdir() if path.is_dir()]
    assert len(folders) == 2


def test_the_list_under_the_field(ground):
    refresh_index()
    client = Client()
    lon, lat = centre(0)
    page = client.get("/map/places", {"q": "changhonglu", "lon": lon, "lat": lat})
    assert page.status_code == 200
    assert "长虹路" in page.content.decode()
    assert page["Cache-Control"] == "private, no-store" or "no-store" not in page["Cache-Control"]
    assert client.get("/map/places").content.strip() == b""
    nothing = client.get("/map/places", {"q": "<script>龘"}).content.decode()
    assert "&lt;script&gt;龘" in nothing
    assert "<script>" not in nothing


def test_without_a_script_the_form_finds_places(ground):
    refresh_index()
    client = Client()
    page = client.get("/report", {"go": "1", "find": "1", "q": "长虹路 檀溪路", "lon": "", "lat": ""})
    assert page.status_code == 200
    text = page.content.decode()
    assert 'class="field-error"' not in text
    link = text.split('class="list-row place"')[1].split('href="')[1].split('"')[0].replace("&amp;", "&")
    assert link.startswith("/report?lon=")
    # The point says where it is: words of ours would go on saying it when the mark is moved.
    assert "address=" not in link
    there = client.get(link).content.decode()
    assert "路口" in there
    assert 'name="lon" value=""' not in there


def test_without_a_script_what_was_written_of_the_way_goes_along_and_nothing_speaks_of_a_map(ground):
    refresh_index()
    client = Client()
    written = "3 号楼 & 二层"
    page = client.get("/report", {"find": "1", "q": "长虹路 檀溪路", "address": written}).content.decode()
    link = page.split('class="list-row place"')[1].split('href="')[1].split('"')[0].replace("&amp;", "&")
    assert parse_qs(urlsplit(link).query)["address"] == [written]
    assert 'value="3 号楼 &amp; 二层"' in client.get(link).content.decode()
    none = client.get("/report", {"find": "1", "q": "龘龘龘"}).content.decode()
    assert "没有名称与“龘龘龘”相近的地点" in none
    for told in (none, client.get("/report", {"go": "1"}).content.decode()):
        assert "移动地图，或" not in told
        assert "在地图上" not in told
    assert "移动地图" in client.get("/map/places", {"q": "龘龘龘"}).content.decode()


def test_the_api_finds_places(ground):
    refresh_index()
    client = Client()
    found = client.get("/api/v1/places", {"q": "长虹路", "limit": 1}).json()
    assert [(place["kind"], place["name"]) for place in found] == [("road", "长虹路")]
    assert found[0]["inside"]
    assert abs(found[0]["lat"]) < 90
    assert client.get("/api/v1/places").status_code == 422
    assert client.get("/api/v1/places", {"q": "x", "limit": 0}).status_code == 422
    assert client.get("/api/v1/places", {"q": "x", "lon": 200, "lat": 2}).status_code == 422


def test_the_command_finds_places(ground):
    from click.testing import CliRunner

    made = CliRunner().invoke(command, ["index", "--json"])
    assert json.loads(made.stdout)["places"] == len(named_things())
    assert "up to date" in CliRunner().invoke(command, ["index"]).stdout
    found = CliRunner().invoke(command, ["find", "chl", "--json"])
    assert found.exit_code == 0
    assert json.loads(found.stdout)[0]["name"] == "长虹路"
    assert CliRunner().invoke(command, ["find", "龘龘"]).exit_code == 1


def shifted(lon, lat, east_m, north_m):
    return lon + east_m / (111_320 * math.cos(math.radians(lat))), lat + north_m / 111_195


@pytest.fixture
def estate(ground):
    """A square of 20 m, well off the roads, in the middle of the last grid's south."""
    lon, lat = shifted(*centre(3), 0, -30)
    ring = [shifted(lon, lat, east, north) for east, north in ((-10, -10), (10, -10), (10, 10), (-10, 10))]
    grid = ground.areas["420602001002002"]
    Compound.objects.create(
        code="c1", name="长虹花苑", community=ground.areas["420602001002"], grid=grid, households=9,
        governance="none", geometry=shapely.Polygon(ring), lon=lon, lat=lat,
    )  # fmt: skip
    forget_all()
    return lon, lat


@pytest.mark.parametrize(
    ("east", "north", "zh", "en"),
    [
        (0, 0, "长虹花苑内", "in 长虹花苑"),
        (9, -9, "长虹花苑内", "in 长虹花苑"),
        (20, 0, "长虹花苑东侧约 10 米", "some 10 m east of 长虹花苑"),
        (-20, -20, "长虹花苑西南侧约 15 米", "some 15 m south-west of 长虹花苑"),
        (0, 28, "长虹路上", "on 长虹路"),
    ],
)
def test_a_point_has_words(estate, east, north, zh, en):
    lon, lat = shifted(*estate, east, north)
    for language, words in (("zh-hans", zh), ("en", en)):
        answer = Client().get("/map/place", {"lon": lon, "lat": lat}, headers={"Accept-Language": language})
        assert answer.json()["name"].split(" · ")[1:] == [words]


def test_a_point_at_a_crossing_and_one_beside_nothing(ground):
    (west, y), (east, _) = centre(0), centre(3)
    at = {"lon": (2 * west + east) / 3, "lat": y}
    assert Client().get("/map/place", at).json()["name"].endswith(" · 檀溪路与长虹路路口")
    lon, lat = shifted(*centre(0), 0, -45)
    assert Client().get("/map/place", {"lon": lon, "lat": lat}).json()["name"].endswith(" · 长虹路南侧约 45 米")
    lay(road("", "local", centre(0), centre(3)))
    assert " · " not in Client().get("/map/place", {"lon": lon, "lat": lat}).json()["name"]


def test_where_a_point_lies_is_right_in_every_direction(estate):
    for turn in range(0, 360, 10):
        lon, lat = shifted(*estate, 25 * math.sin(math.radians(turn)), 25 * math.cos(math.radians(turn)))
        found = beside(lon, lat)
        if found is None or found.relation is not Relation.NEAR:
            continue
        # From the nearest point of the square, by hand.
        east = max(0.0, abs(25 * math.sin(math.radians(turn))) - 10) * (1 if turn < 180 else -1)
        north = max(0.0, abs(25 * math.cos(math.radians(turn))) - 10) * (1 if turn < 90 or turn > 270 else -1)
        assert abs(found.metres - math.hypot(east, north)) < 4
        exact = math.degrees(math.atan2(east, north)) % 360
        assert min(abs(exact - 45 * found.towards), 360 - abs(exact - 45 * found.towards)) <= 23.5


def test_english_readers_see_english_names_where_there_are(ground):
    (west, y), (east, _) = centre(0), centre(3)
    x = (west + east) / 2
    lay(
        road("胜利街", "local", (x, y - 0.0004), (x, y), name_en="Victory Street"),
        road("长虹路", "arterial", (west, y), (east, y), name_en="Changhong Road"),
        code="english",
    )
    refresh_index()
    english = Client(headers={"accept-language": "en"})
    found = english.get("/map/places", {"q": "胜利街"}).content.decode()
    assert "Victory Street" in found
    crossing = english.get("/map/places", {"q": "胜利街 长虹路"}).content.decode().split("</li>")[0]
    assert "Victory Street" in crossing
    assert "Victory Street" not in Client().get("/map/places", {"q": "victory street"}).content.decode()
    there = english.get("/map/place", {"lon": x, "lat": y - 0.0003}).json()["name"]
    assert "Victory Street" in there
    assert "胜利街" in Client().get("/map/place", {"lon": x, "lat": y - 0.0003}).json()["name"]


def test_an_index_of_an_older_program_is_not_read(ground):
    refresh_index()
    mark = INDEXES.home / "current"
    mark.write_text("1-" + mark.read_text().split("-", 1)[1])
    forget_all()
    assert find_places("长虹路") == []
    refresh_index()
    assert names(find_places("长虹路"))[:1] == ["长虹路"]


def listed(text, language="zh-hans", **more):
    lon, lat = centre(0)
    asked = {"q": text, "lon": lon, "lat": lat, **more}
    return Client(headers={"accept-language": language}).get("/map/places", asked).content.decode()


def landmark(kind, name, at, **more):
    return NewFeature(Layer.LANDMARK, kind, shapely.Point(*at), name, **more)


def test_the_list_says_what_it_is_a_list_of(ground):
    lon, lat = centre(0)
    lay(landmark("hospital", "帝豪", (lon, lat)), landmark("community", "党群之家", (lon, lat)), code="marks")
    refresh_index()
    fits = listed("长虹路")
    assert "data-sure" in fits
    assert "places-note" not in fits
    like = listed("zhangxongly")
    assert "没有完全匹配，以下为相近名称" in like
    assert "data-sure" not in like
    number = listed("檀溪路999号")
    assert "没有查到编号 999" in number
    assert "data-sure" not in number
    assert "Number 999 is not known here" in listed("檀溪路999号", "en")
    kind = listed("医院")
    assert "此类地点，由近及远" in kind
    assert "帝豪" in kind
    assert "nearest first" in listed("hospital", "en")
    assert "nearest first" not in listed("hospital", "en", lon="", lat="")
    # A community's centre is no community, and none that others lie in.
    centre_found = listed("党群之家")
    assert "社区服务中心" in centre_found
    assert next(place.kind for place in find_places("党群之家")) == "community_centre"


def test_only_the_first_are_shown_and_that_is_said(ground):
    (west, south) = centre(0)
    lay(
        *(landmark("shop", f"好{sign}店", (west + n / 1e4, south)) for n, sign in enumerate("甲乙丙丁戊己庚")),
        code="shops",
    )
    refresh_index()
    seven = listed("商店")
    assert "找到 7 个地点" in seven
    lay(
        *(landmark("shop", f"好{sign}店", (west + n / 1e4, south)) for n, sign in enumerate("甲乙丙丁戊己庚辛")),
        code="shops",
    )
    refresh_index()
    more = listed("商店")
    assert more.count('class="list-row place"') == 7
    assert more.count("前 7 个") == 2
    assert "The first 7 places" in listed("shop", "en")


def test_what_has_one_name_is_one_place_or_told_apart(ground):
    lon, lat = shifted(*centre(1), 0, -30)

    def park(name, east):
        a, b = shifted(lon, lat, east, 0), shifted(lon, lat, east + 20, 20)
        return NewFeature(Layer.GREEN, "park", shapely.box(*a, *b), name)

    lay(
        park("古城公园", 0),
        park("古城公园", 25),
        landmark("park", "古城公园", shifted(lon, lat, 10, 10)),
        landmark("bus_stop", "昭明站", shifted(*centre(0), 0, -30)),
        landmark("bus_stop", "昭明站", shifted(*centre(3), 0, -30)),
        landmark("bus_stop", "昭明站", shifted(*centre(3), 0, -20)),
        code="twins",
    )
    things = [thing.names[0] for thing in named_things()]
    assert things.count("古城公园") == 1
    assert things.count("昭明站") == 2
    refresh_index()
    rows = [row.split("</li>")[0].split('class="small quiet">')[1] for row in listed("昭明站").split("<li>")[1:]]
    assert len(set(rows)) == len(rows)


def test_a_square_is_once_in_the_list_and_coaches_are_no_trains(ground):
    lon, lat = shifted(*centre(1), 0, -30)
    a, b = shifted(lon, lat, 0, 0), shifted(lon, lat, 20, 20)
    lay(
        landmark("station", "襄城区客运站", shifted(*centre(0), 0, -30)),
        landmark("station", "襄阳站", shifted(*centre(0), 0, -20)),
        NewFeature(Layer.GREEN, "grass", shapely.box(*a, *b), "人民广场"),
        landmark("square", "人民广场", shifted(lon, lat, 10, 10)),
        code="marks",
    )
    kinds = [(thing.names[0], thing.kind) for thing in ground_queries.named_things()]
    assert [kind for name, kind in kinds if name == "人民广场"] == ["square"]
    assert {("襄城区客运站", "coach_station"), ("襄阳站", "station")} <= set(kinds)
    refresh_index()
    assert "客运站 · " in listed("襄城区客运站").split("</li>")[0]
    assert "Coach station" in listed("襄城区客运站", "en").split("</li>")[0]


def test_a_crossing_that_is_none_is_said_to_be_none(ground):
    refresh_index()
    like = listed("长虹路与隆中街")
    assert "没有完全匹配，以下为相近名称" in like
    assert "data-sure" not in like
    assert "data-sure" in listed("檀溪路与长虹路")
    alone = listed("路口")
    assert "此类地点，由近及远" in alone
    assert "檀溪路与长虹路路口" in alone


def test_a_gate_is_listed_with_its_compound(estate):
    lon, lat = estate
    Compound.objects.update(name_en="Changhong Huayuan")
    gate = shapely.Point(*shifted(lon, lat, 11, 0))
    lay(NewFeature(Layer.ENTRANCE, "gate", gate, "东门", name_en="East Gate"), code="gates")
    refresh_index()
    for typed in ("东门", "长虹花苑东门", "Changhong Huayuan East Gate", "east gate"):
        assert '<span class="place-name">长虹花苑东门</span>' in listed(typed).split("</li>")[0], typed
        shown = '<span class="place-name">Changhong Huayuan East Gate</span>'
        assert shown in listed(typed, "en").split("</li>")[0], typed


def test_every_kind_that_is_shown_has_its_words():
    of_kind = {}
    for word in KIND_WORDS:
        of_kind.setdefault(word.kind, set()).add(word.word)
    for kind in set(PLACE_KIND) - {*LEVELS, "road", "crossing", "building", "entrance", "address", "other"}:
        for language in ("zh-hans", "en"):
            with override(language):
                assert str(PLACE_KIND[kind]).lower() in of_kind[kind], kind
