"""Hand a message over by HTTP: to the address that is given and to no other, and without reading what is answered."""

from __future__ import annotations

import urllib.request
from collections.abc import Set as AbstractSet
from http.client import HTTPException
from typing import NoReturn
from urllib.error import HTTPError, URLError

from gezhi.platform.messages.message import AddressGone, MaybeSent, NotSent

_SECONDS = 10


def post(url: str, *, body: bytes, headers: dict[str, str], gone: AbstractSet[int] = frozenset()) -> None:
    """POST ``body``. What counts is the status alone: of the answer's body nothing is taken in, however long it is.

    ``gone``: the statuses that say that nobody is at this address any more. Raises ``NotSent`` (``AddressGone`` for those),
    ``MaybeSent``.
    """
    sent = {"User-Agent": "Gezhi", **headers}
    request = urllib.request.Request(url, data=body, headers=sent, method="POST")  # noqa: S310 - the caller has checked it
    try:
        with _OPENER.open(request, timeout=_SECONDS):
            return
    except HTTPError as error:
        _refused(error, gone)
    except URLError as error:
        # The library says so of what fails before the other side has the whole request.
        raise NotSent("no_server", again=True) from error
    except (OSError, HTTPException) as error:
        raise MaybeSent("line_broke") from error


def _refused(error: HTTPError, gone: AbstractSet[int]) -> NoReturn:
    """An answer that says no. What stands before a gateway answers 502 or 504 for it, and leaves open what it did before; so
    does a fault inside. Surely not taken is what it is too busy for, where it says when to come again."""
    told_when = bool(error.headers and error.headers.get("Retry-After"))
    error.close()
    if error.code in gone:
        raise AddressGone from error
    if error.code == 429 or (error.code == 503 and told_when):
        raise NotSent("busy", again=True) from error
    if error.code >= 500:
        raise MaybeSent("gateway_failed") from error
    raise NotSent("refused", again=False) from error


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """The words and the number go to the address that was set, and to no other."""

    def redirect_request(self, *_args: object) -> None:
        return None


_OPENER = urllib.request.build_opener(_NoRedirects)
