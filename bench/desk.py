"""How smooth the window is on a busy day: 16 cameras, gate, analysis, and a timeline of 10,000 incidents.

The books are filled beforehand; the program is run as people run it, and its own report is read. A second, shorter run
stops the window thread for 5 s: nothing old may be painted afterwards.
"""

import json
import os
import signal
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen
from typing import Any

from bench import desktop
from bench.display import display
from bench.provider import provider
from bench.stalled import STALL_S
from tests.fakes.rtsp_server import rtsp_server
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
_RUN_S = 40.0  # the day is read within the first 8 s
_STALLED_RUN_S = 20.0
_FIRST_STALL_S = 9.0  # after the start of the process
_START_S = 45.0  # beyond its duration, a run may take this long to start and stop


def measure(file: Path) -> dict[str, Any]:
    """Both runs over RTSP, with a real window."""
    with rtsp_server(file) as server, display() as screen:
        return busy_day([server.url] * CAMERAS, screen)


def busy_day(urls: Sequence[str], screen: Mapping[str, str]) -> dict[str, Any]:
    """Both runs with these cameras on a screen."""
    with tempfile.TemporaryDirectory(prefix="vigint-bench-") as folder, provider(0.0) as judge:
        key = {"GOOGLE_API_KEY": "stand-in-0123456789", "GOOGLE_GEMINI_BASE_URL": judge}
        data, environment = Path(folder), {**screen, **key}
        fill(data / "desk.sqlite3", len(urls), time.time())
        print(f"desk: {len(urls)} cameras, {INCIDENTS} incidents ...", flush=True)
        smooth = desktop.run(urls, _RUN_S, environment, data)
        print(f"desk: the window thread stands still for {STALL_S:g} s ...", flush=True)
        stalled = _figures(_stalled(urls, data, environment))
    return {
        "cameras": len(urls),
        "incidents": INCIDENTS,
        "cores": smooth.cost.cpu_s / smooth.cost.wall_s,
        **_figures(smooth.report),
        "stalled": {name: stalled[name] for name in ("stall_max_ms", "age_max_ms")},
    }


def fill(file: Path, cameras: int, now_s: float) -> None:
    """A day of every camera: windows, movement, incidents, and some trouble."""
    with closing(Ledger(file)) as ledger, ledger.transaction():
        for number in range(cameras):
            camera = CameraId(f"c{number + 1}")
            for record in _windows(camera, now_s):
                ledger.put_window(record)
            for activity in _activities(camera, now_s):
                ledger.put_activity(activity)
            ledger.put_health(_trouble(camera, now_s - 3600.0 * (number + 1)))
        for number in range(INCIDENTS):
            incident = _incident(number, cameras, now_s)
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


def _incident(number: int, cameras: int, now_s: float) -> Incident:
    at_s = now_s - _DAY_S + (number + 1) * (_DAY_S - 60) / INCIDENTS
    camera = f"c{number % cameras + 1}"
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


def _stalled(urls: Sequence[str], data: Path, environment: Mapping[str, str]) -> dict[str, Any]:
    """The report of a run in which the window thread stood still once."""
    command = [word.replace("vigint_desktop", "bench.stalled") for word in desktop.command(data, urls, _STALLED_RUN_S)]
    with Popen(command, env={**os.environ, **environment}, stdout=DEVNULL, stderr=PIPE, text=True) as stalling:
        time.sleep(_FIRST_STALL_S)
        stalling.send_signal(signal.SIGUSR1)
        _, complaint = stalling.communicate(timeout=_STALLED_RUN_S + _START_S)
    if stalling.returncode:
        raise RuntimeError(complaint)
    report: dict[str, Any] = json.loads((data / "report.json").read_text("utf-8"))
    return report


def _figures(report: dict[str, Any]) -> dict[str, float]:
    ages = [camera["shown_age_ms"] for camera in report["cameras"]]
    stall, cameras = report["ui"]["stall_ms"], report["cameras"]
    return {
        "stall_p99_ms": stall["p99"],
        "stall_max_ms": stall["max"],
        "age_p99_ms": max(age["p99"] or 0.0 for age in ages),
        "age_max_ms": max(age["max"] or 0.0 for age in ages),
        "shown_per_s_and_camera": _shown_per_s(report),
        "windows_judged": sum(c["windows"]["verdicts"] for c in cameras),
        "peak_rss_mib": report["process"]["peak_rss_mib"],
    }


def _shown_per_s(report: dict[str, Any]) -> float:
    shown = [camera["frames"]["shown"] for camera in report["cameras"]]
    seconds = float(report["process"]["duration_s"] - (report["startup"]["first_frame_s"] or 0.0))
    return sum(shown) / len(shown) / seconds
