"""From an act to its alert in the desk's window, with two looks of 1.5 s each, at the usual stride of 5 s.

The program runs as people run it, in a real window, with one camera a film (``acts.py``), all at once, their acts one
after the other; the judge is the stand-in that sees what is in a clip (``witnessing.py``). When an alert was there the
program's own window thread notes (``alerted.py``); what the looks took stands in the desk's ledger of calls.
"""

import json
import os
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path
from statistics import median
from typing import Any, Final

from bench import acts, desktop
from bench.display import display
from bench.material import Material
from bench.witnessing import witnessing
from vigint_core.clock import SystemClock
from vigint_core.domain.budget import Caps
from vigint_desktop.store.purse import DeskPurse

LOOK_S: Final = 1.5
_TELLABLE_SHARE: Final = 0.5
"""The stand-in tells an act when half of it or more is in a clip; before that moment no judge of its kind could."""
_START_S: Final = 60.0  # beyond its duration, the run may take this long to start and stop
_LATEST_S: Final = 60.0  # an alert that comes later after an act belongs to no act


def measure(material: Material, count: int) -> dict[str, Any]:
    """Seconds from act to alert over ``count`` acts, and where they go."""
    films, seconds = acts.films(material.shared / "footage" / "incident", material.cache / "acts", count)
    with (
        tempfile.TemporaryDirectory(prefix="vigint-bench-") as place,
        witnessing(material.shared / "footage" / "incident", LOOK_S) as judge,
        display() as screen,
    ):
        folder = Path(place)
        print(f"alert: {count} cameras, {count} acts, {seconds:.0f} s ...", flush=True)
        report = _run([str(film.file) for film in films], seconds, {**os.environ, **screen, **judge}, folder)
        notes = [json.loads(line) for line in (folder / "notes.jsonl").read_text("utf-8").splitlines()]
        with closing(DeskPurse(folder / "money.sqlite3", SystemClock(), Caps())) as purse:
            calls = [(camera, window, call.look, call.latency_s) for camera, window, call in purse.calls()]
    by_camera = {f"c{number}": film for number, film in enumerate(films, 1)}
    rows = [row for camera, film in by_camera.items() if (row := row_of(camera, film, notes, calls))]
    return {
        "acts": count,
        "alerts": len(rows),
        "look_s": LOOK_S,
        "windows": sum(camera["windows"]["verdicts"] for camera in report["cameras"]),
        "cores": report["process"].get("cores"),
        **figures(rows),
        "rows": rows,
    }


def figures(rows: list[dict[str, float]]) -> dict[str, Any]:
    """Median, p95 and worst of what is counted from, and the medians of the parts."""
    since = {name: spread([row[f"since_{name}_s"] for row in rows]) for name in ("tellable", "start", "end")}
    return {"since": since, "parts": {part: median([row[part] for row in rows]) for part in _PARTS}}


def spread(values: Iterable[float]) -> dict[str, float]:
    """Median, 95th percentile (nearest rank) and the most."""
    ordered = sorted(values)
    return {
        "median_s": median(ordered),
        "p95_s": ordered[max(0, -(-len(ordered) * 95 // 100) - 1)],
        "max_s": ordered[-1],
    }


_PARTS: Final = ("wait_s", "encode_s", "first_s", "second_s", "rest_s")


def row_of(
    camera: str, film: acts.ActFilm, notes: list[dict[str, Any]], calls: list[tuple[str, str, str, float]]
) -> dict[str, float] | None:
    """One act: when its alert came, counted from three moments, and what its time was spent on; None without one."""
    told = [note for note in notes if note["camera"] == camera]
    began_s = next(note["at_s"] for note in told if note["kind"] == "began")
    start_s, end_s = began_s + film.start_s, began_s + film.end_s
    alert = next((n for n in told if n["kind"] == "alert" and 0 < n["at_s"] - start_s < _LATEST_S), None)
    if alert is None:
        return None
    tellable_s = start_s + _TELLABLE_SHARE * (end_s - start_s)
    second = next(call for call in calls if call[0] == camera and call[2] == "second")
    first = next(call for call in calls if call[1] == second[1] and call[2] == "first")
    encoded = [n for n in told if n["kind"] == "encoded" and n["end_s"] <= alert["window_end_s"] + 0.1]
    spent = {
        "wait_s": alert["window_end_s"] - tellable_s,
        "encode_s": encoded[-1]["took_s"],
        "first_s": first[3],
        "second_s": second[3],
    }
    since_s = alert["at_s"] - tellable_s
    return {
        "since_tellable_s": since_s,
        "since_start_s": alert["at_s"] - start_s,
        "since_end_s": alert["at_s"] - end_s,
        **spent,
        "rest_s": since_s - sum(spent.values()),
        "cited_after_start_s": alert["cited_s"] - start_s,
    }


def _run(sources: list[str], seconds: float, environment: Mapping[str, str], folder: Path) -> dict[str, Any]:
    words = desktop.command(folder, sources, seconds)
    at = words.index("vigint_desktop")
    command = [*words[:at], "bench.alerted", str(folder / "notes.jsonl"), *words[at + 1 :]]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=seconds + _START_S, check=False
    )
    if done.returncode:
        raise subprocess.CalledProcessError(done.returncode, command, done.stderr)
    report: dict[str, Any] = json.loads((folder / "report.json").read_text("utf-8"))
    return report


def render(alert: dict[str, Any]) -> str:
    """The distribution and its parts."""
    since, parts = alert["since"], alert["parts"]
    names = {
        "tellable": "half of the act, from where the stand-in can tell",
        "start": "the first second of its label",
        "end": "the last second of its label",
    }
    lines = [
        (
            f"From act to alert in the desk's window, {alert['acts']} acts on {alert['acts']} cameras, two looks of "
            f"{alert['look_s']:g} s, stride 5 s: {alert['alerts']} alerts, {alert['windows']} windows judged"
        ),
        "  counted from                                          median     p95     max",
    ]
    lines += [
        f"  {names[name]:52} {row['median_s']:5.1f} s {row['p95_s']:5.1f} s {row['max_s']:5.1f} s"
        for name, row in since.items()
    ]
    spent = (
        f"  medians of its parts: to the window's end {parts['wait_s']:.2f} s, encoding {parts['encode_s']:.2f}, first "
        f"look {parts['first_s']:.2f}, second look {parts['second_s']:.2f}, the rest {parts['rest_s']:.2f}"
    )
    return "\n".join([*lines, spent])
