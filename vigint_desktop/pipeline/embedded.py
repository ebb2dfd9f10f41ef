"""The embedded server: our server as a child process on a free loopback port, kept alive, gone with the desktop.

The keys reach it as one JSON line on its stdin. The pipe stays open as long as the desktop lives: its end, also after a
SIGKILL, tells the child to leave.
"""

import json
import logging
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from vigint_core.domain.fault import Code, VigintError
from vigint_core.ports import Clock, EventSink
from vigint_desktop.pipeline.server_link import Endpoint, ServerLink
from vigint_desktop.pipeline.worker import Worker

START_S = 30.0  # a child that has not told its port by then is ended
LEAVE_S = 4.0  # it promises to leave within 2 s of the end of its stdin
_MOST_LINE = 64 * 1024
_child_log = logging.getLogger("vigint.embedded_server")


@dataclass(frozen=True, slots=True)
class Handshake:
    """What the child needs to know. Never logged."""

    secret_key: str
    api_key: str
    google_api_key: str
    data_dir: Path
    client_name: str
    models_file: Path
    budget: Mapping[str, float | None]

    def line(self) -> str:
        """The one JSON line."""
        return json.dumps(
            {
                "secret_key": self.secret_key,
                "api_key": self.api_key,
                "google_api_key": self.google_api_key,
                "data_dir": str(self.data_dir),
                "client_name": self.client_name,
                "models_file": str(self.models_file),
                "budget": dict(self.budget),
            }
        )

    def __repr__(self) -> str:
        return "Handshake(***)"


def server_command() -> list[str]:
    """How the server is started: the program beside this one when packaged, else this Python."""
    if getattr(sys, "frozen", False):
        name = "vigint-server.exe" if sys.platform == "win32" else "vigint-server"
        return [str(Path(sys.executable).with_name(name)), "serve", "--embedded"]
    return [sys.executable, "-m", "server", "serve", "--embedded"]


class EmbeddedServer:
    """Starts the child, tells ``link`` its address, starts it again when it dies."""

    def __init__(
        self,
        handshake: Callable[[], Handshake],
        link: ServerLink,
        sink: EventSink,
        clock: Clock,
        command: list[str] | None = None,
    ) -> None:
        self.worker = Worker("server", self._live, sink, clock, on_stop=self._end)
        self._handshake = handshake
        self._link = link
        self._command = command or server_command()
        self._lock = threading.Lock()
        self._child: subprocess.Popen[str] | None = None
        self._ends = 0  # how often somebody has asked for the end of a child
        self._limit: threading.Timer | None = None

    def restart(self) -> None:
        """End the child; it comes back at once with a fresh handshake (a key has changed)."""
        self._end()

    def _live(self) -> None:
        """One life of the child, from start to end. Raises VigintError unless somebody has asked for its end."""
        with self._lock:
            ends = self._ends
        try:
            code = self._life(ends)
        except VigintError:
            if self._is_wanted(ends):
                raise
            return
        if self._is_wanted(ends):
            raise VigintError(Code.SERVER_DIED, f"exit code {code}")

    def _life(self, ends: int) -> int:
        """From start to end; returns the exit code."""
        handshake = self._handshake()
        child = self._spawn()
        drain = threading.Thread(target=_drain, args=(child.stderr,), name="server log", daemon=True)
        drain.start()
        try:
            if self._is_wanted(ends):  # else the end was asked for before there was a child to tell
                self._serve(child, handshake)
        finally:
            code = _bury(child)
            drain.join(LEAVE_S)
            with self._lock:
                self._child = None
                limit, self._limit = self._limit, None
            if limit is not None:
                limit.cancel()
                limit.join()
        return code

    def _serve(self, child: "subprocess.Popen[str]", handshake: Handshake) -> None:
        """From the child's greeting to its end."""
        endpoint = Endpoint(f"http://127.0.0.1:{self._greet(child, handshake)}", handshake.api_key)
        self._link.set_endpoint(endpoint)
        self.worker.recovered()
        try:
            while _pipe(child.stdout).read(_MOST_LINE):  # ends when the child has closed its stdout: it is gone
                pass
        finally:
            self._link.forget(endpoint)

    def _is_wanted(self, ends: int) -> bool:
        """Whether nobody has asked for the end of the child since ``ends`` was read."""
        with self._lock:
            return self._ends == ends and not self.worker.stopping.is_set()

    def _spawn(self) -> subprocess.Popen[str]:
        try:
            child = subprocess.Popen(  # noqa: S603 - our own program
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                encoding="utf-8",
                errors="replace",
            )
        except OSError as error:
            raise VigintError(Code.SERVER_DIED, f"can't be started: {error.strerror}") from error
        with self._lock:
            self._child = child
        return child

    def _greet(self, child: "subprocess.Popen[str]", handshake: Handshake) -> int:
        """Hand the keys over and read the port. Raises VigintError with the child's own code when it can't start."""
        too_late = threading.Timer(START_S, child.kill)
        too_late.name = "server start limit"
        too_late.start()
        try:
            stdin = _pipe(child.stdin)
            with suppress(BrokenPipeError):  # it did not wait for the keys: it has said why, or it is dead
                stdin.write(handshake.line() + "\n")
                stdin.flush()
            answer = json.loads(_pipe(child.stdout).readline(_MOST_LINE))
            if "error" in answer:
                raise VigintError(Code(answer["error"]), str(answer.get("detail", "")))
            return int(answer["port"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise VigintError(Code.SERVER_DIED, f"no port: {type(error).__name__}") from error
        finally:
            too_late.cancel()
            too_late.join()

    def _end(self) -> None:
        """Close the child's stdin: it leaves by itself, or else is ended after ``LEAVE_S``."""
        with self._lock:
            self._ends += 1
            child = self._child
            if child is not None and self._limit is None:
                self._limit = threading.Timer(LEAVE_S, child.kill)
                self._limit.name = "server end limit"
                self._limit.start()
        if child is not None:
            _close(child.stdin)


def _drain(stderr: IO[str] | None) -> None:
    """Write the child's log lines to its own rotating file; a longer one than ``_MOST_LINE`` becomes several."""
    with _pipe(stderr) as lines:
        while line := lines.readline(_MOST_LINE):
            _child_log.info("%s", line.rstrip())


def _bury(child: "subprocess.Popen[str]") -> int:
    _close(child.stdin)
    try:
        code = child.wait(LEAVE_S)
    except subprocess.TimeoutExpired:
        child.kill()
        code = child.wait(LEAVE_S)
    _close(child.stdout)
    return code


def _pipe(pipe: IO[str] | None) -> IO[str]:
    if pipe is None:
        raise VigintError(Code.SERVER_DIED, "the child has no pipes")
    return pipe


def _close(pipe: IO[str] | None) -> None:
    try:
        if pipe is not None:
            pipe.close()
    except OSError:  # the child was faster
        return
