"""Run a command once per key. The key's row commits with the command's effect or not at all."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from typing import Any

import msgspec
from django.db.models import QuerySet

from gezhi.kernel.errors import Conflict, InvalidInput
from gezhi.platform.access.actor import Actor
from gezhi.platform.bulk import insert_row_once
from gezhi.platform.commands.models import CommandKey
from gezhi.platform.prepared import Prepared

_KEY = re.compile(r"[\x21-\x7e]{8,80}")


def fingerprint(request: Any) -> str:
    """A hash of what was asked, the same for the same content."""
    return hashlib.sha256(msgspec.json.encode(request, order="deterministic")).hexdigest()


def scope_of(actor: Actor) -> str:
    """Keys of one account never meet another's; anonymous keys share one scope and must be random."""
    return actor.label if actor.is_system else f"user:{actor.user_id or 'anonymous'}"


def seen(*, actor: Actor, key: str | None, request: Any) -> dict[str, Any] | None:
    """The stored result if this command ran already, else None.

    Raises ``InvalidInput`` for a malformed key and ``Conflict`` (``key_reused``) if the key came with another request.
    """
    if key is None:
        return None
    if not _KEY.fullmatch(key):
        raise InvalidInput(
            "bad_idempotency_key", "an idempotency key has 8 to 80 visible ASCII characters", field="Idempotency-Key"
        )
    for mark, result in _STORED.rows(scope=scope_of(actor), key=key):
        if mark != fingerprint(request):
            raise Conflict("key_reused", "this idempotency key was used for another request", field="Idempotency-Key")
        return result  # type: ignore[no-any-return]
    return None


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
    row = {"scope": scope_of(actor), "key": key, "fingerprint": fingerprint(request)}
    if not insert_row_once(CommandKey, row | {"result": result, "created_at": now}):
        raise Conflict("in_flight", "the same request is being carried out right now; ask again")
