"""``python -m bench``: what the program costs and how good its gate is, beside ffmpeg, in one run and one table."""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench import (
    alert,
    analyses,
    clips,
    desk,
    events,
    gates,
    listing,
    looks,
    lookups,
    machine,
    memory,
    methods,
    presence,
    tables,
    wall,
    windows,
    workflows,
)
from bench.material import Material

_ROOT = Path(__file__).parents[1]
_PARTS = (
    "start", "return", "wall", "overload", "desk", "gate", "window", "clips", "looks", "analyses", "alert", "events",
    "listing", "lookups", "workflows", "memory", "methods"
)  # fmt: skip
_FULL = tuple(part for part in _PARTS if part not in {"memory", "methods"})  # which take minutes for themselves
_QUICK = ("wall", "gate", "window", "clips")


def main() -> None:
    given = _arguments()
    started = time.monotonic()
    result: dict[str, Any] = {"machine": machine.describe(), "quick": given.quick}
    measures = _measures(given, Material(given.shared, given.cache))
    for part in given.parts:
        result[part] = measures[part]()
    result["took_s"] = round(time.monotonic() - started, 1)
    print(tables.render(result))
    if given.json:
        given.json.write_text(json.dumps(result, indent=2) + "\n", "utf-8")


def _measures(given: argparse.Namespace, material: Material) -> dict[str, Callable[[], Any]]:
    """What measures each part."""
    quick: bool = given.quick
    clip = "Normal_30" if quick else "one-by-one-person-detection"
    cases, plan = (wall.CASES[-1:], wall.QUICK) if quick else (wall.CASES, wall.FULL)

    def stream(variant: str = wall.BIG) -> Path:
        return material.variant(clip, variant)

    return {
        "start": lambda: presence.starts(stream(), material.cache, runs=5),
        "return": lambda: presence.returns(stream(), material.cache, runs=3),
        "wall": lambda: [wall.measure(case, stream(case.variant), plan) for case in cases],
        "overload": lambda: wall.overload(stream(), seconds=30.0),
        "desk": lambda: desk.measure(stream(wall.SMALL)),
        "memory": lambda: memory.measure(stream(), cameras=3, minutes=given.minutes),
        "gate": lambda: {
            "rows": gates.measure(material, gates.QUICK_VARIANTS if quick else gates.ALL_VARIANTS),
            "look": gates.cost_of_look(stream()),
        },
        "methods": lambda: methods.measure(material),
        "window": lambda: windows.measure(stream()),
        "clips": lambda: clips.measure(stream()),
        "looks": lambda: (
            looks.measure(material.plain(clip), seconds=8.0, rounds=1) if quick else looks.measure(material.plain(clip))
        ),
        "events": events.measure,
        "listing": lambda: listing.measure(50_000, 2.0) if quick else listing.measure(),
        "lookups": lambda: lookups.measure(2.0, rounds=1) if quick else lookups.measure(),
        "analyses": lambda: analyses.measure(stream(), seconds=8.0, many=500) if quick else analyses.measure(stream()),
        "workflows": lambda: workflows.measure(rounds=1 if quick else 3),
        "alert": lambda: alert.measure(material, count=4 if quick else 20),
    }


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="under 90 s: one round, fewer cameras, plain footage")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures here")
    parser.add_argument("--shared", type=Path, default=_ROOT.parent / "shared", help="folder with footage and tools")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir(), "vigint-bench"), metavar="DIR")
    parser.add_argument(
        "--parts", nargs="+", choices=_PARTS, help="what to measure; unless told, all but memory and methods"
    )
    parser.add_argument("--minutes", type=float, default=5.0, metavar="M", help="how long memory is watched")
    given = parser.parse_args()
    given.parts = given.parts or (_QUICK if given.quick else _FULL)
    return given


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as error:
        sys.exit(f"{error}\n{error.stdout or ''}")
