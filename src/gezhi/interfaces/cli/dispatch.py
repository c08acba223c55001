"""``gezhi dispatch …``: dispatch policies judged on simulated days."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from gezhi.interfaces.cli.solver_files import bad_input_refused
from gezhi.kernel.errors import InvalidInput
from gezhi.solvers.dispatch import DayShape, Policy, Rules, compare_policies
from gezhi.solvers.dispatch.scenario import SKILLED_WORKERS

RULES = Rules()


@click.group()
def command() -> None:
    """Judge dispatch policies: who goes to which case, and how long people wait."""


def _policies(text: str) -> list[Policy]:
    chosen: list[Policy] = []
    for name in text.split(","):
        try:
            policy = Policy(name.strip())
        except ValueError:
            known = ", ".join(Policy)
            raise InvalidInput(
                "dispatch.unknown_id", f"no policy '{name}'; there are: {known}", field="policy"
            ) from None
        if policy in chosen:
            raise InvalidInput("dispatch.duplicate_id", f"'{name}' stands twice", field="policy")
        chosen.append(policy)
    return chosen


@command.command()
@click.option("--workers", default=477, show_default=True, type=int, help="Workers in the fleet.")
@click.option("--cases", default=3_000, show_default=True, type=int, help="Cases of a day.")
@click.option("--hours", default=10.0, show_default=True, type=float, help="Hours of the shift.")
@click.option("--service-min", default=40.0, show_default=True, type=float, help="Mean minutes of work on a case.")
@click.option(
    "--sigma", default=1.0, show_default=True, type=float, help="Spread of the lognormal hot spots; 0 is even."
)
@click.option("--seeds", default=3, show_default=True, type=int, help="Days to simulate.")
@click.option("--policy", default=",".join(Policy), show_default=True, help="Policies, separated by commas.")
@click.option("--first-seed", default=0, show_default=True, type=click.IntRange(min=0), help="Seed of the first day.")
@click.option(
    "--owner-min", default=0.0, show_default=True, type=float, help="gezhi: minutes the grid's worker is worth."
)
@click.option(
    "--owner-cap-min", default=15.0, show_default=True, type=float, help="gezhi: owner first within these minutes."
)
@click.option(
    "--most-swaps",
    default=RULES.most_swaps,
    show_default=True,
    type=int,
    help="gezhi: changes of aim of a worker within an hour.",
)
@click.option(
    "--most-case-swaps",
    default=RULES.most_case_swaps,
    show_default=True,
    type=int,
    help="gezhi: times a case may lose the person on the way to it.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def bench(
    workers: int,
    cases: int,
    hours: float,
    service_min: float,
    sigma: float,
    seeds: int,
    policy: str,
    first_seed: int,
    owner_min: float,
    owner_cap_min: float,
    most_swaps: int,
    most_case_swaps: int,
    as_json: bool,
) -> None:
    """Simulate days in a city of 10 × 10 km under several policies.

    Cases come in two peaks, from hot spots of 1 km whose weights are lognormal; 20 % need a skill that 28 % of the
    workers hold, 5 % one that 10 % hold. Work times are exponential. Ways are rectilinear at 12 km/h. Workers live in
    the middle of their grid and stay where the last case ended. Each day is the same for every policy. A case
    that nobody has reached by the end of the shift has waited until then. The
    parameters of 'gezhi' were chosen on the days of the seeds 0 to 19: judge it
    on others, for example with --first-seed 1000.

    \b
    Policies
      fixed-owner   each case waits for the worker of its grid
      nearest-fifo  nearest idle worker; a freed one takes the oldest case
      nearest-aged  the same, but the nearest case, less 0.2 of its wait
      gezhi         least-cost snapshot at each event, under way included

    The table shows minutes of way for each case ('way'), Jain's index ('fair') and
    the changes of aim for each worker and hour ('swaps').

    \b
    JSON: policies → name →
      response_min      mean, p95, ci95 (of the mean, over days): minutes
      started_same_day  share of cases reached before the end
      travel_min        minutes of way for each case
      fairness          Jain's index of the workers' minutes; 1 is even
      swaps             workers taken off the way, each day
      swaps_per_worker_hour   the same for each worker and hour
      own_grid          share of cases reached by the grid's own worker
    idle_at_home_min    mean and p95 if everybody were always idle at home
    parameters          of the days and of the policy 'gezhi'
    """
    with bad_input_refused():
        shape = DayShape(workers=workers, cases=cases, hours=hours, service_min=service_min, sigma=sigma)
        rules = Rules(owner=owner_min, owner_cap=owner_cap_min, most_swaps=most_swaps, most_case_swaps=most_case_swaps)
        done = compare_policies(shape, _policies(policy), seeds=seeds, first_seed=first_seed, rules=rules)
    if not as_json:
        click.echo(
            f"{'policy':<14}{'mean':>8}{'p95':>8}{'started':>9}{'way':>7}{'fair':>7}{'swaps':>7}   minutes, {seeds} days"
        )
        for name, row in done.figures.items():
            click.echo(
                f"{name:<14}{row.mean:>8.1f}{row.p95:>8.1f}{row.started_same_day:>9.3f}{row.travel_min:>7.1f}{row.fairness:>7.3f}"
                f"{row.swaps_per_worker_hour:>7.2f}"
            )
        click.echo(f"{'idle at home':<14}{done.idle_mean:>8.1f}{done.idle_p95:>8.1f}")
        return
    answer = {
        "policies": {
            name: {
                "response_min": {"mean": row.mean, "p95": row.p95, "ci95": row.ci95},
                "started_same_day": row.started_same_day,
                "travel_min": row.travel_min,
                "fairness": row.fairness,
                "swaps": row.swaps,
                "swaps_per_worker_hour": row.swaps_per_worker_hour,
                "own_grid": row.own_grid,
            }
            for name, row in done.figures.items()
        },
        "idle_at_home_min": {"mean": done.idle_mean, "p95": done.idle_p95},
        "parameters": {
            "day": {**asdict(shape), "seeds": seeds, "first_seed": first_seed, "skilled_workers": SKILLED_WORKERS},
            "gezhi": asdict(rules),
        },
    }
    click.echo(json.dumps(answer, indent=1))
