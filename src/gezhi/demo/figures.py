"""Article against city: one row for each figure of the source article, counted in the database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from gezhi.contexts.areas import queries as areas
from gezhi.contexts.cases import queries as cases
from gezhi.contexts.powers import queries as powers
from gezhi.contexts.workforce import queries as workforce
from gezhi.demo.article import ARTICLE, scaled
from gezhi.demo.build import days_lived
from gezhi.demo.divisions import XIANGCHENG
from gezhi.platform.access.actor import system_actor


class Match(StrEnum):
    """How a row came out. Equal also says: at least what the article calls the least."""

    EQUAL = "equal"
    DIFFERENT = "different"
    NOT_BUILT = "not built"


@dataclass(frozen=True)
class Figure:
    """A figure of the article. ``count`` is None where the part of the system that would hold it does not exist yet.

    ``grows`` tells whether the figure shrinks with the scale of the demo city, ``least`` whether the article gives the
    least that it is.
    """

    capability: str
    what: str
    article: str
    value: int | None = None
    count: Callable[[], int] | None = None
    grows: bool = True
    least: bool = False


@dataclass(frozen=True)
class FigureRow:
    """A figure as printed: what the article says, what is expected at the city's scale, what was counted."""

    capability: str
    what: str
    article: str
    expected: int | None
    city: int | None
    match: Match


def _compounds(name: str) -> Callable[[], int]:
    return lambda: areas.count_compounds()[name]


def _workers(post: str, area_code: str | None = None) -> Callable[[], int]:
    def count() -> int:
        area = areas.root() if area_code is None else areas.area_by_code(area_code)
        return 0 if area is None else workforce.count_workers(area.id)[post]

    return count


def _coverages_in_force() -> int:
    return 0 if areas.version_in_force() is None else 1


def _cases_in_no_grid() -> int:
    return cases.outside_grids(system_actor("demo figures"))


def _fewest_cases_a_day() -> int:
    """Of the whole days that the city has lived through."""
    actor = system_actor("demo figures")
    return min((cases.figures(actor, since=since, until=until).reported for since, until in days_lived()), default=0)


def _same_day_percent() -> int:
    """Whole per cent, rounded down, of the cases of those days."""
    days = days_lived()
    if not days:
        return 0
    share = cases.figures(system_actor("demo figures"), since=days[0][0], until=days[-1][1]).same_day
    return 100 * share.part // max(1, share.whole)


FIGURES: tuple[Figure, ...] = (
    Figure("A1", "sets of standard grids in force", "one set", 1, _coverages_in_force, grows=False),
    Figure(
        "A2",
        "super-large communities to adjust",
        "38",
        ARTICLE.super_large_communities,
        lambda: len(areas.super_large_communities()),
    ),
    Figure("A3", "enclave compounds to hand over", "56", ARTICLE.enclave_compounds, _compounds("enclaves")),
    Figure("A4", "'dual-registration' branches", "2,437"),
    Figure("A4", "grids covered by a branch", "every grid"),
    Figure("A5", "regional committees", "46"),
    Figure("A5", "social organisations that take part", "395"),
    Figure("B1", "levels of the contact ladder", "3"),
    Figure("B2", "full-time grid workers", "4,737", ARTICLE.grid_workers, _workers("grid_worker")),
    Figure("B2", "posts of grid workers", "4"),
    Figure("B2", "grades of grid workers", "18"),
    Figure("B3", "community police", "547", ARTICLE.community_police, _workers("community_police")),
    Figure("B3", "practising lawyers", "238", ARTICLE.lawyers, _workers("lawyer")),
    Figure("B3", "legal-service workers", "316", ARTICLE.legal_workers, _workers("legal_worker")),
    Figure("B4", "in-service members in two branches", "100,000+"),
    Figure("B4", "difficulties solved", "56,000+"),
    Figure("B5", "volunteer teams", "2,201"),
    Figure("C1", "powers delegated by law", "527", ARTICLE.powers, powers.count_powers),
    Figure("C2", "cases that lie in no grid", "all in the grid", 0, _cases_in_no_grid, grows=False),
    Figure(
        "C3",
        "grid workers of Xiangcheng district",
        "477",
        ARTICLE.grid_workers_xiangcheng,
        _workers("grid_worker", XIANGCHENG),
    ),
    Figure("C3", "workers of Xiangcheng on the live map", "477"),
    Figure("C4", "lists in each grid", "3"),
    Figure(
        "C5",
        "compounds with a committee",
        "4,409",
        ARTICLE.compounds_with_committee,
        _compounds("with_committee"),
    ),
    Figure(
        "C5",
        "compounds on the three-party platform",
        "3,469",
        ARTICLE.compounds_on_platform,
        _compounds("on_platform"),
    ),
    Figure("D1", "red stations", "809"),
    Figure("D1", "elderly-service centres planned", "30"),
    Figure("D2", "frequent cases a day, the fewest", "300+", ARTICLE.cases_a_day, _fewest_cases_a_day, least=True),
    Figure("D2", "share closed the same day, %", "≥ 98 %", 98, _same_day_percent, grows=False, least=True),
    Figure("D2", "handling time against before", "−50 %"),
    Figure("D3", "operating funds a year, yuan", "240,000,000"),
    Figure("D3", "pay fund, yuan", "60,000,000"),
    Figure("D3", "rise of the pay base", "30 %+"),
    Figure("D3", "station awards a year, yuan", "2,000,000"),
    Figure("D3", "years of station awards", "3"),
)


def compare(scale: float) -> list[FigureRow]:
    """Count every figure and compare it with the article's at this scale."""
    rows = []
    for figure in FIGURES:
        if figure.count is None or figure.value is None:
            rows.append(FigureRow(figure.capability, figure.what, figure.article, None, None, Match.NOT_BUILT))
            continue
        expected = scaled(figure.value, scale) if figure.grows else figure.value
        city = figure.count()
        holds = city >= expected if figure.least else city == expected
        match = Match.EQUAL if holds else Match.DIFFERENT
        rows.append(FigureRow(figure.capability, figure.what, figure.article, expected, city, match))
    return rows
