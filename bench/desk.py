"""How smooth the window is on a busy day: 16 cameras, gate, analysis, and a timeline of 10,000 incidents.

The books are filled beforehand; the program is run as people run it, and its own report is read. A second, shorter run
stops the window thread for 5 s: nothing old may be painted afterwards.
"""

import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen
from typing import Any

from bench import child
from bench.stalled import STALL_S
from vigint_core.domain.camera import CameraState
from vigint_core.domain.fault import Code
from vigint_core.domain.ids import CameraId, IncidentId, WindowId
from vigint_core.domain.incident import Incident, IncidentState
from vigint_core.domain.status import Activity, CameraHealth, WindowRecord, WindowResult
from vigint_core.domain.verdict import IncidentType, Observation, Severity
from vigint_core.domain.window import Span
from vigint_desktop.store.ledger import Ledger

CAMERAS = 16
INCIDENTS = 10_000
_DAY_S = 24 * 3600.0
_SETTLED = (IncidentState.CONFIRMED, IncidentState.VETOED, IncidentState.UNCONFIRMED)
_WINDOW = "1920x1080"
_RUN_S = 40.0  # the day is read within the first 8 s
_STALLED_RUN_S = 20.0
_FIRST_STALL_S = 9.0  # after the start of the process
_START_S = 45.0  # beyond its duration, a run may take this long to start and stop


def measure(file: Path, display: str | None = None) -> dict[str, Any]:
    """Both runs with ``CAMERAS`` times this stream; offscreen, or on an X display."""
    with tempfile.TemporaryDirectory(prefix="vigint-bench-") as folder, _judge() as judge:
        data = Path(folder)
        fill(data / "desk.sqlite3", time.time())
        environment = _environment(judge, display)
        print(f"desk: {CAMERAS} cameras, {INCIDENTS} incidents ...", flush=True)
        cost = child.run(_command("vigint_desktop", file, data, _RUN_S, display), _RUN_S + _START_S, environment)
        smooth = _figures(json.loads((data / "report.json").read_text("utf-8")))
        print(f"desk: the window thread stands still for {STALL_S:g} s ...", flush=True)
        stalled = _stalled(file, data, environment, display)
    return {"cameras": CAMERAS, "incidents": INCIDENTS, "cores": cost.cpu_s / _RUN_S, **smooth, "stalled": stalled}


def fill(file: Path, now_s: float) -> None:
    """A day of every camera: windows, movement, incidents, and some trouble."""
    with closing(Ledger(file)) as ledger, ledger.transaction():
        for number in range(CAMERAS):
            camera = CameraId(f"c{number + 1}")
            for record in _windows(camera, now_s):
                ledger.put_window(record)
            for activity in _activities(camera, now_s):
                ledger.put_activity(activity)
            ledger.put_health(_trouble(camera, now_s - 3600.0 * (number + 1)))
        for number in range(INCIDENTS):
            incident = _incident(number, now_s)
            ledger.put_incident(incident, now_s)
            ledger.mark_sent(incident.id, 1)


def _windows(camera: CameraId, now_s: float) -> Iterator[WindowRecord]:
    """One in 70 s, most of them clear."""
    results = (WindowResult.CLEAR,) * 6 + (WindowResult.SUSPECTED, WindowResult.NOT_ANALYSED)
    for number in range(int(_DAY_S / 70)):
        start_s, result = now_s - _DAY_S + 70.0 * number, results[number % len(results)]
        reason = Code.PIPELINE_SAVING if result is WindowResult.NOT_ANALYSED else None
        yield WindowRecord(WindowId(f"{camera}-{number}"), camera, Span(start_s, start_s + 10), result, reason)


def _activities(camera: CameraId, now_s: float) -> Iterator[Activity]:
    for number in range(int(_DAY_S / 70)):
        start_s = now_s - _DAY_S + 70.0 * number
        yield Activity(camera, Span(start_s, start_s + 12), closed=True)


