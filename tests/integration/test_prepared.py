"""A prepared query answers as the queryset it was made of, whatever the values."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import Count, Q

from gezhi.platform.audit.models import AuditRecord
from gezhi.platform.commands.models import CommandKey
from gezhi.platform.outbox.models import OutboxEvent
from gezhi.platform.prepared import (
    Inquiry,
    Prepared,
    PreparedByKeys,
    PreparedObjects,
    answers,
    rows_of_all,
    rows_of_each,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 8, 30, 0, 123456, tzinfo=UTC)


def events(*, district, since):
    found = OutboxEvent.objects.filter(Q(district_id=district) | Q(district_id__isnull=True), at__gte=since)
    return found.order_by("pk").values("id", "at", "type", "payload")[:3]


@pytest.fixture
def outbox():
    for number in range(6):
        OutboxEvent.objects.create(
            at=NOW + timedelta(minutes=number),
            type="case.report",
            subject=str(number),
            district_id=(1, 2, None)[number % 3],
            payload={"words": "垃圾", "number": number},
        )


@pytest.mark.parametrize("district", [1, 2, 9])
@pytest.mark.parametrize("minutes", [-1, 0, 2, 99])
def test_it_equals_its_queryset(outbox, district, minutes):
    since = NOW + timedelta(minutes=minutes)
    prepared = Prepared(events, district=int, since=datetime)
    for _ in range(2):
        assert prepared.dicts(district=district, since=since) == list(events(district=district, since=since))


def test_instants_come_back_aware_with_their_microseconds(outbox):
    prepared = Prepared(lambda key: OutboxEvent.objects.filter(subject=key).values_list("at", "payload"), key=str)
    assert prepared.rows(key="0") == [(NOW, {"words": "垃圾", "number": 0})]
    assert prepared.rows(key="none") == []


def test_empty_instants_stay_empty():
    CommandKey.objects.create(scope="s", key="k" * 8, fingerprint="f", result={}, created_at=NOW)
    prepared = Prepared(
        lambda scope: CommandKey.objects.filter(scope=scope).values_list("result", "created_at"), scope=str
    )
    assert prepared.rows(scope="s") == [({}, NOW)]


def test_a_value_without_a_place_is_refused():
    prepared = Prepared(lambda key: AuditRecord.objects.filter(chain="x").values_list("seq"), key=str)
    with pytest.raises(ValueError, match="no place for key"):
        prepared.rows(key="x")


def test_a_missing_value_is_refused():
    prepared = Prepared(lambda key: AuditRecord.objects.filter(chain=key).values_list("seq"), key=str)
    with pytest.raises(KeyError):
        prepared.rows()


@pytest.mark.parametrize("district", [2**63, -(2**63) - 1, 10**30])
def test_a_number_that_fits_no_column_matches_as_in_the_queryset(outbox, district):
    prepared = Prepared(events, district=int, since=datetime)
    assert prepared.dicts(district=district, since=NOW) == list(events(district=district, since=NOW))
    numbers = Prepared(lambda last: OutboxEvent.objects.filter(pk__lt=last).order_by("pk").values_list("pk"), last=int)
    assert len(numbers.rows(last=10**30)) == 6
    assert numbers.rows(last=-(10**30)) == []


def by_district(keys, since):
    found = OutboxEvent.objects.filter(district_id__in=keys, at__gte=since)
    return found.order_by("pk").values("id", "district_id", "at")


@pytest.mark.parametrize("keys", [[], [1], [2, 1, 2], [9], [1, 2, *range(100, 400)]])
def test_by_keys_it_equals_its_queryset_for_any_number_of_them(outbox, keys):
    prepared = PreparedByKeys(by_district, since=datetime)
    for since in (NOW, NOW + timedelta(minutes=2)):
        wanted = list(by_district(keys, since))
        assert prepared.dicts(keys, since=since) == wanted
        assert prepared.rows(keys, since=since) == [tuple(row.values()) for row in wanted]


def test_without_keys_nothing_is_asked(django_assert_num_queries):
    prepared = PreparedByKeys(by_district, since=datetime)
    with django_assert_num_queries(0):
        assert prepared.rows([], since=NOW) == []


def test_objects_are_those_of_the_queryset_and_can_be_saved(outbox):
    prepared = PreparedObjects(OutboxEvent, lambda found, key: found.filter(subject=key), key=str)
    (event,) = prepared.all(key="3")
    (ordinary,) = OutboxEvent.objects.filter(subject="3")
    assert event == ordinary
    assert vars(event) | {"_state": None} == vars(ordinary) | {"_state": None}
    event.type = "case.close"
    event.save(update_fields=["type"])
    assert OutboxEvent.objects.get(subject="3").type == "case.close"
    assert prepared.all(key="none") == []


def subjects_of(district, most):
    return OutboxEvent.objects.filter(district_id=district).order_by("-at").values_list("at", "subject")[:most]


def test_several_are_asked_at_once_each_with_its_order_and_length(outbox, django_assert_num_queries):
    newest, all_of_it = (
        Prepared(lambda district, most=most: subjects_of(district, most), district=int) for most in (1, 9)
    )
    questions = [(newest, {"district": 1}), (all_of_it, {"district": 2}), (newest, {"district": 9})]
    for _ in range(2):
        with django_assert_num_queries(1):
            found = rows_of_each(questions)
        assert [sorted(rows) for rows in found] == [sorted(query.rows(**values)) for query, values in questions]
    assert [len(rows) for rows in found] == [1, 2, 0]
    assert sorted(rows_of_all(questions)) == sorted(row for rows in found for row in rows)
    assert rows_of_each([]) == []


def test_more_than_one_statement_takes_are_asked_in_slices(outbox):
    newest = Prepared(lambda district: subjects_of(district, 1), district=int)
    keys = Prepared(lambda district: OutboxEvent.objects.filter(district_id=district).values_list("pk"), district=int)
    places = [{"district": 3 + number} for number in range(700)] + [{"district": 1}]
    found = rows_of_each([(newest, values) for values in places])
    assert [place for place, rows in enumerate(found) if rows] == [700]
    assert found[700] == newest.rows(district=1)
    assert Inquiry([(keys, values) for values in places], lambda rows: rows[700]).alone() == keys.rows(district=1)


def test_a_number_that_fits_no_column_is_asked_for_alone(outbox):
    newest = Prepared(lambda district: subjects_of(district, 1), district=int)
    assert [len(rows) for rows in rows_of_each([(newest, {"district": 1}), (newest, {"district": 2**70})])] == [1, 0]


def test_unlike_inquiries_are_answered_together_as_alone(outbox):
    texts = Prepared(lambda: OutboxEvent.objects.order_by("pk").values_list("pk", "type", "subject", "district_id"))
    counts = Prepared(lambda: OutboxEvent.objects.order_by().values("district_id").annotate(count=Count("pk")))
    first = Inquiry([(texts, {})], lambda rows: rows[0])
    second = Inquiry([(counts, {}), (counts, {})], lambda rows: [sorted(map(str, part)) for part in rows])
    nothing = Inquiry([], len)
    assert answers(first, nothing, second) == [first.alone(), 0, second.alone()]
    assert first.alone() == list(OutboxEvent.objects.values_list("pk", "type", "subject", "district_id"))
    assert answers(nothing) == [0]


def test_what_a_text_tells_otherwise_is_not_asked_along_with_more():
    moments = Prepared(lambda: OutboxEvent.objects.values_list("at"))
    payloads = Prepared(lambda: OutboxEvent.objects.values_list("payload"))
    for query in (moments, payloads):
        with pytest.raises(TypeError):
            Inquiry([(query, {}), (query, {})], lambda rows: rows).alone()
