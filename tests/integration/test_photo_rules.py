"""Who may add which picture while what: every stage, every person, every status, against the table written out here."""

from __future__ import annotations

from itertools import product

import pytest

from gezhi.contexts.cases.domain.photos import MAX_PICTURES, Stage
from gezhi.contexts.cases.domain.states import CaseStatus
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.pictures import add_pictures
from gezhi.contexts.cases.use_cases.attach_photo import attach_photo, photos_of
from gezhi.kernel.clock import now
from gezhi.kernel.errors import Conflict, GezhiError, NotAllowed
from gezhi.platform.access.actor import ANONYMOUS, Actor
from gezhi.platform.files import store
from gezhi.platform.files.images import Picture
from gezhi.platform.files.models import Attachment
from tests.factories.cases import make_town
from tests.factories.clients import case_at
from tests.factories.photos import photo

pytestmark = pytest.mark.django_db

OPEN = {"reported", "verifying", "dispatched", "handling", "suspended"}
STAFF_BEFORE = ("worker", "colleague", "dispatcher", "operations")
# person → stage → statuses in which a picture is taken. Who is not named here takes none.
MAY: dict[str, dict[str, set[str]]] = {
    "reporter": {"before": OPEN, "added": OPEN | {"handled", "checked", "closed", "merged"}},
    **{name: {"before": OPEN} for name in STAFF_BEFORE},
    "checker": {"before": {"verifying"}, "check": {"handled", "checked"}},
}
# The case is given to the worker when it is dispatched; only then is it theirs to finish.
MAY["worker"] = {"before": OPEN, "after": {"handling", "handled"}}
MAY["dispatcher"] = {"before": OPEN, "check": {"handled", "checked"}}
PEOPLE = (
    "reporter", "nobody", "worker", "colleague", "stranger", "dispatcher", "far_dispatcher", "officer", "other_officer",
    "checker", "operations", "planner", "system_admin", "security_admin", "audit_admin", "resident",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _own_home(settings, tmp_path):
    settings.GEZHI_HOME = tmp_path


@pytest.fixture
def town():
    return make_town()


def picture(number: int = 0) -> Picture:
    return Picture(b"picture %d" % number, "image/jpeg", 4, 3, None, 112.1, 32.0)


def actor_for(town, name: str, code: str) -> Actor:
    if name == "reporter":
        return Actor(user_id=None, label="resident", follow_codes=frozenset({code}))
    return ANONYMOUS if name == "nobody" else town.actor(name, now=now())


def test_every_stage_of_every_person_in_every_status(town):
    wrong = []
    for status in CaseStatus:
        made = case_at(town, status.value)
        case = Case.objects.get(pk=made.case_id)
        assert case.status == status
        for name, stage in product(PEOPLE, Stage):
            try:
                (row,) = add_pictures(
                    case,
                    actor=actor_for(town, name, made.follow_code),
                    pictures=[picture()],
                    stage=stage,
                    status=status,
                    now=now(),
                )
            except (NotAllowed, Conflict) as error:
                taken, side = False, error.code
            else:
                taken, side = True, row.side
                row.delete()
            expected = status in MAY.get(name, {}).get(stage, set())
            if taken is not expected or (taken and (side == "reporter") is not (name == "reporter")):
                wrong.append((status.value, name, stage.value, taken, side))
    assert wrong == []


def test_the_one_who_handled_takes_no_picture_of_the_check(town):
    made = case_at(town, "handled")
    case = Case.objects.get(pk=made.case_id)
    case.handled_by = town.users["checker"].pk
    with pytest.raises(NotAllowed):
        add_pictures(
            case,
            actor=town.actor("checker"),
            pictures=[picture()],
            stage=Stage.CHECK,
            status=CaseStatus.HANDLED,
            now=now(),
        )


def test_room_is_counted_for_each_stage_and_side(town):
    made = case_at(town, "handling")
    case = Case.objects.get(pk=made.case_id)

    def add(name: str, stage: Stage, first: int, count: int = 1) -> None:
        add_pictures(
            case,
            actor=actor_for(town, name, made.follow_code),
            pictures=[picture(number) for number in range(first, first + count)],
            stage=stage,
            status=CaseStatus.HANDLING,
            now=now(),
        )

    add("reporter", Stage.BEFORE, 0, MAX_PICTURES)
    with pytest.raises(Conflict) as refused:
        add("reporter", Stage.BEFORE, 100)
    assert refused.value.code == "too_many_photos"
    add("worker", Stage.AFTER, 200, MAX_PICTURES)
    add("dispatcher", Stage.BEFORE, 300)
    add("reporter", Stage.BEFORE, 0)
    assert len(photos_of(case.pk)) == 2 * MAX_PICTURES + 1, "a picture sent again is there once"


def test_a_file_whose_transaction_failed_is_gone(town, tmp_path, monkeypatch):
    made = case_at(town, "reported")
    reporter = actor_for(town, "reporter", made.follow_code)

    def broken(**_):
        raise RuntimeError("the database is gone")

    with monkeypatch.context() as patch:
        patch.setattr("gezhi.contexts.cases.pictures.record", broken)
        with pytest.raises(RuntimeError):
            attach_photo(
                asker="a phone", actor=reporter, number=made.number, raw=photo(), stage=Stage.BEFORE, now=now()
            )
    assert Attachment.objects.count() == 0
    assert list((tmp_path / "files").glob("*/*/*")) == []
    attach_photo(asker="a phone", actor=reporter, number=made.number, raw=photo(), stage=Stage.BEFORE, now=now())
    assert len(list((tmp_path / "files").glob("*/*/*"))) == 1


def test_a_file_that_another_row_names_stays(town, tmp_path, monkeypatch):
    made = case_at(town, "reported")
    reporter = actor_for(town, "reporter", made.follow_code)
    attach_photo(asker="a phone", actor=reporter, number=made.number, raw=photo(), stage=Stage.BEFORE, now=now())
    monkeypatch.setattr(Attachment.objects, "create", lambda **_: (_ for _ in ()).throw(RuntimeError))
    with pytest.raises(RuntimeError):
        attach_photo(
            asker="a phone",
            actor=town.actor("dispatcher", now=now()),
            number=made.number,
            raw=photo(),
            stage=Stage.BEFORE,
            now=now(),
        )
    assert len(list((tmp_path / "files").glob("*/*/*"))) == 1


def test_what_a_crash_left_is_swept_and_nothing_else(town, tmp_path):
    made = case_at(town, "reported")
    reporter = actor_for(town, "reporter", made.follow_code)
    attach_photo(asker="a phone", actor=reporter, number=made.number, raw=photo(), stage=Stage.BEFORE, now=now())
    stray = store.path_of("ab" * 32)
    store.write_whole(stray, b"left behind")
    assert store.sweep(now=now()) == 0
    assert store.sweep(now=now() + 2 * store.ABANDONED_AFTER) == 1
    assert not stray.exists()
    assert len(list((tmp_path / "files").glob("*/*/*"))) == 1


def test_strangers_learn_nothing_and_draw_nothing(town, monkeypatch):
    made = case_at(town, "closed")
    monkeypatch.setattr("gezhi.contexts.cases.use_cases.attach_photo.draw_one", lambda raw: pytest.fail("drawn"))
    for name in ("nobody", "reporter", "worker"):
        with pytest.raises(GezhiError):
            attach_photo(
                asker="a phone",
                actor=actor_for(town, name, made.follow_code),
                number=made.number,
                raw=photo(),
                stage=Stage.AFTER,
                now=now(),
            )
