"""Exceptions that nobody caught: logged, told to the window as a fault, never hidden, and never a widget built here.

Qt calls ``sys.excepthook`` for slots, and for its own threads on the worker thread: hence no widget.
"""

import logging
import sys
import threading
from types import TracebackType

from vigint_core.domain.fault import Code, Fault, VigintError
from vigint_core.ports import Clock, EventSink

_log = logging.getLogger(__name__)


class CrashHandler:
    """Owner of the two exception hooks between ``install`` and ``remove``.

    Attributes:
        count: exceptions that nobody caught so far.
    """

    def __init__(self, sink: EventSink, clock: Clock) -> None:
        self.count = 0
        self._sink = sink
        self._clock = clock
        self._before = (sys.excepthook, threading.excepthook)

    def install(self) -> None:
        """Take over the hooks."""
        self._before = (sys.excepthook, threading.excepthook)
        sys.excepthook = self._report
        threading.excepthook = self._report_thread

    def remove(self) -> None:
        """Give the hooks back."""
        sys.excepthook, threading.excepthook = self._before

    def _report(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None, where: str = "window"
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):  # somebody wants to leave: no crash
            self._before[0](kind, error, trace)
            return
        self.count += 1
        _log.critical("nobody caught this, in %s", where, exc_info=(kind, error, trace))
        code, detail = Code.WORKER_CRASHED, kind.__name__
        if isinstance(error, VigintError):  # it says itself what is wrong, and the catalogue what to do about it
            code, detail = error.code, error.detail
        self._sink.publish(Fault(code, where, detail, self._clock.wall()))

    def _report_thread(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and args.exc_type is not SystemExit:
            where = args.thread.name if args.thread else "a thread"
            self._report(args.exc_type, args.exc_value, args.exc_traceback, where)
