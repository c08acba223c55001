"""Run a command once per key. The key's row commits with the command's effect or not at all.

Whoever shows a key again is answered as the first sender was, follow code included. Without an account the key itself
is what only the first sender has: it must be random (a UUID of version 4), and it is stored as a keyed digest only, so
that a stolen table answers nobody.
"""

from __future__ import annotations

import hmac
import re
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec
from django.conf import settings
from django.db.models import QuerySet

from gezhi.kernel.errors import Conflict, InvalidInput
from gezhi.platform.access.actor import Actor
from gezhi.platform.bulk import insert_row_once
from gezhi.platform.commands.models import CommandKey
from gezhi.platform.prepared import Prepared

_KEY = re.compile(r"[\x21-\x7e]{8,80}")
# Fewer different digits than any random UUID has: somebody made it up.
_FEWEST_DIGITS = 8


@lru_cache(maxsize=1)
def _secret() -> bytes:
    return settings.ENV.data_key("follow")


def _digest(purpose: bytes, content: bytes) -> str:
    return hmac.digest(_secret(), b"command %s\0%s" % (purpose, content), "sha256").hex()


def fingerprint(request: Any) -> str:
    """A keyed hash of what was asked, the same for the same content: nobody can try phone numbers against it."""
    return _digest(b"request", msgspec.json.encode(request, order="deterministic"))


def one_spelling(key: str) -> str:
    """A key as all its spellings: a UUID may come in capitals, without hyphens or in braces, and is the same."""
    try:
        return str(UUID(key))
    except ValueError:
        return key


def kept_key(key: str) -> str:
    """What is stored of a key."""
    return _digest(b"key", one_spelling(key).encode())


def scope_of(actor: Actor) -> str:
    """Keys of one account never meet another's; anonymous keys share one scope and are random."""
    return actor.label if actor.is_system else f"user:{actor.user_id or 'anonymous'}"


def check_key(*, actor: Actor, key: str | None) -> None:
    """Raises ``InvalidInput`` for a malformed key, or one of nobody with an account that can be guessed."""
    if key is None:
        return
    if not _KEY.fullmatch(key):
        raise InvalidInput(
            "bad_idempotency_key", "an idempotency key has 8 to 80 visible ASCII characters", field="Idempotency-Key"
        )
    if actor.user_id is None and not actor.is_system and not _is_random(key):
        raise InvalidInput(
            "weak_idempotency_key",
            "without an account an idempotency key must be a random UUID (version 4): who knows it, has the answer",
            field="Idempotency-Key",
        )


def reused() -> Conflict:
    """What is said to whoever shows a key again with another request."""
    return Conflict("key_reused", "this idempotency key was used for another request", field="Idempotency-Key")


def seen(*, actor: Actor, key: str | None, request: Any) -> dict[str, Any] | None:
    """The stored result if this command ran already, else None.

    Raises ``InvalidInput`` for a key that ``check_key`` refuses, and ``Conflict`` (``key_reused``) if the key came with
    another request.
    """
    check_key(actor=actor, key=key)
    if key is None:
        return None
    for mark, result in _STORED.rows(scope=scope_of(actor), key=kept_key(key)):
        if mark != fingerprint(request):
            raise reused()
        return result  # type: ignore[no-any-return]
    return None


def _is_random(key: str) -> bool:
    """Whether the key is written as a UUID of version 4, which has 122 random bits."""
    try:
        value = UUID(key)
    except ValueError:
        return False
    return value.version == 4 and len(set(value.hex)) >= _FEWEST_DIGITS


def _stored(scope: str, key: str) -> QuerySet[CommandKey, Any]:
    return CommandKey.objects.filter(scope=scope, key=key).values_list("fingerprint", "result")[:1]


_STORED = Prepared(_stored, scope=str, key=str)


def remember(*, actor: Actor, key: str | None, request: Any, result: dict[str, Any], now: datetime) -> None:
    """Store the result under the key, inside the command's transaction.

    Raises ``Conflict`` (``in_flight``) if a twin of this request won the race: the transaction rolls back, and the
    client's next retry finds the twin's result.
    """
    if key is None:
        return
    row = {"scope": scope_of(actor), "key": kept_key(key), "fingerprint": fingerprint(request)}
    if not insert_row_once(CommandKey, row | {"result": result, "created_at": now}):
        raise Conflict("in_flight", "the same request is being carried out right now; ask again")
