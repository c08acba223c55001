"""Which streets and communities the demo city has, and how many grids lie in each.

Names and codes are the national ones. At a smaller scale a share of each county's communities is kept, urban and rural
ones in the county's own proportion, from as few streets as they need; every county stays.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
from collections import defaultdict
from dataclasses import dataclass, field
from importlib.resources import files

from gezhi.demo.article import ARTICLE, ArticleFigures, scaled

CITY_CODE, CITY_NAME, CITY_NAME_EN = "4206", "襄阳市", "Xiangyang"
XIANGCHENG = "420602"

# Code → (Chinese, English) of the nine counties, and where their seats lie (longitude, latitude).
COUNTIES: dict[str, tuple[str, str, tuple[float, float]]] = {
    "420602": ("襄城区", "Xiangcheng District", (112.134, 32.005)),
    "420606": ("樊城区", "Fancheng District", (112.136, 32.062)),
    "420607": ("襄州区", "Xiangzhou District", (112.205, 32.092)),
    "420624": ("南漳县", "Nanzhang County", (111.839, 31.775)),
    "420625": ("谷城县", "Gucheng County", (111.652, 32.264)),
    "420626": ("保康县", "Baokang County", (111.261, 31.878)),
    "420682": ("老河口市", "Laohekou City", (111.684, 32.359)),
    "420683": ("枣阳市", "Zaoyang City", (112.772, 32.129)),
    "420684": ("宜城市", "Yicheng City", (112.258, 31.720)),
}

# A super-large community has this many grids of full size, so that it holds more than SUPER_LARGE_HOUSEHOLDS;
# others have at most so many grids that it cannot.
SUPER_LARGE_GRIDS, URBAN_MAX_GRIDS, RURAL_MAX_GRIDS = 9, 6, 3
# The wish for further grids in an urban community against a rural one.
_URBAN_WEIGHT, _RURAL_WEIGHT = 1.0, 0.05

_COMMITTEE = re.compile(r"(社区)?(居民委员会|居委会|居民委会|村民委员会|村委会|民委会)$")


@dataclass
class Community:
    """A community or village with its number of grids."""

    code: str
    name: str
    urban: bool
    grids: int = 1
    super_large: bool = False


@dataclass
class Street:
    """A street or town with the communities that the city keeps."""

    code: str
    name: str
    communities: list[Community] = field(default_factory=list)

    @property
    def core(self) -> bool:
        """Whether it lies around the county seat: a street office, or a town that is mostly urban."""
        urban = sum(community.urban for community in self.communities)
        return "街道" in self.name or 2 * urban > len(self.communities)

    @property
    def grids(self) -> int:
        return sum(community.grids for community in self.communities)


@dataclass
class County:
    """A county with its streets."""

    code: str
    name: str
    name_en: str
    seat: tuple[float, float]
    streets: list[Street]

    @property
    def communities(self) -> list[Community]:
        return [community for street in self.streets for community in street.communities]


def shares(total: int, weights: list[float]) -> list[int]:
    """``total`` split in proportion to ``weights`` by largest remainders."""
    whole = sum(weights) or 1.0
    exact = [total * weight / whole for weight in weights]
    out = [int(part) for part in exact]
    by_remainder = sorted(range(len(exact)), key=lambda i: (out[i] - exact[i], i))
    for i in by_remainder[: total - sum(out)]:
        out[i] += 1
    return out


def _is_urban(name: str) -> bool:
    return "社区" in name or ("居" in name and "村民" not in name)


def _short(name: str) -> str:
    """The name of the place without that of its committee."""
    kept = _COMMITTEE.sub("", name)
    if _is_urban(name):
        return kept if kept.endswith("社区") else f"{kept}社区"
    return kept if kept.endswith("村") else f"{kept}村"


def _read() -> list[County]:
    packed = (files("gezhi.demo") / "data" / "divisions.csv.gz").read_bytes()
    rows = csv.DictReader(io.StringIO(gzip.decompress(packed).decode("utf-8")))
    streets: dict[str, Street] = {}
    for row in rows:
        if len(row["code"]) == 9:
            streets[row["code"]] = Street(row["code"], row["name"])
        else:
            community = Community(row["code"], _short(row["name"]), _is_urban(row["name"]))
            streets[row["code"][:9]].communities.append(community)
    by_county: dict[str, list[Street]] = defaultdict(list)
    for street in streets.values():
        by_county[street.code[:6]].append(street)
    return [County(code, name, en, seat, by_county[code]) for code, (name, en, seat) in COUNTIES.items()]


def plan_divisions(scale: float) -> list[County]:
    """The counties at a scale, with the number of grids of each community. Deterministic, without chance."""
    figures = ARTICLE.at(scale)
    counties = _read()
    sizes = [len(county.communities) for county in counties]
    keep = shares(max(scaled(sum(sizes), scale), len(counties)), [float(size) for size in sizes])
    for county, size in zip(counties, keep, strict=True):
        _keep_communities(county, max(1, size))
    _allot_grids(counties, figures)
    return counties


def _keep_communities(county: County, size: int) -> None:
    urban = sum(community.urban for community in county.communities)
    wanted_urban = min(urban, max(1, round(size * urban / len(county.communities))))
    wanted = {True: wanted_urban, False: size - wanted_urban}

    def share(street: Street) -> float:
        return sum(c.urban for c in street.communities) / len(street.communities)

    kept: set[str] = set()
    for is_urban, order in (
        (True, sorted(county.streets, key=lambda s: (-share(s), s.code))),
        (False, sorted(county.streets, key=lambda s: (share(s), s.code))),
    ):
        for street in order:
            for community in street.communities:
                if community.urban is is_urban and wanted[is_urban] > 0:
                    kept.add(community.code)
                    wanted[is_urban] -= 1
    for street in county.streets:
        street.communities = [community for community in street.communities if community.code in kept]
    county.streets = [street for street in county.streets if street.communities]


def _allot_grids(counties: list[County], figures: ArticleFigures) -> None:
    """Give each community its grids: one each, full size to the super-large, the rest by weight under a ceiling."""
    xiangcheng = next(county for county in counties if county.code == XIANGCHENG)
    others = [county for county in counties if county is not xiangcheng]
    room = (figures.grid_workers_xiangcheng - len(xiangcheng.communities)) // (SUPER_LARGE_GRIDS - 1)
    inner = [county for county in counties if county.code in {"420602", "420606", "420607"}]
    urban = [float(sum(community.urban for community in county.communities)) for county in inner]
    large = dict(zip([county.code for county in inner], shares(figures.super_large_communities, urban), strict=True))
    surplus = max(0, large[XIANGCHENG] - max(0, room))
    large[XIANGCHENG] -= surplus
    large["420606"] += surplus
    for county in inner:
        _choose_super_large(county, large[county.code])

    _spread([xiangcheng], figures.grid_workers_xiangcheng)
    _spread(others, figures.grid_workers - figures.grid_workers_xiangcheng)


def _choose_super_large(county: County, count: int) -> None:
    """Evenly over the county's urban communities, in the order of their codes."""
    candidates = [community for community in county.communities if community.urban]
    for i in range(count):
        chosen = candidates[i * len(candidates) // count]
        chosen.super_large, chosen.grids = True, SUPER_LARGE_GRIDS


def _spread(counties: list[County], total: int) -> None:
    communities = [community for county in counties for community in county.communities if not community.super_large]
    fixed = sum(community.grids for county in counties for community in county.communities if community.super_large)
    left = total - fixed - len(communities)
    if left < 0:
        raise ValueError(f"{total} grids are too few for {len(communities)} communities")
    ceilings = [(URBAN_MAX_GRIDS if community.urban else RURAL_MAX_GRIDS) - 1 for community in communities]
    while left > 0:
        open_ = [i for i, ceiling in enumerate(ceilings) if ceiling > 0]
        if not open_:
            raise ValueError(f"{total} grids are too many for {len(communities)} communities")
        weights = [_URBAN_WEIGHT if communities[i].urban else _RURAL_WEIGHT for i in open_]
        parts = shares(left, weights)
        for i, part in zip(open_, parts, strict=True):
            given = min(part, ceilings[i])
            communities[i].grids += given
            ceilings[i] -= given
            left -= given
