"""CPU per displayed frame: the desktop with 1, 4 and 9 cameras beside ``ffmpeg -threads 1 -f null``, in one run.

The desktop is run twice, for a short and a longer time; the difference of the two is what frames cost, without what
starting and stopping cost. Both programs are measured by the kernel (user and system time of the child).
"""

import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from subprocess import DEVNULL, PIPE, Popen
from typing import Any

import av

from bench import child

STREAM_FPS = 25
_WINDOW = "1920x1080"
_PEER_FRAMES = 500  # 20 s of the stream: some 2 s of CPU a run
_START_S = 45.0  # beyond its duration, a run may take this long to start and stop


@dataclass(frozen=True)
class Plan:
    """How long and how often.

    Attributes:
        short_s, long_s: durations of the two runs whose difference is taken.
        rounds: offscreen repetitions; the medians are reported.
        shown_rounds: repetitions with a real window under Xvfb.
    """

    cameras: tuple[int, ...]
    short_s: float
    long_s: float
    rounds: int
    shown_rounds: int


QUICK = Plan(cameras=(1, 4), short_s=3, long_s=8, rounds=1, shown_rounds=0)
FULL = Plan(cameras=(1, 4, 9), short_s=4, long_s=10, rounds=3, shown_rounds=1)


def measure(file: Path, plan: Plan) -> dict[str, Any]:
    """The whole comparison; peer and product take turns."""
    peer: list[float] = []
    offscreen: dict[int, list[dict[str, Any]]] = {count: [] for count in plan.cameras}
    for turn in range(plan.rounds):
        for count in plan.cameras:
            print(f"wall: round {turn + 1} of {plan.rounds}, {count} cameras ...", flush=True)
            peer.append(_peer_ms(file))
            offscreen[count].append(_desktop(file, count, plan, display=None))
    shown: dict[int, list[dict[str, Any]]] = {}
    if plan.shown_rounds:
        with _display() as display:
            for count in plan.cameras:
                print(f"wall: window {_WINDOW} under Xvfb, {count} cameras ...", flush=True)
                peer.append(_peer_ms(file))
                shown[count] = [_desktop(file, count, plan, display) for _ in range(plan.shown_rounds)]
    return {
        "file": file.name,
        "ffmpeg_ms": _spread(peer),
        **_rows("offscreen", offscreen, peer),
        **_rows("xvfb", shown, peer),
    }


def _rows(name: str, runs: dict[int, list[dict[str, Any]]], peer: list[float]) -> dict[str, Any]:
    rows = []
    for count, measured in runs.items():
        middle = {key: median(run[key] for run in measured) for key in measured[0]}
        rows.append({"cameras": count, **middle, "ratio": middle["ms_per_shown_frame"] / median(peer)})
    return {name: rows} if rows else {}


def _peer_ms(file: Path) -> float:
    """CPU of ffmpeg for each of the file's first frames."""
    with av.open(str(file)) as container:
        frames = min(container.streams.video[0].frames, _PEER_FRAMES)
    command = ["ffmpeg", "-v", "error", "-nostdin", "-threads", "1", "-i", str(file), "-an"]
    cost = child.run([*command, "-frames:v", str(frames), "-f", "null", "-"], timeout_s=120)
    return cost.cpu_s / frames * 1000


def _desktop(file: Path, count: int, plan: Plan, display: str | None) -> dict[str, Any]:
    """One short and one longer run: what the seconds between them cost and showed."""
    short_cost, short = _run_desktop(file, count, plan.short_s, display)
    long_cost, long = _run_desktop(file, count, plan.long_s, display)
    shown = _frames(long, "shown") - _frames(short, "shown")
    decoded = _frames(long, "decoded") - _frames(short, "decoded")
    cpu_s = long_cost.cpu_s - short_cost.cpu_s
    seconds = plan.long_s - plan.short_s
    if shown <= 0 or decoded <= 0:
        raise RuntimeError(f"{count} cameras: no frame was shown in {seconds} s: {json.dumps(long['cameras'])[:400]}")
    ages = [age for camera in long["cameras"] if (age := camera["shown_age_ms"]["p99"]) is not None]
    return {
        "ms_per_shown_frame": cpu_s / shown * 1000,
        "ms_per_decoded_frame": cpu_s / decoded * 1000,
        "shown_per_s_and_camera": shown / seconds / count,
        "decoded_per_s_and_camera": decoded / seconds / count,
        "cores": cpu_s / seconds,
        "age_p99_ms": max(ages),
        "stall_p99_ms": long["ui"]["stall_ms"]["p99"] or 0.0,
        "first_frame_s": long["startup"]["first_frame_s"] or 0.0,
        "peak_rss_mib": long["process"]["peak_rss_mib"],
    }


def _run_desktop(file: Path, count: int, duration_s: float, display: str | None) -> tuple[child.Cost, dict[str, Any]]:
    with tempfile.TemporaryDirectory(prefix="vigint-bench-") as folder:
        report = Path(folder, "report.json")
        sources = [word for number in range(1, count + 1) for word in ("--source", f"C{number}={file}")]
        command = [
            sys.executable, "-m", "vigint_desktop", "--server", "none", "--data-dir", folder, "--size", _WINDOW,
            *sources, "--duration", f"{duration_s:g}", "--report", str(report),
        ]  # fmt: skip
        environment = dict(os.environ)
        if display is None:
            command.append("--offscreen")
        else:
            environment |= {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
        cost = child.run(command, duration_s + _START_S, environment)
        return cost, json.loads(report.read_text("utf-8"))


def _frames(report: dict[str, Any], kind: str) -> int:
    return sum(camera["frames"][kind] for camera in report["cameras"])


def _spread(values: list[float]) -> dict[str, float]:
    return {"median": median(values), "least": min(values), "most": max(values), "runs": len(values)}


@contextmanager
def _display() -> Iterator[str]:
    """An X server of our own on the first free number; ended by its process id."""
    size = f"{_WINDOW}x24"
    command = ["Xvfb", "-displayfd", "1", "-screen", "0", size, "-nolisten", "tcp"]
    with Popen(command, stdout=PIPE, stderr=DEVNULL, text=True) as server:
        try:
            yield f":{server.stdout.readline().strip()}" if server.stdout else ":0"
        finally:
            server.terminate()
