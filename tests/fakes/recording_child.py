"""A process that records one camera for real: ``python -m tests.fakes.recording_child FOLDER [BALLAST]``.

It sends a second's packets every tenth of a second and prints what the recorder publishes, a JSON line each, until its
stdin ends; then it closes its files and prints what it counted. With BALLAST, a file on the same disk, it
removes that file as soon as the disk is full.
"""

import json
import sys
import threading
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

from tests.fakes.films import film
from tests.fakes.rings import FPS, FakeStream
from vigint_core.clock import SystemClock
from vigint_core.domain.fault import Code, Fault
from vigint_core.domain.status import CameraRecording, Event, FaultCleared
from vigint_desktop.pipeline.recorder import Recorder
from vigint_desktop.pipeline.recording_folder import RecordingFolder

_PADDING = bytes(10_000)  # makes a tenth of a second some 80 KiB, as a large camera does


class PrintingSink:
    """``EventSink`` that prints, and makes room when the disk is full."""

    def __init__(self, ballast: Path | None) -> None:
        self._ballast = ballast

    def publish(self, event: Event) -> None:
        """One line."""
        match event:
            case Fault(code=code):
                _say({"fault": code})
                if code is Code.DISK_FULL and self._ballast:
                    self._ballast.unlink(missing_ok=True)
            case FaultCleared(code=code):
                _say({"cleared": code})
            case CameraRecording(recording=recording):
                _say({"recording": recording})


def main(arguments: Sequence[str]) -> None:
    folder, *ballast = map(Path, arguments)
    plain = film("mjpeg", frames=FPS)
    heavy = replace(plain, packets=tuple(replace(each, data=each.data + _PADDING) for each in plain.packets))
    clock = SystemClock()
    stream = FakeStream(clock, cut=heavy)
    recorder = Recorder(
        RecordingFolder(folder),
        lambda: [(stream.camera, stream.ring)],
        PrintingSink(ballast[0] if ballast else None),
        clock,
    )
    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    recorder.worker.start()
    while not ended.wait(0.1):
        for _ in range(FPS):
            stream.send()
    recorder.worker.stop()
    recorder.finish()
    _say({"sent": stream.sent, **asdict(recorder.counters(stream.camera.id))})


def _say(what: dict[str, object]) -> None:
    print(json.dumps(what), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
