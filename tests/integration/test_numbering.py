"""Serials of a day: each once, whoever takes them and whatever is given up."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction

from gezhi.contexts.cases.models import DailySerial
from gezhi.contexts.cases.numbering import next_number, numbers_of
from tests.factories.cases import MONDAY

DAY = f"{MONDAY:%Y%m%d}"


@pytest.mark.django_db
def test_serials_of_a_day_begin_with_one_and_go_on() -> None:
    assert [next_number(MONDAY) for _ in range(3)] == [f"{DAY}{serial:06d}" for serial in (1, 2, 3)]
    assert next_number(MONDAY + timedelta(days=1)).endswith("000001")
    assert next_number(MONDAY) > f"{DAY}000003"


@pytest.mark.django_db
def test_a_day_that_was_counted_goes_on_behind_what_was_counted() -> None:
    assert numbers_of(MONDAY, 3) == [f"{DAY}{serial:06d}" for serial in (1, 2, 3)]
    assert numbers_of(MONDAY, 2) == [f"{DAY}{serial:06d}" for serial in (4, 5)]
    after = next_number(MONDAY)
    assert after == f"{DAY}000006"
    more = numbers_of(MONDAY, 2)
    assert len({after, *more, next_number(MONDAY)}) == 4
    assert min(more) > after


@pytest.mark.django_db
def test_days_from_before_the_sequence_go_on() -> None:
    DailySerial.objects.create(day=MONDAY.date(), last=41)
    assert next_number(MONDAY) == f"{DAY}000042"


@pytest.mark.django_db(transaction=True)
def test_reporters_at_once_take_each_serial_once_and_do_not_wait() -> None:
    """Each holds its transaction open until all have a number: on PostgreSQL nobody waits for that. One gives up."""
    together = connection.vendor == "postgresql"
    next_number(MONDAY)
    count, numbers, wrong = 6, list[str](), list[BaseException]()
    all_have_one = threading.Barrier(count if together else 1, timeout=20)

    def report(place: int) -> None:
        try:
            with transaction.atomic():
                number = next_number(MONDAY)
                all_have_one.wait()
                if place == 0:
                    transaction.set_rollback(True)
            if place:
                numbers.append(number)
        except BaseException as error:  # noqa: BLE001  (told by the main thread)
            wrong.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=report, args=(place,)) for place in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert len(set(numbers)) == count - 1
    assert next_number(MONDAY) not in numbers


@pytest.mark.django_db(transaction=True)
def test_many_begin_a_day_at_once() -> None:
    numbers, wrong = list[str](), list[BaseException]()

    def report() -> None:
        try:
            for _ in range(5):
                with transaction.atomic():
                    number = next_number(MONDAY)
                numbers.append(number)
        except BaseException as error:  # noqa: BLE001  (told by the main thread)
            wrong.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=report) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert len(set(numbers)) == 30
    assert min(numbers) >= f"{DAY}000001"
