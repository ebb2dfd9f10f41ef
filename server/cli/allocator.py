"""The C library's allocator, told to keep little: a server lives for months, and its threads handle clips.

Each thread that allocates gets a heap of its own, up to eight a core, and what a look frees in one heap is of no use
to the others: ten thousand looks left 100 MiB free and not given back. Python's lock lets few threads allocate at a
time, so two heaps serve as well. What is free in them still lies between blocks that stay, so their free pages are
given back once a minute. Only glibc has these calls; elsewhere nothing is done.
"""

import asyncio
import ctypes
import sys
from typing import Final

import anyio.to_thread

HEAPS: Final = 2
_TRIM_EVERY_S: Final = 60.0
_M_ARENA_MAX: Final = -8  # in glibc's malloc.h


def bound_heaps() -> bool:
    """From now on threads share ``HEAPS`` heaps; those that are there stay. False where that can't be told."""
    libc = _glibc()
    return libc is not None and bool(libc.mallopt(_M_ARENA_MAX, HEAPS))


def give_back() -> bool:
    """Give free pages back to the system; blocks for some milliseconds. False where there was nothing to give."""
    libc = _glibc()
    return libc is not None and bool(libc.malloc_trim(0))


async def keep_small() -> None:
    """Give back once a minute; ends by being cancelled."""
    while True:
        await asyncio.sleep(_TRIM_EVERY_S)
        await anyio.to_thread.run_sync(give_back)


def _glibc() -> ctypes.CDLL | None:
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)
    return libc if hasattr(libc, "malloc_trim") else None  # musl has none
