"""The finished tiles follow the ground."""

from __future__ import annotations

from django_tasks import task

from gezhi.contexts.ground.use_cases import cut_ahead


@task()
def cut_tiles_ahead() -> int:
    """Cut the tiles anew that are cut ahead, where the ground has changed; how many were cut."""
    return cut_ahead() or 0
