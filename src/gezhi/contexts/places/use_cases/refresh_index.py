"""Make the index of names anew where the ground has changed."""

from __future__ import annotations

import structlog

from gezhi.contexts.areas import queries as areas
from gezhi.contexts.areas.domain.levels import LEVELS
from gezhi.contexts.ground import queries as ground
from gezhi.contexts.places.domain.kinds import KIND_WORDS, NAMED_AFTER
from gezhi.contexts.places.index import FORMAT, INDEXES, current_index
from gezhi.solvers.gazetteer import Entry, build_index

log = structlog.get_logger(__name__)


def refresh_index() -> int | None:
    """Make the index of the ground as it is, where that of before is out of date: how many places it has; None where none was due.

    Two that do so at once both succeed: the same version has the same names.
    """
    version = "-".join(map(str, (FORMAT, *ground.ground_version())))
    if INDEXES.has(version):
        return None
    # 59 MB: only whoever makes an index reads it.
    from pypinyin import lazy_pinyin

    index = build_index(_entries(), read=lazy_pinyin, kind_words=KIND_WORDS, lesser=NAMED_AFTER)
    INDEXES.put(version, index.save)
    current_index.forget()
    log.info("places.made", version=version, places=len(index))
    return len(index)


def _entries() -> list[Entry]:
    things = [*areas.named_things(), *ground.named_things()]
    at = {thing.key: number for number, thing in enumerate(things)}
    return [
        Entry(
            names=thing.names,
            kind=thing.kind,
            key=thing.key,
            lon=thing.lon,
            lat=thing.lat,
            inside=at.get(f"area:{thing.area_id}", -1),
            is_area=thing.kind in LEVELS,
            is_crossing=thing.kind == "crossing",
            name_en=thing.name_en,
        )
        for thing in things
    ]
