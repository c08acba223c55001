"""Where the last clean run ended, under the key: the next run may go on from there."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import msgspec
from django.conf import settings

from gezhi.kernel.errors import InvalidInput
from gezhi.platform.audit.keyed import keyed, same


class Checkpoint(msgspec.Struct, frozen=True):
    """Chain → number and hash of its last row at ``at``, and kind → its last step. ``mac`` covers all of it."""

    at: str
    ends: dict[str, tuple[int, str]]
    last_steps: dict[str, int]
    mac: str


def checkpoint_path() -> Path:
    """The one checkpoint of this data folder."""
    return Path(settings.GEZHI_HOME) / "audit" / "checkpoint.json"


def _mac(at: str, ends: dict[str, tuple[int, str]], last_steps: dict[str, int]) -> str:
    return keyed("checkpoint", [at, ends, last_steps])


def write_checkpoint(*, at: str, ends: dict[str, tuple[int, str]], last_steps: dict[str, int]) -> None:
    """Replace the checkpoint, as a whole or not at all. Call it after a clean run only."""
    path = checkpoint_path()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as handle:
            handle.write(msgspec.json.encode(Checkpoint(at, ends, last_steps, _mac(at, ends, last_steps))))
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def read_checkpoint() -> Checkpoint | None:
    """The checkpoint, None where there is none. Raises ``InvalidInput`` for one that our key did not make."""
    path = checkpoint_path()
    try:
        found = msgspec.json.decode(path.read_bytes(), type=Checkpoint)
    except FileNotFoundError:
        return None
    except (msgspec.DecodeError, OSError) as error:
        raise InvalidInput("bad_checkpoint", f"{path} cannot be read; run a full `gezhi audit verify`") from error
    if not same(found.mac, _mac(found.at, found.ends, found.last_steps)):
        raise InvalidInput("bad_checkpoint", f"{path} was changed; run a full `gezhi audit verify`")
    return found
