"""Memory of 1080p cameras, 60 s of packets at 4 Mbit/s and pictures: how much each takes, and whether it grows."""

import os
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from bench import desktop
from bench.display import display
from tests.fakes.rtsp_server import rtsp_server

_FILLING_S = 75.0  # until the rings hold all they will ever hold
_EVERY_S = 1.0
_PAGE_MIB = os.sysconf("SC_PAGE_SIZE") / 2**20
_STOPS_S = 60.0


def measure(file: Path, cameras: int, minutes: float) -> dict[str, Any]:
    """Runs with one camera and with more of them, for so long each; the difference is what a camera takes."""
    with rtsp_server(file) as server, display() as screen:
        one = _run([server.url], _FILLING_S + 30, screen)
        many = _run([server.url] * cameras, _FILLING_S + minutes * 60, screen)
    full = [(at_s, mib) for at_s, mib in many if at_s >= _FILLING_S]
    times, sizes = (np.array(column) for column in zip(*full, strict=True))
    slope = float(np.polyfit(times / 60, sizes, 1)[0])
    return {
        "cameras": cameras,
        "minutes": minutes,
        "mib_per_camera": (float(np.median(sizes)) - one[-1][1]) / (cameras - 1),
        "mib_at_end": float(sizes[-1]),
        "mib_per_minute": slope,
    }


def _run(urls: list[str], seconds: float, screen: dict[str, str]) -> list[tuple[float, float]]:
    """Resident memory over time: ``(seconds since the start, MiB)``."""
    print(f"memory: {len(urls)} cameras for {seconds:.0f} s ...", flush=True)
    samples = []
    with tempfile.TemporaryDirectory(prefix="vigint-bench-") as folder:
        command = desktop.command(Path(folder), urls, seconds)
        quiet = subprocess.DEVNULL
        with subprocess.Popen(command, env={**os.environ, **screen}, stdout=quiet, stderr=quiet) as program:
            began_s = time.monotonic()
            try:
                while (at_s := time.monotonic() - began_s) < seconds and program.poll() is None:
                    samples.append((at_s, _resident_mib(program.pid)))
                    time.sleep(_EVERY_S)
                program.wait(_STOPS_S)
            finally:
                program.kill()
    return samples


def _resident_mib(pid: int) -> float:
    return int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1]) * _PAGE_MIB
