"""``gezhi text topics``: hot topics in a file of messages."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from gezhi.interfaces.cli.solver_files import bad_input_refused, writable, write_answer
from gezhi.interfaces.cli.text_files import file_argument, rows_of, segmented_option, text_option, words_of
from gezhi.interfaces.imports.source import FIRST_ROW, Record
from gezhi.kernel.errors import InvalidInput
from gezhi.solvers.text import MOST_MESSAGES, Message, Topic, hot_topics, places

_TIME = re.compile(
    r"^(\d{4})[-/年.](\d{1,2})[-/月.](\d{1,2})日?(?:[T ]+(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.\d+)?)?)?$"
)
DAY_S = 86_400


def seconds(text: str, place: str) -> float:
    """A local time such as 2019/8/1 22:42:21 as seconds; raises ``InvalidInput`` with the place."""
    match = _TIME.match(text.strip())
    try:
        if match is None:
            raise ValueError
        year, month, day, hour, minute, second = (int(part or 0) for part in match.groups())
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC).timestamp()
    except ValueError as error:
        raise InvalidInput("topics.bad_time", f"'{text}' is no time such as 2026-11-22 14:05", field=place) from error


def _votes(row: Record, columns: tuple[str, ...], place: str) -> int:
    total = 0
    for column in columns:
        text = row.get(column) or "0"
        try:
            value = float(text)
        except ValueError:
            value = -1
        if not 0 <= value < 1e12:
            raise InvalidInput("topics.bad_votes", f"'{text}' is no count", field=f"{place}, {column}")
        total += int(value)
    return total


def _day(at_s: float) -> str:
    return datetime.fromtimestamp(at_s, tz=UTC).date().isoformat()


def _plain(topic: Topic) -> dict[str, Any]:
    written = asdict(topic)
    for name in ("first_s", "last_s", "peak_from_s"):
        written[name.removesuffix("_s")] = _day(written.pop(name))
    return written


@click.command()
@file_argument
@text_option
@click.option("--time", "time_column", required=True, help="Column with the local time of each message.")
@click.option("--id", "id_column", help="Column with the id of each message; default: its row number.")
@click.option("--votes", multiple=True, help="Column with votes for or against; may be given again.")
@click.option("--now", help="Look from this time; later messages are left out. Default: the last message's.")
@click.option("--days", default=60, show_default=True, help="Length of the window in which a topic is hot or grows.")
@click.option("--least", default=3, show_default=True, help="Messages that make a topic.")
@click.option("--top", default=20, show_default=True, help="How many topics are shown.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    callback=writable,
    help="JSON file; default: printed for reading.",
)
@segmented_option
def command(
    file: Path,
    columns: tuple[str, ...],
    time_column: str,
    id_column: str | None,
    votes: tuple[str, ...],
    now: str | None,
    days: int,
    least: int,
    top: int,
    out: Path | None,
    segmented: bool,
) -> None:
    """Find hot topics: the same matter at the same place, many messages in a short time.

    \b
    JSON: {"topics": [{messages (ids, the most typical first), words, places, first, last (dates),
    heat (weight 1 + ln(1 + votes) of the hottest window), peak (messages in it), peak_from,
    recent, before (messages in the last window and in the one before), growing, likeness}]}
    """
    with bad_input_refused():
        needed = (*columns, time_column, *votes, *((id_column,) if id_column else ()))
        rows = rows_of(file, needed, most=MOST_MESSAGES)
        titles: dict[str, str] = {}
        messages = []
        for number, (row, words) in enumerate(zip(rows, words_of(rows, columns, segmented=segmented), strict=True)):
            place = f"row {number + FIRST_ROW}"
            name = row[id_column] if id_column else str(number + FIRST_ROW)
            titles[name] = " ".join(row[columns[0]].split())
            raw = " ".join(row[column] for column in columns)
            messages.append(
                Message(
                    id=name,
                    words=tuple(words),
                    places=places(raw),
                    at_s=seconds(row[time_column], f"{place}, {time_column}"),
                    votes=_votes(row, votes, place),
                )
            )
        found = hot_topics(
            messages,
            now_s=None if now is None else seconds(now, "--now"),
            window_s=float(days) * DAY_S,
            least=least,
        )
    if out is not None:
        write_answer(out, {"messages": len(messages), "topics": [_plain(topic) for topic in found[:top]]})
        return
    for number, topic in enumerate(found[:top], start=1):
        growth = ", growing" if topic.growing else ""
        click.echo(
            f"{number}. {len(topic.messages)} messages, {_day(topic.first_s)} to {_day(topic.last_s)}, heat {topic.heat:.1f}, "
            f"{topic.peak} from {_day(topic.peak_from_s)}{growth}: {' '.join(topic.words)}"
        )
        if topic.places:
            click.echo(f"   at {', '.join(topic.places)}")
        for name in topic.messages[:5]:
            click.echo(f"   {json.dumps(name, ensure_ascii=False)} {titles[name][:60]}")
