"""Have the C library give memory back that is no longer used. glibc only; elsewhere nothing is done."""

from __future__ import annotations

import ctypes
import sys

# From malloc.h.
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8
# Left alone, glibc raises the first two with what is asked of it: after the index of a city has been built, tens of
# megabytes that are free stay with the process. Fixed, large arrays go back at once.
_KEEP_FREE_BYTES, _LARGE_BYTES = 131_072, 262_144
# Else each thread gets a heap of its own. Two are enough: the threads of a process take turns by the interpreter lock.
_HEAPS = 2


def keep_little() -> None:
    """Keep little memory that is free, in this process and its copies. To be called before a thread starts."""
    if sys.platform != "linux":
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        for option, value in (
            (_M_TRIM_THRESHOLD, _KEEP_FREE_BYTES),
            (_M_MMAP_THRESHOLD, _LARGE_BYTES),
            (_M_ARENA_MAX, _HEAPS),
        ):
            mallopt(option, value)
