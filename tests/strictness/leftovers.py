"""Threads, sockets, timers and processes that a test started and did not end, each with where it was started.

Their starts are wrapped once for the whole session and remembered weakly. A scope (a test, or the session) compares
what runs at its end with what ran at its start. What a thread from before the scope starts belongs to that thread's
owner (a server fixture of a wider scope), and is judged when that wider scope ends.
"""

import gc
import itertools
import os
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary, ref

import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer

from tests.strictness.origin import Origin

_GRACE_S = 5.0  # a thread that was told to stop may take this long to be gone


@dataclass(frozen=True, slots=True)
class _Start:
    """``identity`` stays over restarts; ``origin`` is None where no Python code did it."""

    identity: object
    origin: Origin | None


class _SingleShot:
    """A call that ``QTimer.singleShot`` still owes, unless its receiver is gone."""

    def __init__(self, delay_ms: int, receivers: list[QObject]) -> None:
        self.delay_ms = delay_ms
        self._due_s = time.monotonic() + delay_ms / 1000
        self._receivers = [ref(receiver) for receiver in receivers]

    def is_owed(self) -> bool:
        receivers = [receiver() for receiver in self._receivers]
        return time.monotonic() < self._due_s and all(r is not None and shiboken6.isValid(r) for r in receivers)


class StartBook:
    """Remembers where threads, sockets, timers and processes were started."""

    def __init__(self) -> None:
        self._starts: WeakKeyDictionary[Any, _Start] = WeakKeyDictionary()
        self._single_shots: list[_SingleShot] = []
        self._serials = itertools.count()
        self._lock = threading.Lock()
        self._undo: list[Callable[[], None]] = []

    def open(self) -> None:
        """Begin to remember: wrap the starts."""
        self._wrap(threading.Thread, "start")
        self._wrap(socket.socket, "__init__")
        self._wrap(subprocess.Popen, "__init__")
        self._wrap(QTimer, "start")
        self._wrap_single_shot()

    def close(self) -> None:
        """Put the original starts back."""
        while self._undo:
            self._undo.pop()()

    def identities(self) -> set[object]:
        """What runs now."""
        return {start.identity for _, start in self._running()}

    def leftovers(self, before: set[object], older_threads: set[threading.Thread]) -> list[str]:
        """What runs now, is not among ``before``, and was not started by one of ``older_threads``; in words."""
        left = []
        for thing, start in self._running():
            foreign = start.origin is not None and start.origin.starter in older_threads
            if start.identity not in before and not foreign:
                left.append(f"{_describe(thing)}, started at\n      {start.origin or 'a place outside Python'}")
        return left

    def _running(self) -> list[tuple[Any, _Start]]:
        with self._lock:
            known = dict(self._starts.items())
            self._single_shots = [shot for shot in self._single_shots if shot.is_owed()]
        running = [(t, s) for t, s in known.items() if not isinstance(t, threading.Thread) and _runs(t)]
        running += [(t, known.get(t, _Start(("thread", t.ident), None))) for t in threading.enumerate() if _counts(t)]
        python_made = {_inode(t.fileno()) for t, _ in running if isinstance(t, socket.socket)}
        running += [(inode, _Start(inode, None)) for inode in _internet_sockets() - python_made]
        return running

    def _remember(self, thing: Any, origin: Origin) -> None:
        with self._lock:
            earlier = self._starts.get(thing)
            self._starts[thing] = _Start(earlier.identity if earlier else next(self._serials), origin)

    def _wrap(self, owner: Any, name: str) -> None:
        original = getattr(owner, name)

        def remembered(thing: Any, *args: Any, **kwargs: Any) -> Any:
            origin = Origin.here()
            result = original(thing, *args, **kwargs)
            self._remember(thing, origin)
            return result

        setattr(owner, name, remembered)
        self._undo.append(lambda: setattr(owner, name, original))

    def _wrap_single_shot(self) -> None:
        original = QTimer.singleShot

        def remembered(delay_ms: int, *args: Any) -> None:
            origin = Origin.here()
            original(delay_ms, *args)
            if delay_ms > 0:
                receivers = [getattr(arg, "__self__", arg) for arg in args]
                shot = _SingleShot(delay_ms, [r for r in receivers if isinstance(r, QObject)])
                self._remember(shot, origin)
                self._single_shots.append(shot)  # the book alone keeps it alive

        QTimer.singleShot = staticmethod(remembered)
        self._undo.append(lambda: setattr(QTimer, "singleShot", original))


@contextmanager
def scope(book: StartBook) -> Iterator[list[str]]:
    """Yields a list that holds, after the block, a description of everything that the block left behind."""
    before = book.identities()
    older = set(threading.enumerate()) - {threading.current_thread()}
    found: list[str] = []
    yield found
    left = book.leftovers(before, older)
    if left:
        _let_go(threads=set(threading.enumerate()) - older)
        left = book.leftovers(before, older)
    found += left


def _let_go(threads: set[threading.Thread]) -> None:
    """Give what is already ending the time to end: join threads, collect garbage, let Qt delete what it must."""
    deadline = time.monotonic() + _GRACE_S
    for thread in threads - {threading.current_thread()}:
        if _counts(thread):
            thread.join(max(0.0, deadline - time.monotonic()))
    if QCoreApplication.instance() is not None:
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    gc.collect()


def _counts(thread: threading.Thread) -> bool:
    """Not the main thread, not pytest-timeout's, and not a C thread that once called Python: nobody can end those."""
    ours = thread is not threading.main_thread() and not isinstance(thread, threading._DummyThread)
    return ours and not thread.name.startswith("pytest_timeout")


def _runs(thing: Any) -> bool:
    if isinstance(thing, socket.socket):
        return thing.fileno() != -1
    if isinstance(thing, subprocess.Popen):
        return thing.poll() is None
    if isinstance(thing, _SingleShot):
        return thing.is_owed()
    return shiboken6.isValid(thing) and thing.isActive()


def _describe(thing: Any) -> str:
    match thing:
        case threading.Thread():
            return f"thread {thing.name!r}{' (daemon)' if thing.daemon else ''}"
        case socket.socket():
            return f"socket {thing!r}"
        case subprocess.Popen():
            return f"process {thing.pid} {thing.args!r}"
        case QTimer():
            return f"active QTimer of {thing.interval()} ms"
        case _SingleShot():
            return f"QTimer.singleShot of {thing.delay_ms} ms"
        case _:
            return f"internet socket {thing} of a C library"


def _inode(descriptor: int) -> str:
    try:
        return Path(f"/proc/self/fd/{descriptor}").readlink().name
    except OSError:  # closed meanwhile, or a system without /proc
        return ""


def _internet_sockets() -> set[str]:
    """TCP and UDP sockets of this process as ``socket:[inode]``, also those that C libraries (FFmpeg) opened."""
    try:
        here = {_inode(int(name)) for name in os.listdir("/proc/self/fd")}  # noqa: PTH208 - twice as fast, once a test
    except FileNotFoundError:
        return set()
    mine = {name for name in here if name.startswith("socket:")}
    return mine & _kernel_table() if mine else set()


def _kernel_table() -> set[str]:
    inodes = set()
    for table in ("tcp", "tcp6", "udp", "udp6"):
        file = Path("/proc/self/net", table)
        if file.exists():
            inodes |= {f"socket:[{line.split()[9]}]" for line in file.read_text("ascii").splitlines()[1:]}
    return inodes
