"""Write a planned city into an empty instance, through the same use cases that a real one uses."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.db import transaction

from gezhi.contexts.areas import queries as areas
from gezhi.contexts.areas.domain.levels import AreaLevel, GridKind
from gezhi.contexts.areas.use_cases.plant_areas import NewArea, plant_areas
from gezhi.contexts.areas.use_cases.register_compounds import NewCompound, register_compounds
from gezhi.contexts.cases.use_cases.install_classes import install_classes, shipped_classes
from gezhi.contexts.cases.use_cases.install_duties import install_duties, shipped_duties
from gezhi.contexts.ground.use_cases import NewSource, lay_ground
from gezhi.contexts.organisations.use_cases.register_organisations import NewOrganisation, register_organisations
from gezhi.contexts.powers.use_cases.register_powers import register_powers
from gezhi.contexts.workforce.use_cases.register_workers import NewWorker, register_workers
from gezhi.demo.divisions import XIANGCHENG
from gezhi.demo.logins import OFFICER_KIND, Place, open_logins
from gezhi.demo.plan import AreaPlan, CityPlan, Progress
from gezhi.demo.powers import plan_powers
from gezhi.kernel.errors import Conflict
from gezhi.platform.access.actor import system_actor
from gezhi.platform.audit.models import AuditRecord
from gezhi.platform.audit.record import record

ACTOR = system_actor("demo")
ACTION = "demo.city_founded"
LIVED = "demo.days_lived"
CLASS_SCHEME = "GB/T 30428.2 + demo"


@dataclass(frozen=True)
class Founding:
    """What an instance remembers of its founding."""

    scale: float
    seed: int
    digest: str


def founding() -> Founding | None:
    """The founding of this instance's demo city; None where there is none."""
    data = AuditRecord.objects.filter(action=ACTION).order_by("-pk").values_list("data", flat=True).first()
    return None if data is None else Founding(data["scale"], data["seed"], data["digest"])


def note_days_lived(*, since: datetime, until: datetime, now: datetime) -> None:
    """Remember over which whole days cases came in."""
    data = {"since": since.isoformat(), "until": until.isoformat()}
    record(actor=ACTOR, action=LIVED, object_type="demo_city", object_id=0, data=data, now=now)


def days_lived() -> list[tuple[datetime, datetime]]:
    """The whole days over which cases came in when the city was made, each from midnight to midnight of the city."""
    data = AuditRecord.objects.filter(action=LIVED).order_by("-pk").values_list("data", flat=True).first()
    if data is None:
        return []
    since, until = datetime.fromisoformat(data["since"]), datetime.fromisoformat(data["until"])
    return [(since + timedelta(days=n), since + timedelta(days=n + 1)) for n in range((until - since).days)]


def found_city(plan: CityPlan, *, now: datetime, home: Path, progress: Progress) -> None:
    """Write the whole city in one transaction. Raises ``Conflict`` where there is a city already."""
    with transaction.atomic():
        if areas.root() is not None:
            raise Conflict(
                "city_exists", "this data folder holds a city already; use an empty one (GEZHI_HOME) for the demo city"
            )
        progress("writing areas")
        area_ids = plant_areas(
            actor=ACTOR,
            areas=[_new_area(area) for area in plan.areas],
            version_name="演示城市网格",
            source="demo",
            now=now,
        ).ids
        progress("writing organisations")
        body_ids = register_organisations(
            actor=ACTOR,
            organisations=[
                NewOrganisation(b.code, b.name, b.kind, area_ids[b.area_code], b.name_en, b.parent_code)
                for b in plan.bodies
            ],
            now=now,
        )
        grid = home_grid(plan)
        place = Place(
            {
                "city": area_ids[grid.code[:4]],
                "district": area_ids[grid.code[:6]],
                "street": area_ids[grid.code[:9]],
                "grid": area_ids[grid.code],
            },
            body_ids[f"{grid.code[:6]}-{OFFICER_KIND}"],
        )
        users = open_logins(actor=ACTOR, place=place, home=home, now=now)
        progress("writing people")
        _people(plan, area_ids, body_ids, {grid.code: users["worker"]}, now)
        progress("writing compounds")
        _base_map(plan, area_ids, now, progress)
        progress("writing classes, duties and powers")
        _tables(plan, now)
        record(
            actor=ACTOR,
            action=ACTION,
            object_type="demo_city",
            object_id=plan.seed,
            data={"scale": plan.scale, "seed": plan.seed, "digest": plan.digest()},
            now=now,
        )
        # Last: it publishes, and whatever publishes is the last write of its transaction.
        _powers(plan, now)


def home_grid(plan: CityPlan) -> AreaPlan:
    """The grid of the demo accounts: of the urban grids of Xiangcheng, the one with most compounds."""
    per_grid = Counter(compound.grid_code for compound in plan.compounds if compound.code.startswith(XIANGCHENG))
    code = min(per_grid, key=lambda grid: (-per_grid[grid], grid))
    return next(area for area in plan.areas if area.code == code)


def _new_area(area: AreaPlan) -> NewArea:
    return NewArea(
        code=area.code,
        name=area.name,
        name_en=area.name_en,
        level=AreaLevel(area.level),
        parent_code=area.parent_code,
        shape=area.shape,
        kind=GridKind.BASIC.value if area.level == AreaLevel.GRID else "",
        urban_rural=area.urban_rural,
        households=area.households,
    )


def _people(
    plan: CityPlan, area_ids: dict[str, int], body_ids: dict[str, int], user_of_grid: dict[str, int], now: datetime
) -> None:
    workers = []
    for worker in plan.workers:
        user_id = user_of_grid.get(worker.area_code) if worker.post == "grid_worker" else None
        workers.append(
            NewWorker(
                code=worker.code,
                name=worker.name,
                post=worker.post,
                area_id=area_ids[worker.area_code],
                active_from=now.date(),
                phone=worker.phone,
                organisation_id=body_ids[worker.body_code],
                user_id=user_id,
            )
        )
    register_workers(actor=ACTOR, workers=workers, now=now)


def _base_map(plan: CityPlan, area_ids: dict[str, int], now: datetime, progress: Progress) -> None:
    names = {area.code: area.name for area in plan.areas}
    register_compounds(
        actor=ACTOR,
        compounds=[
            NewCompound(
                code=c.code,
                name=c.name,
                name_en=c.name_en,
                community_id=area_ids[c.community_code],
                grid_id=area_ids[c.grid_code],
                households=c.households,
                governance=c.governance,
                on_platform=c.on_platform,
                shape=c.shape,
                address=names[c.grid_code[:6]] + names[c.grid_code[:9]] + names[c.grid_code[:12]] + c.name,
            )
            for c in plan.compounds
        ],
        now=now,
    )
    progress("writing the ground")
    lay_ground(actor=ACTOR, source=NewSource("demo", "演示城市"), features=plan.ground.features(), now=now)


def _tables(plan: CityPlan, now: datetime) -> None:
    classes, duties = shipped_classes(), shipped_duties()
    install_classes(actor=ACTOR, code=CLASS_SCHEME, name="数字化城市管理事部件与社区服务事项", rows=classes, now=now)
    install_duties(actor=ACTOR, name="演示权责清单", rows=duties, now=now)


def _powers(plan: CityPlan, now: datetime) -> None:
    classes, duties = shipped_classes(), shipped_duties()
    powers = plan_powers(classes, duties, count=plan.figures.powers, valid_from=now.date())
    register_powers(actor=ACTOR, rows=powers, now=now)
