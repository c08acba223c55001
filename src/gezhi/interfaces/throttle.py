"""How many requests one address or one account may make: of the API, and of the pages on which anybody may write.

Counted in windows by the cache's own counter, so that threads never lose a request between reading and writing. With
the cache in memory each worker process counts for itself; a shared cache makes it one count.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import lru_cache, wraps
from math import ceil
from typing import Any, ClassVar

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from ninja.throttling import BaseThrottle, SimpleRateThrottle

from gezhi.interfaces.actors import FOLLOW_HEADER
from gezhi.interfaces.client_address import counted_as
from gezhi.kernel import clock
from gezhi.kernel.errors import TooMany

View = Callable[..., HttpResponseBase]
# What requests are for: those for one thing are counted by themselves. Or what tells it of a request.
Kind = str | Callable[[HttpRequest], str]
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def _account(request: HttpRequest) -> int | None:
    """The account behind a request of the API (which knows the actor) or of a page."""
    actor = getattr(request, "auth", None)
    if actor is not None:
        return actor.user_id  # type: ignore[no-any-return]
    return request.user.pk if request.user.is_authenticated else None


@lru_cache(maxsize=8)
def _parsed(rate: str) -> tuple[int, int]:
    """``120/m`` → 120 requests in 60 seconds. Raises ``ValueError``."""
    read = SimpleRateThrottle(rate)
    return read.num_requests or 0, read.duration or 1


class _Window(BaseThrottle, ABC):
    """At most so many requests in each whole span of the rate (``120/m``: from minute to minute)."""

    setting: ClassVar[str]

    def __init__(self, kind: Kind = "", setting: str | None = None) -> None:
        # Requests of another kind are counted by themselves, at the same rate unless it has a setting of its own.
        self._kind, self._setting = kind, setting or self.setting
        self._rate()

    def _rate(self) -> tuple[int, int]:
        return _parsed(getattr(settings, self._setting))

    @abstractmethod
    def who(self, request: HttpRequest) -> str | None:
        """Whose requests are counted together; None: this one is not counted."""

    def allow_request(self, request: HttpRequest) -> bool:
        """Count the request and say whether it is within the rate."""
        who = self.who(request)
        if who is None:
            return True
        most, span = self._rate()
        kind = self._kind if isinstance(self._kind, str) else self._kind(request)
        key = f"throttle:{kind}{who}:{int(clock.now().timestamp() // span)}"
        counts = caches["requests"]
        if counts.add(key, 1, span):
            return most >= 1
        try:
            return int(counts.incr(key)) <= most
        except ValueError:
            # It has just expired: the window is over.
            return True

    def wait(self) -> float:
        """Seconds until the window ends."""
        span = self._rate()[1]
        return span - clock.now().timestamp() % span


class ByAddress(_Window):
    """Those who are not signed in, by the address they come from."""

    setting = "GEZHI_RATE_ANONYMOUS"

    def who(self, request: HttpRequest) -> str | None:
        """The address; None for requests of an account."""
        return None if _account(request) is not None else f"address:{counted_as(self.get_ident(request))}"


class ByAccount(_Window):
    """Those who are signed in, by their account."""

    setting = "GEZHI_RATE_SIGNED_IN"

    def who(self, request: HttpRequest) -> str | None:
        """The account; None for requests without one."""
        account = _account(request)
        return None if account is None else f"account:{account}"


def limits(kind: Kind = "", setting: str | None = None) -> list[ByAddress | ByAccount]:
    """The limits in force; those of another ``setting`` than the usual ones."""
    return [ByAddress(kind, setting), ByAccount(kind, setting)]


def purpose_of(request: HttpRequest) -> str:
    """What a request of the API is for: finding places, reading, or (empty) writing and whatever takes a code.

    Counted apart, so that looking around and typing names never keep anybody from reporting.
    """
    if request.method not in _SAFE or FOLLOW_HEADER in request.headers:
        return ""
    return "api-places:" if request.path.endswith("/places") else "api-read:"


def whose(request: HttpRequest) -> str:
    """Whose request it is, for counting what is kept for somebody: an account, else an address."""
    account = _account(request)
    return f"address:{counted_as(ByAddress().get_ident(request))}" if account is None else f"account:{account}"


def not_too_often(view: View, *, kind: str = "") -> View:
    """A page that anybody may use to write or to look a code up: within the limits of the API. Raises ``TooMany``."""

    @wraps(view)
    def limited(request: HttpRequest, *args: Any, **named: Any) -> HttpResponseBase:
        check_rate(request, kind=kind)
        return view(request, *args, **named)

    return limited


def check_rate(request: HttpRequest, *, kind: str = "", setting: str | None = None) -> None:
    """Count the request and raise ``TooMany`` where it is beyond the limits."""
    for limit in limits(kind, setting):
        if not limit.allow_request(request):
            raise TooMany("too_many_requests", "too many requests from here", wait=ceil(limit.wait()))


def ask_elsewhere_not_too_often(request: HttpRequest) -> None:
    """Whoever has a service elsewhere asked may do so far less often than the service may be asked by all. Raises ``TooMany``."""
    check_rate(request, kind="outside:", setting="GEZHI_RATE_ELSEWHERE")


def looked_at_not_too_often(view: View) -> View:
    """A page that shows anybody something of others' matters or of a code's: counted apart from what writes, so that
    looking around never keeps anybody from reporting. Raises ``TooMany``."""
    return not_too_often(view, kind="look:")


def numbers_not_too_often(request: HttpRequest) -> None:
    """Whoever takes calls may look reports up by a number as often as people call, and not try numbers out. Raises ``TooMany``."""
    check_rate(request, kind="numbers:", setting="GEZHI_RATE_NUMBERS")


def searched_not_too_often(request: HttpRequest) -> None:
    """A page that looks places up by name, or names a point: as often as somebody types or moves a map. Raises ``TooMany``."""
    check_rate(request, kind="search:", setting="GEZHI_RATE_SEARCH")
