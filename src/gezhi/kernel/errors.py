"""The errors that a caller may cause, each with a stable code, plain words and, where it helps, the field at fault.

The edges (API, pages, command line) translate them once; nothing below the edges knows HTTP.
"""

from __future__ import annotations

from typing import ClassVar

from gezhi.kernel.filled import Filled


class GezhiError(Exception):
    """Base of all errors that are the caller's to mend.

    ``code`` is stable and machine-readable, ``message`` is for a person, ``field`` names the input at fault. ``said``: the
    message as words with values, where it was given so.
    """

    kind: ClassVar[str] = "error"

    def __init__(self, code: str, message: str | Filled, *, field: str | None = None, **details: object) -> None:
        super().__init__(str(message))
        self.code = code
        self.message = str(message)
        self.said = message if isinstance(message, Filled) else None
        self.field = field
        self.details = details


class InvalidInput(GezhiError):
    """The input is wrong: say what, where and what to do."""

    kind = "invalid_input"


class NotAllowed(GezhiError):
    """The actor has no right to do this. The message names the missing right, never the hidden object."""

    kind = "not_allowed"


class NotFound(GezhiError):
    """There is no such thing, or the actor may not know of it: the two look the same on purpose."""

    kind = "not_found"


class Conflict(GezhiError):
    """The object has moved on: a stale version, a used key, a state from which the action is not possible."""

    kind = "conflict"


class TooMany(GezhiError):
    """Too many requests from one place; ``details["wait"]`` is the number of seconds until the next may come."""

    kind = "too_many"


class TooLarge(GezhiError):
    """More was sent than is taken in; ``details["limit"]`` is the number of bytes that would be."""

    kind = "too_large"


class TooSlow(GezhiError):
    """What was announced did not arrive in time."""

    kind = "too_slow"


class Unavailable(GezhiError):
    """It cannot be done now, through no fault of the caller; ``details["wait"]``: seconds after which to try again."""

    kind = "unavailable"
