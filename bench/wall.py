"""CPU per displayed frame of a wall of RTSP cameras in a 1920x1080 window under Xvfb, beside ffmpeg and the usual way.

Each program is run twice, for a short and a longer time; the difference of the two is what frames cost, without what
starting and stopping cost. All are measured by the kernel (user and system time of the child), and take turns.
"""

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import av

from bench import child, desktop
from bench.display import display
from tests.fakes.rtsp_server import rtsp_server

_PEER_FRAMES = 500
_USUAL_START_S = 60.0


@dataclass(frozen=True)
class Case:
    """So many cameras of one stream.

    Attributes:
        tile: what the product shows them at in this window, for the peer that has to be told.
    """

    name: str
    cameras: int
    variant: str
    tile: str


BIG = "1080p, noise, clock"
SMALL = "400 kbit/s"
CASES = (Case("9 x 1080p25", 9, BIG, "344x194"), Case("25 x 360p15", 25, SMALL, "198x112"))
OVERLOAD = Case("16 x 1080p25", 16, BIG, "245x137")


@dataclass(frozen=True)
class Plan:
    """How long and how often: two durations whose difference is taken, and how many times; medians are reported."""

    short_s: float
    long_s: float
    rounds: int


QUICK = Plan(short_s=4, long_s=9, rounds=1)
FULL = Plan(short_s=5, long_s=14, rounds=2)


def measure(case: Case, file: Path, plan: Plan) -> dict[str, Any]:
    """One row: ours, the usual way, and both against ffmpeg."""
    ffmpeg: list[float] = []
    ours: list[dict[str, float]] = []
    usual: list[dict[str, float]] = []
    with rtsp_server(file) as server, display() as screen:
        urls = [server.url] * case.cameras
        for turn in range(plan.rounds):
            print(f"wall: {case.name}, round {turn + 1} of {plan.rounds} ...", flush=True)
            ffmpeg.append(_ffmpeg_ms(file))
            ours.append(_ours(urls, plan, screen))
            ffmpeg.append(_ffmpeg_ms(file))
            usual.append(_usual(urls, case.tile, plan, screen))
    row = _middle(ours)
    peer_ms, usual_ms = median(ffmpeg), median(run["ms_per_shown_frame"] for run in usual)
    return {
        "name": case.name,
        **row,
        "ffmpeg_ms": peer_ms,
        "ffmpeg_most_ms": max(ffmpeg),
        "ratio": row["ms_per_shown_frame"] / peer_ms,
        "usual": _middle(usual),
        "of_usual": row["ms_per_shown_frame"] / usual_ms,
    }


def overload(file: Path, seconds: float) -> dict[str, Any]:
    """More than the machine can decode: what it held, and how honest it was about the rest."""
    print(f"wall: {OVERLOAD.name} for {seconds:g} s ...", flush=True)
    with rtsp_server(file) as server, display() as screen:
        run = desktop.run([server.url] * OVERLOAD.cameras, seconds, screen)
    live_s = seconds - (run.report["startup"]["first_frame_s"] or 0.0)
    cameras = run.report["cameras"]
    return {
        "name": OVERLOAD.name,
        "seconds": seconds,
        "received_per_s_and_camera": run.frames("received") / live_s / len(cameras),
        "decoded_per_s_and_camera": run.frames("decoded") / live_s / len(cameras),
        "shown_per_s_and_camera": run.frames("shown") / live_s / len(cameras),
        "least_shown_per_s": min(camera["frames"]["shown"] for camera in cameras) / live_s,
        "unseen_share": sum(camera["unseen_s"] for camera in cameras) / live_s / len(cameras),
        "cores": run.cost.cpu_s / run.cost.wall_s,
        **_feel(run),
    }


def _ours(urls: list[str], plan: Plan, screen: Mapping[str, str]) -> dict[str, float]:
    """One short and one longer run: what the seconds between them cost and showed."""
    short, long = (desktop.run(urls, seconds, screen) for seconds in (plan.short_s, plan.long_s))
    shown, decoded = (long.frames(kind) - short.frames(kind) for kind in ("shown", "decoded"))
    if shown <= 0 or decoded <= 0:
        raise RuntimeError(f"no frame was shown: {json.dumps(long.report['cameras'])[:400]}")
    cpu_s, seconds = long.cost.cpu_s - short.cost.cpu_s, plan.long_s - plan.short_s
    return {
        "ms_per_shown_frame": cpu_s / shown * 1000,
        "ms_per_decoded_frame": cpu_s / decoded * 1000,
        "shown_per_s_and_camera": shown / seconds / len(urls),
        "decoded_per_s_and_camera": decoded / seconds / len(urls),
        "cores": cpu_s / seconds,
        "peak_rss_mib": long.report["process"]["peak_rss_mib"],
        **_feel(long),
    }


def _feel(run: desktop.Run) -> dict[str, float]:
    ages = [camera["shown_age_ms"] for camera in run.report["cameras"]]
    stall = run.report["ui"]["stall_ms"]
    return {
        "age_p99_ms": max(age["p99"] or 0.0 for age in ages),
        "age_max_ms": max(age["max"] or 0.0 for age in ages),
        "stall_p99_ms": stall["p99"] or 0.0,
        "stall_max_ms": stall["max"] or 0.0,
    }


def _usual(urls: list[str], tile: str, plan: Plan, screen: Mapping[str, str]) -> dict[str, float]:
    short, long = (_run_usual(urls, tile, seconds, screen) for seconds in (plan.short_s, plan.long_s))
    shown = max(1, long[1] - short[1])
    return {
        "ms_per_shown_frame": (long[0] - short[0]) / shown * 1000,
        "shown_per_s_and_camera": shown / (plan.long_s - plan.short_s) / len(urls),
    }


def _run_usual(urls: list[str], tile: str, seconds: float, screen: Mapping[str, str]) -> tuple[float, int]:
    """CPU seconds and shown frames."""
    peer = [sys.executable, "-m", "bench.peers.usual_wall", "--tile", tile, "--duration", f"{seconds:g}", *urls]
    environment = {**os.environ, **screen, "OPENCV_FFMPEG_CAPTURE_OPTIONS": "rtsp_transport;tcp"}
    cost = child.run(peer, seconds + _USUAL_START_S, environment)
    return cost.cpu_s, json.loads(cost.output.strip().splitlines()[-1])["shown"]


def _ffmpeg_ms(file: Path) -> float:
    """CPU of ffmpeg for each of the file's first frames."""
    with av.open(str(file)) as container:
        frames = min(container.streams.video[0].frames, _PEER_FRAMES)
    command = ["ffmpeg", "-v", "error", "-nostdin", "-threads", "1", "-i", str(file), "-an"]
    cost = child.run([*command, "-frames:v", str(frames), "-f", "null", "-"], timeout_s=120)
    return cost.cpu_s / frames * 1000


def _middle(runs: list[dict[str, float]]) -> dict[str, float]:
    return {key: median(run[key] for run in runs) for key in runs[0]}
