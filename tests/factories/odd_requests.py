"""Send odd requests to the whole server, each as if it were the first, and collect what it could not answer."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from uuid import uuid4

from django.core.cache import caches
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction

from gezhi.contexts.cases.domain.photos import Stage
from gezhi.contexts.cases.queries import CASES
from gezhi.contexts.cases.use_cases import Contact
from gezhi.contexts.cases.use_cases.attach_photo import attach_photo
from gezhi.contexts.cases.use_cases.change_template import Template, save_template
from gezhi.contexts.powers.models import Holding
from gezhi.contexts.powers.use_cases.register_powers import register_powers
from gezhi.contexts.workforce.use_cases.register_worker import register_worker
from gezhi.interfaces.api.v1.api import api
from gezhi.kernel.clock import now
from gezhi.kernel.errors import InvalidInput
from gezhi.kernel.roles import Role
from gezhi.platform.access.actor import Actor
from gezhi.platform.access.models import Grant
from gezhi.platform.access.use_cases.ask_role import ask_role
from gezhi.platform.accounts.use_cases.ask_link import ask_link
from gezhi.platform.accounts.use_cases.invite import invite
from gezhi.platform.files.images import Picture, take_in
from gezhi.platform.saved_views.use_cases.save_view import save_view
from tests.factories.areas import centre
from tests.factories.cases import SYSTEM, Town
from tests.factories.clients import case_at, signed_in
from tests.factories.odd_values import ODD
from tests.factories.photos import photo
from tests.factories.powers import delegated
from tests.factories.routes import COOKIES, HEADERS, Ask, api_asks, page_asks
from tests.factories.work import work_done

HEADS = [("headers", name) for name in HEADERS] + [("cookies", name) for name in COOKIES]
PEOPLE = (None, "dispatcher", "security_admin", "worker", "operations")


class Server:
    """The WSGI application over the town, with a session of each of ``PEOPLE``."""

    def __init__(self, town: Town) -> None:
        from gezhi.config.wsgi import application

        self._application = application
        self.sessions = {
            name: "" if name is None else signed_in(town, name).cookies["sessionid"].value for name in PEOPLE
        }
        self.good = _good_values(town)
        self.asks = page_asks(self.good) + api_asks(api.get_openapi_schema(), self.good)

    def status(self, ask: Ask, person: str | None) -> int:
        """The status of the answer. Whatever the request changed is taken back."""
        if person is not None:
            ask = replace(ask, cookies={"sessionid": self.sessions[person], **ask.cookies})
        heard: list[str] = []
        for counts in caches.all():
            counts.clear()
        around = transaction.atomic()
        around._from_testcase = True  # Around the test, and no use case's own.
        with around:
            answer = self._application(ask.environ(), lambda status, headers, error=None: heard.append(status))
            for _ in answer:
                pass
            answer.close()
            transaction.set_rollback(True)
        return int(heard[0][:3])

    def values(
        self,
        chance: random.Random | None = None,
        *,
        of_each: int = len(ODD),
        people: Sequence[str | None] = PEOPLE,
        turn: int = 0,
    ) -> Iterator[tuple[Ask, str | None]]:
        """Each parameter of each route with ``of_each`` odd values; each sent by one of ``people``, in turn from ``turn``."""
        for ask in self.asks:
            for kind, name in ask.places():
                values = ODD if chance is None else chance.sample(ODD, of_each)
                for value in values:
                    turn += 1
                    yield ask.with_value(kind, name, value), people[turn % len(people)]

    def heads(
        self, chance: random.Random | None = None, *, names: int = len(HEADS), of_each: int = len(ODD)
    ) -> Iterator[tuple[Ask, str | None]]:
        """Headers and cookies (``names`` of them) of each route with ``of_each`` odd values."""
        turn = 0
        for ask in self.asks:
            for kind, name in HEADS if chance is None else chance.sample(HEADS, names):
                values = ODD if chance is None else chance.sample(ODD, of_each)
                for value in values:
                    turn += 1
                    yield ask.with_value(kind, name, value), PEOPLE[turn % len(PEOPLE)]

    def faults(self, asks: Iterator[tuple[Ask, str | None]]) -> tuple[int, list[str]]:
        """How many requests were sent, and those that were answered with 5xx other than 'later'."""
        sent, wrong = 0, []
        for ask, person in asks:
            sent += 1
            status = self.status(ask, person)
            if status >= 500:
                wrong.append(f"{status} {person} {ask.method} {ask.name} {_short(ask)}")
        return sent, wrong


def _short(ask: Ask) -> str:
    return repr({kind: getattr(ask, kind) for kind in ("parts", "query", "form", "body", "headers", "cookies")})[:400]


def _good_values(town: Town) -> dict[str, str]:
    made = case_at(town, "handling", contact=Contact(name="王小明", phone="13812341234"))
    reporter = Actor(user_id=None, label="resident", follow_codes=frozenset({made.follow_code}))
    shown = attach_photo(
        asker="a phone", actor=reporter, number=made.number, raw=photo(), stage=Stage.BEFORE, now=now()
    ).photo
    lon, lat = centre(0)
    good: dict[str, Any] = {
        "number": made.number, "code": made.follow_code, "X-Follow-Code": made.follow_code, "picture_id": shown.id,
        "photo_id": shown.id, "action": "note", "note": "看过了", "reason": "回访", "why": "ask_place", "paper": "case",
        "street": str(town.areas["420602001"].pk), "of": "looks",
        "body": str(town.bodies["sanitation"].pk), "full": "1", "words": "在哪一栋", "lon": f"{lon}", "lat": f"{lat}",
        "description": "路边垃圾满溢", "class_code": "E0110", "key": str(uuid4()), "level": "street", "queue": "all",
        "user": "worker", "verb": "see", "object": f"case:{made.number}", "solved": "yes", "score": "4",
        "outcome": "resolved", "to": "o1", "next": "/", "language": "en", "theme": "dark", "type": "large", "login": "worker",
        "password": "x", "span": "week", "since": "0", "datum": "wgs84", "urgency": "ordinary", "go": "1",
        "uidb36": "1", "account_reset_password_from_key.key": "set-password", "account_confirm_email.key": "abc",
        "straight": str(uuid4()), "version": "1-1-0", "z": "13", "x": "6647", "y": "3326", "provider_id": "none", "photo": "",
        "Idempotency-Key": str(uuid4()), "finding": "exists", "done": "已扶正",
        "community": str(town.areas["420602001001"].pk), "contact": {}, "sort": "newest",
        "query": "q=1", "office": "me", "view_id": str(_a_view(town)),
        "kind": "export_cases", "given": {"query": "q=1"}, "mapping": "boston",
        "q": "襄城", "find": "1", "map": "1", "limit": "5", "box": "112.0,31.9,112.3,32.2",
        "year": "2027", "days": "2027-01-01 休 元旦", "seen": "0", "hours_0": "08:00-12:00, 14:00-18:00", "planned": "on",
        "endpoint": "https://fcm.googleapis.com/wp/a", "p256dh": "BA", "auth": "AA",
        "which": "all", "way": "sms", "address": "13812341234", "month": "2026-01", "area": "1",
        "matter": "E01", "standing": "open", "page": "1", "token": "1-ABCDEFGHJKMNPQRS", "message_id": "1",
        **work_done(town), **_a_power(town), **_administered(town),
    }  # fmt: skip
    return good


def _administered(town: Town) -> dict[str, str]:
    """What the pages of administration name and are sent."""
    moment = now()
    system = town.actor("system_admin", now=moment)
    area = town.areas["420602001"].code
    asked = ask_role(
        actor=system,
        user_id=town.users["resident"].pk,
        role=Role.CHECKER,
        area_id=town.areas["420602001"].pk,
        now=moment,
    )
    made = invite(actor=system, username="invited", display_name="王芳", now=moment)
    worker = register_worker(
        actor=system,
        code="W1",
        name="李明",
        post="grid_worker",
        area_id=town.areas["420602001001001"].pk,
        active_from=moment.date(),
        now=moment,
    )
    words = Template(title="已受理", words="您反映的问题已受理。")
    number = save_template(actor=SYSTEM, given=words, number=None, seen=0, now=moment)
    link = ask_link(actor=system, user_id=town.users["worker"].pk, now=moment)
    held = Grant.objects.filter(user=town.users["worker"]).values_list("pk", flat=True)[0]
    templates = ("", "-edit", "-withdraw", "-restore")
    return {
        "account_id": str(town.users["worker"].pk), "grant_id": str(held), "asked_id": str(asked),
        "administration-role-answer.account_id": str(town.users["resident"].pk), "invitation.code": made.code,
        "administration-link-answer.asked_id": str(link),
        "founding.code": "0" * 32, "organisation_id": str(town.bodies["street"].pk), "worker_id": str(worker.id),
        **{f"administration-template{part}.number": str(number) for part in templates},
        "display_name": "赵强", "username": "zhao.qiang", "email": "zhao@example.org", "role": "checker", "area": area,
        "until": "2099-12-31", "reason": "left", "name": "襄城街道办事处", "name_en": "Street office", "last_day": "2099-12-31",
        "title": "已受理", "words": "您反映的问题已受理。", "class_prefix": "E01", "step": "handle", "street": area,
        "start": "2099-01-01", "max_returns": "3", "notices": "60", "post": "grid_worker", "active_from": "2026-11-27",
    }  # fmt: skip


def _a_power(town: Town) -> dict[str, str]:
    """A power that the street may claim, as each address names it."""
    register_powers(actor=SYSTEM, rows=[delegated()], now=now())
    holding = Holding.objects.get(street=town.areas["420602001"])
    steps = ("powers-one", "powers-act", "powers_show", "powers_act")
    named = {f"{step}.number": holding.number for step in steps} | {f"{step}.action": "claim" for step in steps}
    return named | {"power_id": str(holding.power_id), "street_id": str(holding.street_id), "last_day": "2099-12-31"}


def _a_view(town: Town) -> int:
    moment = now()
    actor = town.actor("dispatcher", now=moment)
    return save_view(actor=actor, tool=CASES, query="status=reported", name="待派遣", now=moment).id


@contextmanager
def connection_kept() -> Iterator[None]:
    """A request's end closes a connection that is inside a test's transaction; Django's own client prevents that too."""
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    try:
        yield
    finally:
        request_started.connect(close_old_connections)
        request_finished.connect(close_old_connections)


def draw_here(_: object, raw: bytes) -> Picture | InvalidInput:
    """A picture drawn in this process."""
    try:
        return take_in(raw, time_zone="Asia/Shanghai")
    except InvalidInput as error:
        return error
