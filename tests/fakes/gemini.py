"""A stand-in for Gemini on loopback: it speaks the wire format, so that the real SDK runs against it.

It judges by what is in the clip (``witness.py``):

===============  =====================================================================================
the clip shows   the answer
===============  =====================================================================================
the act          an incident (concealment), observations at the seconds of the clip where the act is
ordinary scene   no incident
another scene    no incident, "an unknown scene"
out of order     no incident, confidence 0.1, "the pictures are out of order" (also repeated pictures)
too short        no incident, confidence 0.1, "too short to tell"
no video         400 INVALID_ARGUMENT
===============  =====================================================================================

The act counts when half of it or more is seen in one run, in order and at its own speed; the file may be looped.
It is as strict as the original about keys, models, deadlines below 10 s and thinking parameters, and plays every
failure (``gemini_plays.py``). It also runs as a process: ``python -m tests.fakes.gemini --port 0 --reference VIDEO``
prints one JSON line with its address; point ``GOOGLE_GEMINI_BASE_URL`` there.
"""

import argparse
import contextlib
import hashlib
import json
import os
import re
import signal
import sys
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

from tests.fakes.gemini_plays import Play, Script, bad_request, failure
from tests.fakes.gemini_wire import WireRequest, good, refused, taken_apart
from tests.fakes.witness import Reference, Sight, Testimony, Witness, read_reference

_PATH = re.compile(r"/v1beta/models/([\w.-]+):generateContent")
_BODY_LIMIT = 20 * 1024 * 1024
_LONGEST_HANG_S = 60.0
_DRIP_S = 0.02
_CUT = 0
"""Instead of a status: the answer ends in its middle."""


@dataclass(frozen=True, slots=True)
class Received:
    """One request, without its key.

    Attributes:
        look: ``"first"``, ``"second"`` or ``"probe"``: a system text that speaks of a second look means the second.
        config: the ``generationConfig`` of the wire.
        words: the body as it came, without the clip.
        fingerprint: SHA-256 of the clip, or "".
        sight: what the clip was taken for; None when nobody looked at it.
        play: what was played instead of judging, or None.
        request_id: of the header ``X-Request-Id``, or "".
    """

    model: str
    look: str
    system: str
    data: str
    config: Mapping[str, Any]
    fps: float | None
    words: bytes
    fingerprint: str
    clip_bytes: int
    sight: Sight | None
    play: Play | None
    server_timeout_s: int | None
    request_id: str


