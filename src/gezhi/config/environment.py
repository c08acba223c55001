"""Where settings come from: environment variables ``GEZHI_*`` first, then ``settings.toml`` in the data folder.

The data folder (``GEZHI_HOME``, default ``.gezhi`` in the working directory) holds everything that an instance
owns: the embedded database, the keys, the uploaded files. Several instances live side by side in several folders.
"""

from __future__ import annotations

import os
import secrets
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


@dataclass(frozen=True)
class Environment:
    """A read-only view of one instance's configuration."""

    home: Path
    file: dict[str, Any]

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

    def _key_file(self, name: str, make: Any) -> str:
        path = self.home / "keys" / name
        if path.exists():
            return path.read_text("utf-8").strip()
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        value: str = make()
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
        """Django's signing key: from ``GEZHI_SECRET_KEY`` or a file in the data folder, made at first use (mode 600)."""
        return self._raw("secret_key") or self._key_file("django.key", lambda: secrets.token_urlsafe(50))

    def data_key(self, name: str) -> bytes:
        """A 32-byte key for ``name`` (``vault``, ``audit``), hexadecimal, from ``GEZHI_KEY_<NAME>`` or the keys folder."""
        text = self._raw(f"key_{name}") or self._key_file(f"{name}.key", lambda: secrets.token_hex(32))
        try:
            key = bytes.fromhex(text)
        except ValueError as error:
            raise ImproperlyConfigured(f"key '{name}' is not hexadecimal") from error
        if len(key) != 32:
            raise ImproperlyConfigured(f"key '{name}' must be 32 bytes, it is {len(key)}")
        return key

    def database(self) -> dict[str, Any]:
        """Django's database entry: ``GEZHI_DATABASE_URL`` (postgresql://…) or the embedded SQLite file."""
        url = self._raw("database_url")
        if not url:
            self.home.mkdir(parents=True, exist_ok=True)
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
        }
