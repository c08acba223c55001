"""Places by name, from the ground to the field under the map."""

from __future__ import annotations

import json
import math

import pytest
import shapely
from django.test import Client
from django.utils.translation import override

from gezhi.contexts.areas import queries as areas
from gezhi.contexts.areas.models import Compound
from gezhi.contexts.areas.queries import AreaRow
from gezhi.contexts.ground import queries as ground_queries
from gezhi.contexts.ground.queries import Relation, beside
from gezhi.contexts.places.index import INDEXES
from gezhi.contexts.places.queries import find_places
from gezhi.contexts.places.use_cases import refresh_index
from gezhi.interfaces.cli.places import command
from gezhi.interfaces.web.templatetags.gezhi import distance
from gezhi.interfaces.web.views.maps import names_of
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
    assert crossing.names in {("长虹路与檀溪路路口",), ("檀溪路与长虹路路口",)}
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
    assert "address=" in link
    there = client.get(link).content.decode()
    assert "路口" in there
    assert 'name="lon" value=""' not in there


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
    assert Client().get("/map/place", at).json()["name"].endswith(" · 长虹路与檀溪路路口")
    lon, lat = shifted(*centre(0), 0, -45)
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
    # The address that staff will read is the one on the signs.
    assert 'data-address="' not in found.split("</li>")[0]
    crossing = english.get("/map/places", {"q": "胜利街 长虹路"}).content.decode().split("</li>")[0]
    assert "Victory Street" in crossing
    assert "与" in crossing.split('data-address="')[1].split('"')[0]
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


def test_without_a_script_the_page_says_which_place_was_chosen(ground):
    lon, lat = centre(0)
    page = Client().get("/report", {"lon": f"{lon:.6f}", "lat": f"{lat:.6f}"}).content.decode()
    chosen = page.split("<noscript>")[1].split("</noscript>")[0]
    assert "已选择" in chosen
    assert "檀溪" in chosen or "长虹路" in chosen or "grid" in chosen
    assert "<noscript>" not in Client().get("/report").content.decode().split("<main")[1]
    assert (
        "<noscript>" not in Client().get("/report", {"lon": "116.4", "lat": "39.9"}).content.decode().split("<main")[1]
    )


def test_a_list_of_areas_has_what_lies_in_the_choice_before_it(ground):
    district = ground.areas["420602"].pk
    street = ground.areas["420602001"].pk
    client = Client()

    def chosen(**query):
        lists = client.get("/map/options", query).content.decode().split("<select")[1:]
        return [one.count("<option") - 1 for one in lists]

    assert chosen(district=district)[1] > 0
    assert chosen(district=district, street=street)[2] > 0
    # A district in the place of a street, and a street without its district.
    assert chosen(street=district)[1:] == [0, 0]
    assert chosen(district=district, street=district)[2] == 0
    assert chosen(street=street)[1:] == [0, 0]


def test_a_grid_has_its_communitys_name_in_its_own():
    def area(name, name_en=""):
        return AreaRow(1, "1", name, name_en, "grid", "", None, "", False)

    chain = [
        area("襄城区", "Xiangcheng District"),
        area("檀溪社区", "Tanxi Community"),
        area("檀溪社区第5网格", "Tanxi Community Grid 5"),
    ]
    assert names_of(chain) == "襄城区 檀溪社区第5网格"
    with override("en"):
        assert names_of(chain) == "Tanxi Community Grid 5, Xiangcheng District"
        assert names_of(chain[:1]) == "Xiangcheng District"
    assert names_of([]) == ""


@pytest.mark.parametrize(
    ("metres", "told"),
    [(0.2, "1 米"), (999.4, "999 米"), (1_000, "1.0 公里"), (8_914, "8.9 公里"), (50_000, "50 公里")],
)
def test_a_distance_is_told_as_exactly_as_anybody_wants_to_know(metres, told):
    assert distance(metres) == told
