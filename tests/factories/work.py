"""Background work as a test does it: the next run carried out here and now, and the files that came of it."""

from __future__ import annotations

import re

from django.test import Client

from gezhi.kernel.clock import now
from gezhi.platform.work.carry_out import carry_out, take_next
from gezhi.platform.work.models import WorkRun


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
