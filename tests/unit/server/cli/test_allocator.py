"""What the server tells the C library's allocator. In a process of its own: heaps that are there stay."""

import asyncio
import subprocess
import sys
import threading

import pytest

from server.cli import allocator

_THREADS = 12
_GLIBC_ONLY = pytest.mark.skipif(sys.platform != "linux", reason="glibc's own calls")
_HEAPS_OF_THREADS = f"""
import ctypes, sys, threading
from server.cli.allocator import bound_heaps
bounded = sys.argv[1] == "bounded"
assert not bounded or bound_heaps()
together = threading.Barrier({_THREADS})
def work():
    kept = bytearray(100_000)
    together.wait()
threads = [threading.Thread(target=work) for _ in range({_THREADS})]
for thread in threads: thread.start()
for thread in threads: thread.join()
libc = ctypes.CDLL(None)
libc.fdopen.restype = ctypes.c_void_p
libc.malloc_info(0, ctypes.c_void_p(libc.fdopen(1, b"w")))
libc.fflush(None)
"""


def _heaps(bounded: str) -> int:
    command = [sys.executable, "-c", _HEAPS_OF_THREADS, bounded]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout.count("<heap nr=")


@_GLIBC_ONLY
def test_threads_share_two_heaps() -> None:
    assert _heaps("bounded") <= allocator.HEAPS
    assert _heaps("as the system does it") > allocator.HEAPS, "the bound changes nothing here"


@_GLIBC_ONLY
def test_what_is_free_between_blocks_that_stay_is_given_back() -> None:
    blocks = [bytearray(60_000) for _ in range(500)]  # too small to be a mapping of its own
    del blocks[::2]
    assert allocator.give_back()


def test_it_is_given_back_again_and_again_off_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[threading.Thread] = []

    async def kept_small() -> None:
        twice = asyncio.Event()
        loop = asyncio.get_running_loop()

        def given_back() -> None:
            threads.append(threading.current_thread())
            if len(threads) == 2:
                loop.call_soon_threadsafe(twice.set)

        monkeypatch.setattr(allocator, "give_back", given_back)
        monkeypatch.setattr(allocator, "_TRIM_EVERY_S", 0.0)
        keeper = asyncio.create_task(allocator.keep_small())
        await asyncio.wait_for(twice.wait(), 30)
        keeper.cancel()

    asyncio.run(kept_small())
    assert threading.main_thread() not in threads


def test_elsewhere_nothing_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(allocator.sys, "platform", "win32")
    assert not allocator.bound_heaps()
    assert not allocator.give_back()