class GeminiStandIn:
    """The stand-in on a port of loopback, with its own thread. A context manager.

    Attributes:
        script: what to play instead of judging.
        received: every request so far, oldest first.
    """

    def __init__(self, references: Iterable[Reference] = (), *, port: int = 0, always_suspect: bool = False) -> None:
        self.script = Script()
        self.received: list[Received] = []
        if always_suspect:
            self.script.add(Play.SUSPECT, times=None)
        self._witness = Witness(references)
        self._stopping = threading.Event()
        self._arrived = threading.Condition()
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.stand_in = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="gemini-stand-in")

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        """What ``GOOGLE_GEMINI_BASE_URL`` is to be."""
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Let every hanging request go, answer nothing more and give the port back."""
        self._stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def wait_for(self, count: int, timeout_s: float = 30.0) -> bool:
        """Wait until that many requests have come; False when they have not in time."""
        with self._arrived:
            return self._arrived.wait_for(lambda: len(self.received) >= count, timeout_s)

    def answer(self, request: WireRequest) -> tuple[int, bytes] | None:
        """Status and body for a request; None to drop the connection."""
        play = self.script.next(request.model, request.look)
        if play is Play.PARAMETER_REFUSED and not request.optional:
            play = None
        error = failure(play, request.model, request.key) if play else None
        testimony = self._witness.look(request.clip) if request.clip and error is None else None
        self._note(request, play, testimony)
        if play is Play.HANG:
            self.wait(_LONGEST_HANG_S)
        if play in {Play.HANG, Play.DROP}:
            return None
        if play in {Play.DRIP, Play.REDIRECT}:
            return (200, b"") if play is Play.DRIP else (302, b"")
        answer = error or refused(request, testimony) or good(request, testimony, play)
        return (_CUT, answer[1]) if play is Play.CUT else answer

    def wait(self, seconds: float) -> bool:
        """Wait that long, or until the stand-in stops; tells whether it stops."""
        return self._stopping.wait(seconds)

    def _note(self, request: WireRequest, play: Play | None, testimony: Testimony | None) -> None:
        received = Received(
            model=request.model,
            look=request.look,
            system=request.system,
            data=request.data,
            config=request.config,
            fps=request.fps,
            words=request.words,
            fingerprint=hashlib.sha256(request.clip).hexdigest() if request.clip else "",
            clip_bytes=len(request.clip),
            sight=testimony.sight if testimony else None,
            play=play,
            server_timeout_s=request.server_timeout_s,
            request_id=request.request_id,
        )
        with self._arrived:
            self.received.append(received)
            self._arrived.notify_all()


class _Server(ThreadingHTTPServer):
    """One thread a request, one request a connection; ``stop`` waits for all of them."""

    daemon_threads = False
    stand_in: GeminiStandIn


class _Handler(BaseHTTPRequestHandler):
    """Reads a request and writes the stand-in's answer. HTTP/1.0 on purpose: no idle connection outlives its answer."""

    server: _Server
    timeout = 15

    def do_POST(self) -> None:
        path = _PATH.fullmatch(self.path)
        if path is None:
            self.send_error(404)
            return
        request = self._request(path[1])
        unreadable = bad_request("Invalid JSON payload received.")
        answer = self.server.stand_in.answer(request) if request else unreadable
        with contextlib.suppress(ConnectionError):  # a client that gave up is no fault of ours
            self._write(answer)

    def _write(self, answer: tuple[int, bytes] | None) -> None:
        if answer is None:
            return
        status, body = answer
        if status == _CUT:
            status, body = 200, body[: len(body) // 2]
        self.send_response(status)
        if answer[0] == _CUT:
            self.send_header("Content-Length", str(len(answer[1])))
        self.send_header("Content-Type", "application/json; charset=UTF-8")
        if status == 302:
            self.send_header("Location", f"{self.server.stand_in.url}/elsewhere")
        self.end_headers()
        self.wfile.write(body)
        if status == 200 and not body:
            self._drip()

    def _drip(self) -> None:
        for _ in range(int(_LONGEST_HANG_S / _DRIP_S)):
            if self.server.stand_in.wait(_DRIP_S):
                return
            self.wfile.write(b" ")

    def log_message(self, *_: object) -> None:
        """Nothing is logged: a request's headers hold a key."""

    def _request(self, model: str) -> WireRequest | None:
        length = int(self.headers.get("Content-Length", "0"))
        if length > _BODY_LIMIT:
            return None
        key, timeout = self.headers.get("x-goog-api-key", ""), self.headers.get("X-Server-Timeout")
        try:
            request = taken_apart(model, key, int(timeout) if timeout else None, self.rfile.read(length))
            return replace(request, request_id=self.headers.get("X-Request-Id", ""))
        except (ValueError, KeyError, TypeError, AttributeError):
            return None


def shipped_references(footage: Path) -> list[Reference]:
    """The labelled act and the ordinary clip of the same room."""
    return [read_reference(footage / "incident" / name) for name in ("Shoplifting_1.mp4", "Normal_82.mp4")]


def _add_play(stand_in: GeminiStandIn, text: str) -> None:
    """``PLAY[:TIMES][@MODEL]``; without TIMES it is played for ever."""
    head, _, model = text.partition("@")
    name, _, times = head.partition(":")
    stand_in.script.add(Play(name), int(times) if times else None, model or None)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run as a process until Ctrl-C or a SIGTERM."""
    parser = argparse.ArgumentParser(description="A stand-in for Gemini on loopback.")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--reference", type=Path, action="append", help="labelled video (default: the footage's act)")
    parser.add_argument("--play", action="append", default=[], help="PLAY[:TIMES][@MODEL], e.g. overloaded:3")
    parser.add_argument("--always-suspect", action="store_true", help="claim an incident in every clip (screenshots)")
    options = parser.parse_args(arguments)
    footage = Path(os.environ.get("VIGINT_FOOTAGE", Path(__file__).parents[3] / "shared" / "footage"))
    references = [read_reference(v) for v in options.reference] if options.reference else shipped_references(footage)
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    with GeminiStandIn(references, port=options.port, always_suspect=options.always_suspect) as stand_in:
        for play in options.play:
            _add_play(stand_in, play)
        print(json.dumps({"url": stand_in.url, "port": stand_in.port, "pid": os.getpid()}), flush=True)
        ended.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
