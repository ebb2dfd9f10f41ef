"""``python -m bench``: what the program costs and how good its gate is, beside ffmpeg, in one run and one table."""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench import clips, gates, machine, tables, wall, windows
from bench.material import Material

_ROOT = Path(__file__).parents[1]
_PARTS = ("wall", "gate", "window", "clips")


def main() -> None:
    given = _arguments()
    material = Material(given.shared, given.cache)
    started = time.monotonic()
    result: dict[str, Any] = {"machine": machine.describe(), "quick": given.quick}
    clip = "Normal_30" if given.quick else "one-by-one-person-detection"
    stream = material.variant(clip, "1080p, noise, clock")
    if "wall" in given.parts:
        result["wall"] = wall.measure(stream, wall.QUICK if given.quick else wall.FULL)
    if "gate" in given.parts:
        result["gate"] = gates.measure(material, gates.QUICK_VARIANTS if given.quick else gates.ALL_VARIANTS)
        result["look"] = gates.cost_of_look(stream)
    if "window" in given.parts:
        result["window"] = windows.measure(stream)
    if "clips" in given.parts:
        result["clips"] = clips.measure(stream)
    result["took_s"] = round(time.monotonic() - started, 1)
    print(tables.render(result))
    if given.json:
        given.json.write_text(json.dumps(result, indent=2) + "\n", "utf-8")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="under 90 s: one round, fewer cameras, plain footage")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures here")
    parser.add_argument("--shared", type=Path, default=_ROOT.parent / "shared", help="folder with footage and tools")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir(), "vigint-bench"), metavar="DIR")
    parser.add_argument("--parts", nargs="+", choices=_PARTS, default=_PARTS)
    return parser.parse_args()


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as error:
        sys.exit(f"{error}\n{error.stdout or ''}")
