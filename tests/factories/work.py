"""Runs of background work: as a worker would have left them, or carried out here and now, and the files that came of them."""

from __future__ import annotations

import re
from pathlib import Path

from django.conf import settings
from django.test import Client

from gezhi.kernel.clock import now
from gezhi.platform.files.documents import kept_document
from gezhi.platform.work.carry_out import carry_out, take_next
from gezhi.platform.work.models import WorkRun, WorkState
from gezhi.platform.work.use_cases.start_work import start_work
from tests.factories.cases import Town


def work_done(town: Town, who: str = "dispatcher") -> dict[str, str]:
    """An export that is done: its run and its file, by the names of the parts of addresses."""
    actor = town.actor(who, now=now())
    run_id = start_work(actor=actor, name="export_cases", given={"query": "queue=all"}, now=now()).id
    made = Path(settings.GEZHI_HOME) / f"{run_id.hex}.csv"
    made.write_text("编号\r\n", "utf-8-sig")
    document = kept_document(
        path=made,
        name="cases.csv",
        content_type="text/csv",
        subject=("work", run_id.hex),
        personal=False,
        created_by=actor.user_id,
        expires_at=now().replace(year=now().year + 1),
        now=now(),
    )
    with document as row:
        WorkRun.objects.filter(pk=run_id).update(
            state=WorkState.DONE, begun_at=now(), ended_at=now(), result={"rows": 0}
        )
    return {"run_id": str(run_id), "document_id": str(row.pk)}


def work_one() -> WorkRun:
    """Carry out the next run that waits; it, as it ended."""
    run = take_next(worker="test:1", now=now())
    assert run is not None, "no run waits"
    carry_out(run)
    return WorkRun.objects.get(pk=run.pk)


def files_of(client: Client, page: str) -> dict[str, bytes]:
    """The files that the page of a run offers, by their names."""
    shown = client.get(page).content.decode()
    answers = [client.get(link) for link in re.findall(r'href="(/staff/work/[^"]+/files/[^"]+)"', shown)]
    named = [re.search(r'filename="?([^";]+)', answer["Content-Disposition"]) for answer in answers]
    return {name[1]: b"".join(answer.streaming_content) for name, answer in zip(named, answers, strict=True)}
