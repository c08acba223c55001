"""The people stationed in the demo city's grids."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from numpy.random import Generator

from gezhi.demo import names
from gezhi.demo.article import ArticleFigures
from gezhi.demo.bodies import BodyPlan
from gezhi.demo.divisions import CITY_CODE, Community, County


@dataclass(frozen=True)
class WorkerPlan:
    """A worker to be."""

    code: str
    name: str
    post: str
    area_code: str
    body_code: str
    phone: str


def plan_workers(
    counties: Sequence[County],
    grid_codes: Sequence[str],
    bodies: Sequence[BodyPlan],
    figures: ArticleFigures,
    rng: Generator,
) -> list[WorkerPlan]:
    """One grid worker a grid; one police officer a community, urban ones first; lawyers and legal workers spread out."""
    posts = [("W", "grid_worker", code, f"{code[:9]}-office") for code in grid_codes]
    communities = _urban_first(counties)
    for i in range(figures.community_police):
        code = communities[i % len(communities)].code
        posts.append(("P", "community_police", code, f"{code[:6]}-public_security"))
    firms = [body.code for body in bodies if body.code.startswith(f"{CITY_CODE}-law-")]
    for i in range(figures.lawyers):
        posts.append(("L", "lawyer", communities[i % len(communities)].code, firms[i % len(firms)]))
    for i in range(figures.legal_workers):
        # From the other end of the list: who has no lawyer has a legal worker.
        code = communities[-1 - i % len(communities)].code
        posts.append(("J", "legal_worker", code, f"{code[:6]}-legal"))
    return [
        WorkerPlan(f"{prefix}{number:05d}", name, post, area, body, names.work_phone(number))
        for number, ((prefix, post, area, body), name) in enumerate(
            zip(posts, names.people(rng, len(posts)), strict=True), start=1
        )
    ]


def _urban_first(counties: Sequence[County]) -> list[Community]:
    communities = [community for county in counties for community in county.communities]
    return sorted(communities, key=lambda community: (not community.urban, community.code))
