"""Who may see who reported what was merged into a case that they handle."""

from __future__ import annotations

import pytest

from gezhi.contexts.cases.queries import case_page, personal_open
from gezhi.contexts.cases.use_cases import Contact
from gezhi.contexts.cases.use_cases.read_reporter import read_reporter
from gezhi.kernel.errors import NotAllowed, NotFound
from tests.factories.cases import MONDAY, report
from tests.integration.test_reports_together import three

__all__ = ["three"]
pytestmark = pytest.mark.django_db


def test_whoever_handles_the_main_report_may_see_who_reported_the_others(three):
    contact = Contact(name="王小明", phone="13812341234")
    main, other = (report(now=MONDAY, contact=contact) for _ in range(2))
    three.merge(other, into=main)
    dispatcher = three.town.actor("dispatcher")

    def look(actor):
        return read_reporter(actor=actor, number=other.number, reason="回访", now=MONDAY)

    assert case_page(dispatcher, other.number).details.may_see_personal_data
    assert personal_open(dispatcher, [three.of(other).pk]) == {three.of(other).pk}
    assert look(dispatcher)["phone"] == contact.phone
    # Neither who only sees it, nor the reporter of the main one.
    for actor in (three.town.actor("checker"), three.reporter_of(main)):
        with pytest.raises((NotAllowed, NotFound)):
            look(actor)
    assert look(three.reporter_of(other))["phone"] == contact.phone
    three.settle(main)
    with pytest.raises(NotAllowed):
        look(dispatcher)
