"""Dispatch policies on the same simulated days: 477 workers, 3,000 cases, 10 hours, 40 and 70 minutes of work."""

from __future__ import annotations

import time

from gezhi.solvers.dispatch import DayShape, Policy, compare_policies

# Mean and p95 of 'gezhi' to stay below; the figures of a prototype for the others, mean only.
AIMS = {40.0: (3.3, 8.8), 70.0: (9.8, 35.0)}
PROTOTYPE = {
    40.0: {Policy.FIXED_OWNER: 86.0, Policy.NEAREST_FIFO: 3.9, Policy.NEAREST_AGED: 3.8},
    70.0: {Policy.FIXED_OWNER: 133.0, Policy.NEAREST_FIFO: 52.5, Policy.NEAREST_AGED: 13.2},
}
SEEDS = 10


def run() -> None:
    """Print one table: figure, aim, whether it holds, the other policies beside ours."""
    compare_policies(DayShape(workers=10, cases=10), list(Policy), seeds=1)  # compiles
    for service, (mean_aim, p95_aim) in AIMS.items():
        begin = time.process_time()
        done = compare_policies(DayShape(service_min=service), list(Policy), seeds=SEEDS)
        seconds = time.process_time() - begin
        print(f"service {service:.0f} min, {SEEDS} days, {seconds:.1f} CPU-s for all policies")
        print(f"{'policy':>13} {'mean':>7} {'±':>5} {'p95':>7} {'started':>8} {'way':>6} {'fair':>6} {'swaps':>6}  aim")
        ours = done.figures[Policy.GEZHI]
        for policy, row in done.figures.items():
            half = (row.ci95[1] - row.ci95[0]) / 2 if row.ci95 else 0.0
            if policy is Policy.GEZHI:
                holds = row.mean <= mean_aim and row.p95 <= p95_aim
                note = f"≤ {mean_aim} and ≤ {p95_aim}: {'holds' if holds else 'MISSED'}"
            else:
                note = f"{row.mean / ours.mean:.1f} × ours; prototype {PROTOTYPE[service][policy]}"
            print(
                f"{policy:>13} {row.mean:>7.2f} {half:>5.2f} {row.p95:>7.1f} {row.started_same_day:>8.3f} "
                f"{row.travel_min:>6.2f} {row.fairness:>6.3f} {row.swaps:>6.0f}  {note}"
            )
        print(f"everybody always idle at home: mean {done.idle_mean:.2f}, p95 {done.idle_p95:.1f}")
