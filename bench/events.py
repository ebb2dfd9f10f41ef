"""A thousand desks on one server process, each with a stream of events: what they cost, and when each learns of one.

The desks are one process of their own, on the same cores: the last of them learns so late partly because of it.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from bench.serving import books, callers, server, signed_in

_ROOT: Final = Path(__file__).parents[1]
_WAIT_S: Final = 120.0


def measure(desks: int = 1000) -> dict[str, Any]:
    """MiB that the streams add to the server, and seconds from a report to the desks' knowing."""
    with books() as kept, server(kept) as ours:
        callers(kept.key, "requests", f"{ours.port}", "/v1/incidents", "16", "2")  # its threads and caches are there
        before = ours.rss_mib
        command = [sys.executable, "-m", "bench.callers", "desks", f"{ours.port}", f"{desks}"]
        with subprocess.Popen(
            command, cwd=_ROOT, env=signed_in(kept.key), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            ready = process.stdout.readline()
            added = ours.rss_mib - before
            said, _ = process.communicate("go\n", _WAIT_S)
    if ready.strip() != "ready" or process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command, ready + said)
    told = json.loads(said)
    learned: list[float] = told["learned_s"]
    return {
        "desks": len(learned),
        "added_mib": added,
        "before_mib": before,
        "answered_s": told["answered_s"],
        "median_s": learned[len(learned) // 2],
        "last_s": learned[-1],
    }


def render(found: dict[str, Any]) -> str:
    """As people read it."""
    return (
        f"{found['desks']} desks on the events of one process: {found['added_mib']:.1f} MiB more "
        f"({found['before_mib']:.0f} before); one event, reported in {found['answered_s']:.2f} s, "
        f"reaches half of them in {found['median_s']:.2f} s and all in {found['last_s']:.2f} s"
    )
