"""The data folder is its owner's alone: folders 700, files 600, whatever the account's umask."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

_OTHERS = 0o077
# What is narrowed by name at each start; everything else in the folder is written by processes whose umask is set here.
_NARROWED = ("keys", "keys/*", "files", "incoming", "run", "settings.toml", "gezhi.sqlite3*")


def others_may(path: Path) -> bool:
    """Whether the group or everybody has any right to this file or folder itself."""
    return bool(stat.S_IMODE(path.stat().st_mode) & _OTHERS)


def wide_open(home: Path) -> list[Path]:
    """What in the data folder is open to others: the folder, its keys, its database, its uploads."""
    found = [home, *(path for pattern in _NARROWED for path in sorted(home.glob(pattern)))]
    return [path for path in found if path.exists() and others_may(path)]


def keep_private(home: Path) -> None:
    """Make the folder, or take away what others may do with it and its secrets.

    Also sets the umask of this process: what it and its children write belongs to one account. Raises
    ``ImproperlyConfigured`` where the folder belongs to another account or is one that all share.
    """
    os.umask(_OTHERS)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    if home == Path(home.anchor) or home == Path.home() or home.stat().st_mode & stat.S_ISVTX:
        raise ImproperlyConfigured(f"GEZHI_HOME is {home}: choose a folder of its own, not one that serves others too")
    for path in wide_open(home):
        mode = stat.S_IMODE(path.stat().st_mode)
        try:
            path.chmod(mode & ~_OTHERS)
        except OSError as error:
            raise ImproperlyConfigured(
                f"{path} is open to other accounts (mode {mode:o}) and cannot be closed: {error.strerror};"
                " let the account that runs gezhi own it, mode 700 for folders and 600 for files"
            ) from error
