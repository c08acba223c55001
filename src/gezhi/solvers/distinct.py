"""Ids that a task may name once only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gezhi.kernel.errors import InvalidInput
from gezhi.kernel.filled import filled


def require_distinct(
    ids: Sequence[str | int], *, code: str, field: str, order: Iterable[int] | None = None, kind: str = ""
) -> None:
    """Raise ``InvalidInput`` with ``code`` at the second of two equal ids.

    ``field`` names its place: ``"units[{}].id"``. ``order``: the places in the order in which they are looked at, where
    that is not their own. ``kind``: what the id is of, for the message.
    """
    seen: set[str | int] = set()
    for place in range(len(ids)) if order is None else order:
        if ids[place] in seen:
            what = f"{kind} '{ids[place]}'" if kind else f"'{ids[place]}'"
            raise InvalidInput(code, filled("%(what)s stands twice", what=what), field=field.format(place))
        seen.add(ids[place])
