"""Many at once: no number twice, no case accepted twice, no break in the chain, no event lost or out of order."""

from __future__ import annotations

import threading

import pytest
import shapely
from django.db import connection, connections

from gezhi.contexts.areas.models import Area
from gezhi.contexts.areas.use_cases.found_city import FirstCity, FirstPerson, found_city
from gezhi.contexts.cases.models import Case, CaseStep
from gezhi.contexts.cases.use_cases import Command, Report, accept_case, dispatch_case, report_case
from gezhi.kernel.roles import SEPARATE_ADMINS
from gezhi.platform.access.actor import ANONYMOUS, system_actor
from gezhi.platform.accounts.models import User
from gezhi.platform.audit.verify import verify
from gezhi.platform.outbox.models import OutboxEvent
from gezhi.platform.steps.consistency import all_that_differ
from tests.factories.areas import centre
from tests.factories.cases import MONDAY, make_town, report

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 6


def at_once(work):
    """Run ``work(number)`` in several threads that start together; returns results and errors in no order."""
    gate = threading.Barrier(THREADS)
    results, errors = [], []

    def run(number):
        try:
            gate.wait()
            results.append(work(number))
        except Exception as error:  # noqa: BLE001  (asserted by the caller)
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results, errors


@pytest.fixture
def town():
    return make_town()


def test_reports_at_once_get_their_own_numbers_in_one_chain(town):
    def work(number):
        return [report(grid=(number + step) % 4).number for step in range(5)]

    results, errors = at_once(work)
    assert errors == []
    numbers = [number for some in results for number in some]
    serials = sorted(int(number.removeprefix("20260302")) for number in numbers)
    if connection.vendor == "sqlite":
        assert serials == list(range(1, 5 * THREADS + 1))
    else:
        # Nobody waits for another's serial, so some may be left out: those of all who would have begun the day.
        assert len(set(serials)) == 5 * THREADS
        assert serials[0] >= 1
        assert serials[-1] <= 6 * THREADS
    assert list(verify()) == []
    assert list(all_that_differ()) == []
    # The order of events is the order in which the cases became visible.
    ids = list(OutboxEvent.objects.order_by("pk").values_list("subject", flat=True))
    assert sorted(ids) == sorted(numbers)


def test_one_of_many_accepts_wins(town):
    made = report()
    dispatch_case(
        Command(actor=town.actor("dispatcher"), number=made.number, now=MONDAY),
        organisation_id=town.bodies["sanitation"].pk,
    )
    officer = town.actor("officer")
    results, errors = at_once(lambda number: accept_case(Command(actor=officer, number=made.number, now=MONDAY)))
    assert len(results) == 1
    assert [error.code for error in errors] == ["wrong_state"] * (THREADS - 1)
    assert CaseStep.objects.filter(action="accept").count() == 1
    assert list(verify()) == []


def test_a_retry_storm_files_one_case_and_all_get_its_answer(town):
    lon, lat = centre(0)
    asked = Report(class_code="E0110", description="垃圾", lon=lon, lat=lat)
    results, errors = at_once(
        lambda number: report_case(
            actor=ANONYMOUS, report=asked, key="5f0c1b7e-2a64-4d0f-9b1c-7e3d8a6f4c21", now=MONDAY
        )
    )
    assert errors == []
    assert len(results) == THREADS
    assert all(result == results[0] for result in results)
    assert results[0].number == Case.objects.get().number
    assert list(verify()) == []


def test_a_retry_storm_takes_one_step_and_all_get_its_answer(town):
    made = report()
    command = Command(actor=town.actor("dispatcher"), number=made.number, now=MONDAY, key="one-and-the-same")
    body = town.bodies["sanitation"].pk
    results, errors = at_once(lambda number: dispatch_case(command, organisation_id=body))
    assert errors == []
    assert {result.version for result in results} == {2}
    assert CaseStep.objects.count() == 2


def test_one_of_many_founds_the_city(transactional_db):
    def work(number):
        people = {role: FirstPerson(f"{role.value.replace('_', '.')}{number}", "王芳") for role in SEPARATE_ADMINS}
        city = FirstCity(f"42{number:02}", "襄阳市", "", shapely.box(112, 32, 113, 33))
        return found_city(actor=system_actor("founding"), city=city, people=people, now=MONDAY)

    results, errors = at_once(work)
    assert len(results) == 1
    assert {getattr(error, "code", repr(error)) for error in errors} == {"city_is_founded"}
    assert (Area.objects.count(), User.objects.count()) == (1, len(SEPARATE_ADMINS))
