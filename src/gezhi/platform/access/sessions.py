"""Sessions that say whose they are: the account and its grants come with the session, in one query a request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import Any, cast

from django.conf import settings
from django.contrib import auth
from django.contrib.auth import SESSION_KEY, get_user_model
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from gezhi.kernel.roles import Role
from gezhi.platform.access.actor import Actor, HeldGrant, actor_of
from gezhi.platform.accounts.models import Session, User
from gezhi.platform.prepared import Prepared

_OF_SESSION = ("session_data", "expire_date")
_OF_GRANT = ("role", "area_id", "area__level", "area__name", "organisation_id", "valid_from", "valid_to")


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose a session is: the account as it stood when the session was read, and all grants that it has or had."""

    person: User
    grants: tuple[tuple[HeldGrant, datetime, datetime | None], ...]

    def actor(self, now: datetime) -> Actor:
        """The account as an actor, with its grants in force."""
        held = tuple(grant for grant, start, end in self.grants if start <= now and (end is None or end > now))
        return Actor(user_id=self.person.pk, label=str(self.person), grants=held)


class SessionStore(DatabaseStore):
    """As Django keeps sessions in a database. ``holder``: whose it is, known once it was read; None for nobody's."""

    holder: Holder | None = None

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Where they are kept."""
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """The row of these data, with the account that signed in."""
        row = cast("Session", super().create_model_instance(data))
        row.user_id = data.get(SESSION_KEY)
        return row

    def _get_session_from_db(self) -> Session | None:
        key = self.session_key or ""
        # Ours are of letters and digits; what else a cookie may hold no database need see.
        rows = _WHOSE.rows(key=key, now=timezone.now()) if key.isalnum() else []
        if not rows:
            self._session_key = None
            return None
        self.holder = _holder_of([row[len(_OF_SESSION) :] for row in rows])
        data, expire_date = rows[0][: len(_OF_SESSION)]
        return Session(session_key=key, session_data=data, expire_date=expire_date)


def person_of_session(session: Any) -> Any:
    """The account that is signed in with a session, as Django finds it; Django's anonymous user where there is none. No query
    beyond that of the session where nothing at all is amiss with it: of every other, Django has to judge."""
    return _at_hand(session) or auth.get_user(cast("Any", SimpleNamespace(session=session)))


def _at_hand(session: Any) -> User | None:
    account, way = session.get(auth.SESSION_KEY), session.get(auth.BACKEND_SESSION_KEY)
    holder: Holder | None = getattr(session, "holder", None)
    if holder is None or account != str(holder.person.pk) or way not in settings.AUTHENTICATION_BACKENDS:
        return None
    told = session.get(auth.HASH_SESSION_KEY, "")
    # A changed password ends every session.
    same = constant_time_compare(told, holder.person.get_session_auth_hash())
    return holder.person if same and holder.person.is_active else None


def actor_of_request(user: Any, session: Any, *, now: datetime) -> Actor:
    """The actor behind the user of a request: what came with the session costs no query."""
    holder: Holder | None = getattr(session, "holder", None)
    if holder is None or user is None or not user.is_active or user.pk != holder.person.pk:
        return actor_of(user, now=now)
    return holder.actor(now)


def _account_columns() -> list[str]:
    return [field.attname for field in get_user_model()._meta.concrete_fields]


def _whose(key: str, now: datetime) -> QuerySet[Any, Any]:
    account = (f"user__{column}" for column in _account_columns())
    grants = (f"user__grants__{column}" for column in _OF_GRANT)
    found = Session.objects.filter(session_key=key, expire_date__gt=now).order_by("user__grants__pk")
    return found.values_list(*_OF_SESSION, *account, *grants)


_WHOSE = Prepared(_whose, key=str, now=datetime)


def _holder_of(rows: list[tuple[Any, ...]]) -> Holder | None:
    """Of rows of an account and a grant; None where the session is nobody's."""
    names = _account_columns()
    person = User.from_db(connection.alias, names, rows[0][: len(names)])
    if person.pk is None:
        return None
    grants = (row[len(names) :] for row in rows)
    return Holder(
        person,
        tuple(
            (HeldGrant(Role(role), area, level, name, body), start, end)
            for role, area, level, name, body, start, end in grants
            if role is not None
        ),
    )
