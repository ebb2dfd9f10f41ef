"""What a look costs around the provider's own time: 20 a second, arriving evenly, for a minute of each way in rounds.

The provider is a process of its own that takes 1.5 s an answer (``provider.py``), each way of asking another one
(``askers.py``). They take turns, and the best round of each counts: on shared cores the others measure the neighbours.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

from bench.askers import RATE, WAYS
from bench.provider import provider
from bench.windows import pictures
from vigint_core.media.clip import encode_clips

PROVIDER_S: Final = 1.5
_CLIP_BYTES: Final = 120 * 1024
_ROOT: Final = Path(__file__).parents[1]
_SPARE_S: Final = 90.0  # beyond its duration, a child may take this long to start and stop


def measure(stream: Path, seconds: float = 20.0, rounds: int = 3) -> dict[str, Any]:
    """The best round of each way by its p99, with the p99 of all; milliseconds beyond the provider's own time."""
    clip = padded(encode_clips(pictures(stream), ())[0], _CLIP_BYTES)
    found: dict[str, list[dict[str, Any]]] = {way: [] for way in WAYS}
    with tempfile.TemporaryDirectory(prefix="vigint-bench-") as folder, provider(PROVIDER_S) as url:
        file = Path(folder, "clip.mp4")
        file.write_bytes(clip)
        for number in range(rounds):
            for way, rows in found.items():
                print(f"looks: {way}, round {number + 1} of {rounds} ...", flush=True)
                rows.append(figures(_asked(way, url, file, seconds)))
    return {
        "rate": RATE,
        "provider_s": PROVIDER_S,
        "kib": len(clip) / 1024,
        "looks": round(RATE * seconds),
        "ways": {way: best(rows) for way, rows in found.items()},
    }


def padded(clip: bytes, size: int) -> bytes:
    """An MP4 of exactly ``size`` bytes that shows the same, by a box that players skip."""
    free = size - len(clip)
    if free < 8:
        raise ValueError(f"the clip has {len(clip)} bytes already")
    return clip + free.to_bytes(4, "big") + b"free" + bytes(free - 8)


def figures(told: dict[str, Any]) -> dict[str, float]:
    """Percentiles of what was added, and CPU a look, all in milliseconds."""
    added: list[float] = sorted((each - PROVIDER_S) * 1000 for each in told["latency_s"])

    def at(share: float) -> float:
        return added[min(len(added) - 1, int(share * len(added)))]

    return {
        "p50_ms": at(0.5),
        "p95_ms": at(0.95),
        "p99_ms": at(0.99),
        "max_ms": added[-1],
        "cpu_ms": told["cpu_s_a_look"] * 1000,
    }


def best(rounds: list[dict[str, float]]) -> dict[str, Any]:
    """The round with the least p99; what the others had stands beside it."""
    return {**min(rounds, key=lambda row: row["p99_ms"]), "p99_of_all_ms": [row["p99_ms"] for row in rounds]}


def _asked(way: str, url: str, clip: Path, seconds: float) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.askers", way, url, str(clip), f"{seconds:g}"]
    done = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, timeout=seconds + _SPARE_S, check=False)
    if done.returncode:
        raise subprocess.CalledProcessError(done.returncode, command, done.stderr)
    told: dict[str, Any] = json.loads(done.stdout)
    return told


_NAMES: Final = {
    "http": "bare POST of the same bytes",
    "sdk": "bare SDK, the same question",
    "desk": "desk: examiner, purse, ledger",
    "server": "server: claim, books, examiner",
}


def render(looks: dict[str, Any]) -> str:
    """A row a way of asking."""
    peer = looks["ways"]["http"]
    lines = [
        (
            f"A look of {looks['kib']:.0f} KiB, {looks['rate']:g} a second, {looks['looks']} a round, around the "
            f"{looks['provider_s']:g} s of the provider; the best round of each, the p99 of every round in brackets"
        ),
        "  way                               p50 ms  p95 ms  p99 ms  max ms   CPU ms a look  x POST  p99 of all",
    ]
    for way, row in looks["ways"].items():
        rest = " ".join(f"{each:.0f}" for each in row["p99_of_all_ms"])
        lines.append(
            f"  {_NAMES[way]:32} {row['p50_ms']:7.1f} {row['p95_ms']:7.1f} {row['p99_ms']:7.1f} {row['max_ms']:7.1f}"
            f" {row['cpu_ms']:15.1f} {row['cpu_ms'] / peer['cpu_ms']:7.1f}  ({rest})"
        )
    return "\n".join(lines)
