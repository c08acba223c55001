"""Where settings come from: environment variables ``GEZHI_*`` first, then ``settings.toml`` in the data folder.

The data folder (``GEZHI_HOME``, default ``.gezhi`` in the working directory) holds everything that an instance
owns: the embedded database, the keys, the uploaded files. Several instances live side by side in several folders.
"""

from __future__ import annotations

import os
import secrets
import tempfile
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


@dataclass(frozen=True)
class Environment:
    """A read-only view of one instance's configuration."""

    home: Path
    file: dict[str, Any]

    # The keys with which the database's contents are sealed. Only `gezhi init` makes them.
    DATA_KEYS: ClassVar[tuple[str, ...]] = ("audit", "follow", "vault")

    @classmethod
    def load(cls) -> Environment:
        """Read ``GEZHI_HOME`` and its ``settings.toml`` (absent is fine). Raises ``ImproperlyConfigured`` on bad TOML."""
        home = Path(os.environ.get("GEZHI_HOME") or ".gezhi").expanduser().resolve()
        path = home / "settings.toml"
        if not path.exists():
            return cls(home, {})
        try:
            return cls(home, tomllib.loads(path.read_text("utf-8")))
        except tomllib.TOMLDecodeError as error:
            raise ImproperlyConfigured(f"{path}: {error}") from error

    def _raw(self, name: str) -> Any:
        from_process = os.environ.get(f"GEZHI_{name.upper()}")
        return from_process if from_process not in (None, "") else self.file.get(name)

    def text(self, name: str, *, default: str) -> str:
        value = self._raw(name)
        return default if value is None else str(value)

    def number(self, name: str, *, default: int) -> int:
        value = self._raw(name)
        try:
            return default if value is None else int(value)
        except ValueError as error:
            raise ImproperlyConfigured(f"GEZHI_{name.upper()}: '{value}' is not a whole number") from error

    def flag(self, name: str, *, default: bool) -> bool:
        value = self._raw(name)
        if value is None:
            return default
        if isinstance(value, bool):
            return value
        return str(value).strip().lower() in {"1", "true", "yes", "on"}

    def words(self, name: str, *, default: list[str]) -> list[str]:
        value = self._raw(name)
        if value is None:
            return default
        if isinstance(value, list):
            return [str(item) for item in value]
        return [word.strip() for word in str(value).split(",") if word.strip()]

    def _key_path(self, name: str) -> Path:
        return self.home / "keys" / name

    def _make_key_file(self, name: str, make: Callable[[], str]) -> str:
        path = self._key_path(name)
        if path.exists():
            return path.read_text("utf-8").strip()
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        value = make()
        # Several processes and threads may start at once: the file appears whole or not at all, and the first wins.
        descriptor, temporary = tempfile.mkstemp(dir=path.parent)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
                handle.write(value)
            os.link(temporary, path)
        except FileExistsError:
            return path.read_text("utf-8").strip()
        finally:
            os.unlink(temporary)
        return value

    @property
    def secret_key(self) -> str:
        """Django's signing key: from ``GEZHI_SECRET_KEY`` or a file in the data folder, made at first use (mode 600).

        Nothing is sealed with it: a new one signs everybody out and does no other harm.
        """
        return self._raw("secret_key") or self._make_key_file("django.key", lambda: secrets.token_urlsafe(50))

    def has_key(self, name: str) -> bool:
        """Whether the key ``name`` is there, in the environment or in the keys folder."""
        return bool(self._raw(f"key_{name}")) or self._key_path(f"{name}.key").exists()

    def make_key(self, name: str) -> None:
        """Make the key ``name`` if it is not there (mode 600). For new cities: what was sealed needs the key it had."""
        if not self.has_key(name):
            self._make_key_file(f"{name}.key", lambda: secrets.token_hex(32))

    def data_key(self, name: str) -> bytes:
        """A 32-byte key for ``name`` (``vault``, ``audit``), hexadecimal, from ``GEZHI_KEY_<NAME>`` or the keys folder.

        Raises ``ImproperlyConfigured`` where it is missing: it is never replaced in silence.
        """
        text = self._raw(f"key_{name}")
        path = self._key_path(f"{name}.key")
        if not text and not path.exists():
            raise ImproperlyConfigured(
                f"the key '{name}' is missing ({path}): put back the folder keys/ of the backup that belongs to this"
                " database; for a new city run `gezhi init`"
            )
        try:
            key = bytes.fromhex(text or path.read_text("utf-8").strip())
        except ValueError as error:
            raise ImproperlyConfigured(f"key '{name}' is not hexadecimal") from error
        if len(key) != 32:
            raise ImproperlyConfigured(f"key '{name}' must be 32 bytes, it is {len(key)}")
        return key

    def database(self) -> dict[str, Any]:
        """Django's database entry: ``GEZHI_DATABASE_URL`` (postgresql://…) or the embedded SQLite file."""
        url = self._raw("database_url")
        if not url:
            return {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": str(self.home / "gezhi.sqlite3"),
                "OPTIONS": {
                    "transaction_mode": "IMMEDIATE",
                    "timeout": 20,
                    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-65536;"
                    " PRAGMA mmap_size=268435456; PRAGMA temp_store=MEMORY;",
                },
                "CONN_MAX_AGE": None,
            }
        parts = urlsplit(url)
        if parts.scheme not in {"postgresql", "postgres"}:
            raise ImproperlyConfigured("GEZHI_DATABASE_URL must start with postgresql://")
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or "",
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 600,
            # Values go beside the statement, and one that comes again is planned once.
            "OPTIONS": {"server_side_binding": True, "prepare_threshold": 5},
        }