def _trouble(camera: CameraId, start_s: float) -> CameraHealth:
    return CameraHealth(camera, Span(start_s, start_s + 300), CameraState.FAILED, Code.CAMERA_UNREACHABLE, closed=True)


def _incident(number: int, now_s: float) -> Incident:
    at_s = now_s - _DAY_S + (number + 1) * (_DAY_S - 60) / INCIDENTS
    camera = f"c{number % CAMERAS + 1}"
    return Incident(
        id=IncidentId(f"i{number}"),
        camera_id=CameraId(camera),
        camera_name=camera.upper(),
        type=IncidentType.CONCEALMENT,
        severity=list(Severity)[number % len(Severity)],
        state=_SETTLED[number % len(_SETTLED)],
        source="ai",
        confidence=0.8,
        summary="A person puts a bottle from the shelf into a bag and walks on.",
        observations=tuple(Observation(at_s + step, "a bottle goes into a bag") for step in range(4)),
        span=Span(at_s - 5, at_s + 5),
        act_s=at_s,
        opened_s=at_s + 4,
        suspicions=(),
    )


def _stalled(file: Path, data: Path, environment: dict[str, str], display: str | None) -> dict[str, float]:
    """Stop the window thread once, and see how old the oldest picture was that was ever painted."""
    command = _command("bench.stalled", file, data, _STALLED_RUN_S, display)
    with Popen(command, env=environment, stdout=DEVNULL, stderr=PIPE, text=True) as desktop:
        time.sleep(_FIRST_STALL_S)
        desktop.send_signal(signal.SIGUSR1)
        _, complaint = desktop.communicate(timeout=_STALLED_RUN_S + _START_S)
    if desktop.returncode:
        raise RuntimeError(complaint)
    figures = _figures(json.loads((data / "report.json").read_text("utf-8")))
    return {"stall_max_ms": figures["stall_max_ms"], "age_max_ms": figures["age_max_ms"]}


def _command(module: str, file: Path, data: Path, duration_s: float, display: str | None) -> list[str]:
    sources = [word for number in range(1, CAMERAS + 1) for word in ("--source", f"C{number}={file}")]
    return [
        sys.executable, "-m", module, "--server", "none", "--data-dir", str(data), "--size", _WINDOW, *sources,
        "--duration", f"{duration_s:g}", "--report", str(data / "report.json"), *([] if display else ["--offscreen"]),
    ]  # fmt: skip


def _environment(judge: str, display: str | None) -> dict[str, str]:
    shown = {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb"} if display else {}
    return {**os.environ, **shown, "GOOGLE_API_KEY": "stand-in-0123456789", "GOOGLE_GEMINI_BASE_URL": judge}


def _figures(report: dict[str, Any]) -> dict[str, float]:
    ages = [camera["shown_age_ms"] for camera in report["cameras"]]
    stall, cameras = report["ui"]["stall_ms"], report["cameras"]
    return {
        "stall_p99_ms": stall["p99"],
        "stall_max_ms": stall["max"],
        "age_p99_ms": max(age["p99"] or 0.0 for age in ages),
        "age_max_ms": max(age["max"] or 0.0 for age in ages),
        "shown_per_s_and_camera": sum(c["frames"]["shown"] for c in cameras) / len(cameras) / _shown_s(report),
        "windows_judged": sum(c["windows"]["verdicts"] for c in cameras),
        "peak_rss_mib": report["process"]["peak_rss_mib"],
    }


def _shown_s(report: dict[str, Any]) -> float:
    return float(report["process"]["duration_s"] - (report["startup"]["first_frame_s"] or 0.0))


@contextmanager
def _judge() -> Iterator[str]:
    """The judge's address; it is ended by its process id."""
    with Popen([sys.executable, "-m", "bench.judge"], stdout=PIPE, stderr=DEVNULL, text=True) as judge:
        try:
            yield judge.stdout.readline().strip() if judge.stdout else ""
        finally:
            judge.terminate()
