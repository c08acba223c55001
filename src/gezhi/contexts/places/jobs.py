"""The index follows the ground."""

from __future__ import annotations

from django_tasks import task

from gezhi.contexts.places.use_cases import refresh_index


@task()
def refresh_places() -> int:
    """Make the index of names anew where the ground has changed; how many places a new one has."""
    return refresh_index() or 0
