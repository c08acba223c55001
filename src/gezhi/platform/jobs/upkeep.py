"""The platform's own upkeep: what has served its time goes."""

from __future__ import annotations

from datetime import timedelta

import structlog
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django_tasks import task

from gezhi.kernel import clock
from gezhi.platform import bulk
from gezhi.platform.access.actor import system_actor
from gezhi.platform.audit.anchors import keep_anchor, make_anchor
from gezhi.platform.commands.models import CommandKey
from gezhi.platform.files import holding, store
from gezhi.platform.files.scratch import sweep_scratch
from gezhi.platform.jobs.periodic import PERIODIC, Periodic
from gezhi.platform.outbox.publish import purge
from gezhi.platform.retention.in_force import days_of
from gezhi.platform.vault.vault import erase_expired, work_out_numbers

log = structlog.get_logger(__name__)

# A phone that was offline for a week and retries is answered, not believed twice.
KEEP_COMMAND_DAYS = 14


@task()
def purge_outbox() -> int:
    """Drop events that every listener has long had."""
    count = purge(now=clock.now())
    log.info("upkeep.outbox", purged=count)
    return count


@task()
def erase_expired_personal_data() -> int:
    """Erase personal data whose retention is over, batch by batch."""
    total = 0
    while count := erase_expired(actor=system_actor("retention"), now=clock.now()):
        total += count
    log.info("upkeep.vault", erased=total)
    return total


@task()
def work_out_number_digests() -> int:
    """Make records from before findable by the number in them, batch by batch; nothing to do once that is done."""
    total = 0
    while count := work_out_numbers():
        total += count
    log.info("upkeep.numbers", worked_out=total)
    return total


@task()
def forget_commands() -> int:
    """Drop idempotency keys that no client will use again."""
    kept = timedelta(days=days_of("commands", otherwise=KEEP_COMMAND_DAYS))
    count = CommandKey.objects.filter(created_at__lt=clock.now() - kept).delete()[0]
    log.info("upkeep.commands", forgotten=count)
    return int(count)


@task()
def sweep_files() -> int:
    """Remove pictures that no row names: what a crash between file and row left behind."""
    count = store.sweep(now=clock.now())
    log.info("upkeep.files", removed=count)
    return count


@task()
def sweep_held() -> int:
    """Remove pictures that were held for forms that were never sent."""
    count = holding.sweep(now=clock.now())
    log.info("upkeep.held", removed=count)
    return count


@task()
def sweep_scratch_folders() -> int:
    """Remove what an import that was killed left in the data folder."""
    count = sweep_scratch(settings.GEZHI_HOME)
    log.info("upkeep.scratch", removed=count)
    return count


@task()
def prune_task_results() -> None:
    """Drop results of finished tasks and sessions that have ended."""
    call_command("prune_db_task_results", verbosity=0)
    call_command("clearsessions", verbosity=0)


@task()
def count_rows() -> None:
    """Let SQLite count how its tables are filled; PostgreSQL does so by itself."""
    if connection.vendor == "sqlite":
        bulk.count_rows()
        log.info("upkeep.counted")


@task()
def anchor_the_record() -> str:
    """Write down outside the database where all chains end: see ``audit.anchors``."""
    anchor = make_anchor(now=clock.now())
    keep_anchor(anchor)
    log.info("audit.anchor", at=anchor.at, chains=len(anchor.heads), digest=anchor.digest, mac=anchor.mac)
    return anchor.line


def register_upkeep() -> None:
    """Put the upkeep on the clock."""
    PERIODIC.add("audit.anchor", Periodic(anchor_the_record, every=timedelta(days=1)))
    PERIODIC.add("database.count_rows", Periodic(count_rows, every=timedelta(days=1)))
    PERIODIC.add("outbox.purge", Periodic(purge_outbox, every=timedelta(hours=1)))
    PERIODIC.add("vault.erase_expired", Periodic(erase_expired_personal_data, every=timedelta(hours=1)))
    PERIODIC.add("vault.numbers", Periodic(work_out_number_digests, every=timedelta(hours=1)))
    PERIODIC.add("commands.forget", Periodic(forget_commands, every=timedelta(days=1)))
    PERIODIC.add("files.sweep", Periodic(sweep_files, every=timedelta(days=1)))
    PERIODIC.add("files.sweep_scratch", Periodic(sweep_scratch_folders, every=timedelta(days=1)))
    PERIODIC.add("files.sweep_held", Periodic(sweep_held, every=timedelta(minutes=10)))
    PERIODIC.add("tasks.prune", Periodic(prune_task_results, every=timedelta(days=1)))
