"""The desktop as a child process, and what it says of a run."""

import json
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import child
from bench.display import WINDOW

_START_S = 60.0  # beyond its duration, a run may take this long to start and stop


@dataclass(frozen=True)
class Run:
    """One run: what the kernel says it cost, and its own report."""

    cost: child.Cost
    report: dict[str, Any]

    def frames(self, kind: str) -> int:
        """Frames of all cameras together: ``received``, ``decoded``, ``shown``, ``superseded``."""
        return sum(camera["frames"][kind] for camera in self.report["cameras"])


def command(folder: Path, urls: Sequence[str], duration_s: float) -> list[str]:
    """How the desktop is run with these cameras; its report will be ``report.json`` in the folder."""
    sources = [word for number, url in enumerate(urls, 1) for word in ("--source", f"C{number}={url}")]
    return [
        sys.executable, "-m", "vigint_desktop", "--server", "none", "--data-dir", str(folder), "--size", WINDOW,
        *sources, "--duration", f"{duration_s:g}", "--report", str(folder / "report.json"),
    ]  # fmt: skip


def run(urls: Sequence[str], duration_s: float, screen: Mapping[str, str], folder: Path | None = None) -> Run:
    """Run it to its end, in a fresh folder unless one is given. Raises CalledProcessError when it fails."""
    with tempfile.TemporaryDirectory(prefix="vigint-bench-") as fresh:
        place = folder or Path(fresh)
        cost = child.run(command(place, urls, duration_s), duration_s + _START_S, {**os.environ, **screen})
        return Run(cost, json.loads((place / "report.json").read_text("utf-8")))
