"""Make the demo city from nothing: plan it, found it, and let some days of cases pass in it."""

from __future__ import annotations

import gc
import time
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from gezhi.contexts.places.use_cases import refresh_index
from gezhi.demo.article import scaled
from gezhi.demo.build import found_city, founding, home_grid, note_days_lived
from gezhi.demo.case_plan import CASES_A_DAY, CITY_TIME, plan_cases
from gezhi.demo.case_run import play_cases
from gezhi.demo.case_sites import case_sites
from gezhi.demo.ground.things import GroundPlan
from gezhi.demo.plan import CityPlan, plan_city
from gezhi.demo.progress import Steps

# The city opens this long before its first case, so that everybody is in post by then.
_OPEN_BEFORE = timedelta(days=30)


def make_city(*, scale: float, seed: int, days: int, now: datetime, home: Path) -> dict[str, float | int | str]:
    """Make the city with ``days`` days of cases (0: none) and return what was made, by name.

    Raises ``Conflict`` where there is a city already.
    """
    started = time.monotonic()
    opened = (now - timedelta(days=days) - _OPEN_BEFORE).astimezone(CITY_TIME)
    with Steps("demo city", total=19) as steps:
        plan = plan_city(scale=scale, seed=seed, progress=steps)
        # A plan is hundreds of thousands of objects without a ring among them: no need to look for one again and again.
        gc.freeze()
        found_city(plan, now=opened.replace(hour=0, minute=0, second=0, microsecond=0), home=home, progress=steps)
        gc.unfreeze()
        counts = _counts(plan)
        sites = case_sites(plan) if days else []
        # The ground lies in the database by now, and takes more memory than all else.
        plan = replace(plan, ground=GroundPlan())
        steps("making the index of names")
        refresh_index()
        reported = 0
        if days:
            scripts = plan_cases(
                sites,
                home_grid=home_grid(plan).code,
                a_day=scaled(CASES_A_DAY, scale),
                days=days,
                seed=seed,
                now=now,
            )
            steps("living through some days of cases")
            steps.extend(len(scripts))
            reported = play_cases(scripts, now=now, tick=steps.tick)
            today = now.astimezone(CITY_TIME).replace(hour=0, minute=0, second=0, microsecond=0)
            note_days_lived(since=today - timedelta(days=days), until=today, now=now)
    return {
        "scale": scale,
        "seed": seed,
        **counts,
        "cases": reported,
        "digest": founded.digest if (founded := founding()) else "",
        "seconds": round(time.monotonic() - started, 2),
    }


def _counts(plan: CityPlan) -> dict[str, int]:
    """How many there are of each, by name."""
    return {
        "areas": len(plan.areas),
        "grids": sum(area.level == "grid" for area in plan.areas),
        "compounds": len(plan.compounds),
        "ground": len(plan.ground),
        "organisations": len(plan.bodies),
        "workers": len(plan.workers),
    }
