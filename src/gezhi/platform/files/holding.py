"""Hold drawn pictures for a form that is not finished: at most an hour, encrypted, a few for each sender.

A held picture has a token of 256 random bits, which the form carries. The file is named by the token's hash and encrypted
under a key that only the token gives, so what lies on the disk can be opened by whoever holds the form and by nobody else.
No database is written. Where and when a picture was taken is held with it and goes with it.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.utils.crypto import salted_hmac

from gezhi.platform.files.images import Picture
from gezhi.platform.files.store import write_whole

HELD_FOR = timedelta(hours=1)
# Of one account or address (a whole office may share one), and of all.
MOST_OF_ONE = 40
MOST_BYTES_OF_ONE = 40 * 1024 * 1024
MOST_BYTES = 1024 * 1024 * 1024
_TOKEN_LENGTH = 43


def hold(pictures: Sequence[Picture], *, owner: str, now: datetime) -> list[str]:
    """Hold pictures; returns their tokens. Fewer tokens than pictures: there is no room for the others just now.

    ``owner`` says whose room they take, an account or an address; it is kept as a keyed hash.
    """
    folder = _root() / salted_hmac("gezhi.holding", owner).hexdigest()[:32]
    tokens = []
    with _one_at_a_time():
        room = _room(folder, now=now)
        for picture in pictures:
            token = secrets.token_urlsafe(32)
            content = Fernet(_key(token)).encrypt(msgspec.msgpack.encode(picture))
            room = (room[0] - 1, room[1] - len(content))
            if min(room) < 0:
                break
            write_whole(folder / _name(token), content)
            tokens.append(token)
    return tokens


def held(token: str, *, now: datetime) -> Picture | None:
    """The picture of a token; None where it was sent, is older than an hour, or never was."""
    path = _find(token)
    try:
        content = b"" if path is None or _is_over(path, now) else path.read_bytes()
        return msgspec.msgpack.decode(Fernet(_key(token)).decrypt(content), type=Picture) if content else None
    except (FileNotFoundError, InvalidToken):
        return None


def was_sent(token: str) -> bool:
    """Whether the picture of this token was given back as sent: the form comes a second time."""
    path = _find(token)
    return path is not None and path.exists() and path.stat().st_size == 0


def give_back(tokens: Sequence[str]) -> None:
    """The form was sent: the pictures go, and until the hour is over it is known that they were sent."""
    for token in tokens:
        path = _find(token)
        if path is not None:
            path.write_bytes(b"")


def sweep(*, now: datetime) -> int:
    """Remove what is older than an hour; returns how many went."""
    gone = 0
    for path in _root().glob("*/*"):
        if _is_over(path, now):
            path.unlink(missing_ok=True)
            gone += 1
    return gone


def _root() -> Path:
    return Path(settings.GEZHI_HOME) / "held"


def _name(token: str) -> str:
    return hashlib.sha256(b"name:" + token.encode()).hexdigest()


def _key(token: str) -> bytes:
    return base64.urlsafe_b64encode(hashlib.sha256(b"key:" + token.encode()).digest())


def _find(token: str) -> Path | None:
    if len(token) != _TOKEN_LENGTH or not token.isascii():
        return None
    return next(_root().glob(f"*/{_name(token)}"), None)


def _is_over(path: Path, now: datetime) -> bool:
    try:
        return path.stat().st_mtime < (now - HELD_FOR).timestamp()
    except FileNotFoundError:
        return True


def _room(folder: Path, *, now: datetime) -> tuple[int, int]:
    """How many more pictures and bytes of this owner there is room for."""
    of_one = [path.stat().st_size for path in folder.glob("*") if not _is_over(path, now)]
    of_all = sum(path.stat().st_size for path in _root().glob("*/*"))
    return MOST_OF_ONE - len(of_one), min(MOST_BYTES_OF_ONE - sum(of_one), MOST_BYTES - of_all)


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Counting and adding are one thing, on the whole machine."""
    _root().mkdir(parents=True, exist_ok=True, mode=0o700)
    with (_root() / ".lock").open("ab") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
