"""What the figures were measured on."""

import os
import platform
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import av
import cv2


def describe() -> dict[str, str | int | float]:
    """The machine and the versions that matter, and how busy it was before the first measurement."""
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "cpu": _cpu(),
        "cores": len(os.sched_getaffinity(0)),
        "system": platform.platform(),
        "python": platform.python_version(),
        "pyav": av.__version__,
        "opencv": cv2.__version__,
        "ffmpeg": _ffmpeg(),
        "load_before": round(os.getloadavg()[0], 2),
    }


def _cpu() -> str:
    for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _ffmpeg() -> str:
    said = subprocess.run(["ffmpeg", "-version"], capture_output=True, text=True, check=True, timeout=10).stdout
    return said.split()[2]
