"""How soon something is to be seen: after the start of the program, and after a camera has come back."""

import subprocess
import threading
import time
from pathlib import Path
from statistics import median
from typing import Any

from bench import desktop
from bench.display import display
from tests.fakes.rtsp_server import RtspServer, rtsp_server
from vigint_core.clock import SystemClock
from vigint_core.domain.camera import Camera, SourceKind
from vigint_core.domain.ids import CameraId
from vigint_core.domain.status import Event
from vigint_core.policy.sampling import SamplingRule
from vigint_desktop.capture.channels import Channels
from vigint_desktop.capture.supervisor import Supervisor
from vigint_desktop.gate.motion import GateRule, MotionGate
from vigint_desktop.pipeline.watcher import Ears, Post, Watcher

AWAY_S = 10.0
_GROUP = 25  # frames: a key frame every second
_MID_GROUP = {"start": _GROUP // 2}  # a player of the camera begins in the middle of a group, as cameras do
_PATIENCE_S = 60.0
_LOOK_EVERY_S = 0.005


def starts(file: Path, cache: Path, runs: int) -> dict[str, Any]:
    """From the start of the process to the first painted window and to the first live picture of a camera, medians."""
    first_paint_s, first_frame_s = [], []
    with rtsp_server(_every_second(file, cache), **_MID_GROUP) as server, display() as screen:
        for number in range(runs + 1):
            print(f"start: {number} of {runs} ...", flush=True)
            report = desktop.run([server.url], 4.0, screen).report["startup"]
            if number:  # the first one reads the libraries from disk
                first_paint_s.append(report["first_paint_s"])
                first_frame_s.append(report["first_frame_s"] or float("inf"))
    return {
        "runs": runs,
        "first_paint_s": median(first_paint_s),
        "first_paint_most_s": max(first_paint_s),
        "first_frame_s": median(first_frame_s),
        "first_frame_most_s": max(first_frame_s),
    }


def returns(file: Path, cache: Path, runs: int) -> dict[str, Any]:
    """A camera is unplugged for 10 s: from its first answer to the first picture of it in the mailbox of its tile."""
    with rtsp_server(_every_second(file, cache), **_MID_GROUP) as server:
        took = [_return(server, number) for number in range(1, runs + 1)]
    return {"runs": runs, "median_s": median(took), "most_s": max(took)}


def _return(server: RtspServer, number: int) -> float:
    print(f"return: {number}, away for {AWAY_S:g} s ...", flush=True)
    camera = Camera(CameraId("bench"), "Bench", SourceKind.RTSP, server.url)
    channels, clock = Channels(), SystemClock()
    post = Post(MotionGate(GateRule()), channels.pictures, SystemClock().wall)
    watcher = Watcher(camera, SamplingRule(), post, Ears(lambda _: None, lambda _: None))
    supervisor = Supervisor(_Deaf(), clock)
    supervisor.add(camera, "", watcher, channels)
    supervisor.show_at(camera.id, 960, 540)
    supervisor.start()
    try:
        _wait_for_frame(channels)
        server.kill()
        threading.Event().wait(AWAY_S)
        while channels.mailbox.take():
            pass
        server.start()
        answered_s = time.monotonic()
        _wait_for_frame(channels)
        return time.monotonic() - answered_s
    finally:
        supervisor.stop()


class _Deaf:
    """An ``EventSink`` that does not care."""

    def publish(self, event: Event) -> None:
        """Nothing."""


def _wait_for_frame(channels: Channels) -> None:
    end_s, never = time.monotonic() + _PATIENCE_S, threading.Event()
    while channels.mailbox.take() is None:
        if time.monotonic() > end_s:
            raise TimeoutError("no picture came")
        never.wait(_LOOK_EVERY_S)


def _every_second(file: Path, cache: Path) -> Path:
    """The stream with a key frame every second; made once."""
    made = cache / f"{file.parent.name}-{file.stem}-gop{_GROUP}.mp4"
    if not made.exists():
        print(f"making {made} ...", flush=True)
        fresh = made.with_suffix(".new.mp4")
        command = ["ffmpeg", "-v", "error", "-y", "-nostdin", "-i", str(file), "-an", "-c:v", "libx264", "-bf", "0"]
        rate = ["-g", str(_GROUP), "-sc_threshold", "0", "-preset", "veryfast", "-b:v", "4M", "-t", "20"]
        subprocess.run([*command, *rate, str(fresh)], check=True, timeout=240)
        fresh.replace(made)
    return made
