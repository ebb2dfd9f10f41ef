"""The report of a run (``--report``): one JSON document, its fields described in docs/report.md."""

import json
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vigint_core import __version__
from vigint_core.domain.ids import CameraId
from vigint_core.domain.incident import Incident
from vigint_core.domain.status import CameraStatus
from vigint_core.policy.coverage import totals
from vigint_desktop.pipeline.cameras import Seat
from vigint_desktop.program import Program
from vigint_desktop.ui.rows.coverage import today

MOST_INCIDENTS = 1000


@dataclass(frozen=True, slots=True)
class Shown:
    """What the window itself measured; distributions as ``{"p50", "p99", "max"}`` in milliseconds.

    Attributes:
        frames: shown frames by camera id.
        age_ms: age of frames when they were shown, by camera id.
        stall_ms: lateness of the wall's timer.
        first_paint_s, first_frame_s: since the start of the process, or None when it did not come to that.
    """

    frames: dict[str, int]
    age_ms: dict[str, dict[str, float | None]]
    stall_ms: dict[str, float | None]
    first_paint_s: float | None
    first_frame_s: float | None


def build(
    program: Program, statuses: Mapping[CameraId, CameraStatus], shown: Shown, started_s: float
) -> dict[str, Any]:
    """Collect the figures of a program that was stopped and whose books are still open.

    ``statuses`` are of the moment before it was stopped; ``started_s`` is the monotonic time at which the process
    started.
    """
    incidents = program.incidents(MOST_INCIDENTS)
    analysis = program.tally.analysis()
    courier = program.exchange.courier
    return {
        "version": __version__,
        "process": {
            "cpu_s": round(time.process_time(), 3),
            "peak_rss_mib": _peak_rss_mib(),
            "duration_s": round(time.monotonic() - started_s, 3),
        },
        "startup": {"first_paint_s": shown.first_paint_s, "first_frame_s": shown.first_frame_s},
        "ui": {"stall_ms": shown.stall_ms},
        "cameras": [_camera(program, seat, statuses.get(seat.camera.id), shown) for seat in program.seating.seats()],
        "incidents": [_incident(program, incident) for incident in incidents],
        "analysis": {
            **{name: analysis[name] for name in ("calls", "tokens_in", "tokens_out")},
            "cost_usd": round(analysis["cost_micro_usd"] / 1e6, 6),
        },
        "files": {"sent": courier.sent, "given_up": courier.given_up, "waiting": courier.waiting},
    }


def write(document: dict[str, Any], file: Path) -> None:
    """Write the document as JSON, whole or not at all. Raises OSError."""
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(f"{file.name}.new")
    fresh.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", "utf-8")
    fresh.replace(file)


def _peak_rss_mib() -> float | None:
    """Most memory the process ever held, in MiB; None on Windows, where the standard library can't tell."""
    if sys.platform == "win32":
        return None
    import resource  # noqa: PLC0415 - Unix alone has it

    unit = 1024 * 1024 if sys.platform == "darwin" else 1024  # macOS counts bytes, Linux KiB
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit, 1)


def _camera(program: Program, seat: Seat, status: CameraStatus | None, shown: Shown) -> dict[str, Any]:
    camera = seat.camera
    streams = (seat.channels.counters.snapshot(), seat.channels.sub_counters.snapshot())
    windows = program.tally.windows(camera.id)
    ring, recorded = seat.channels.packets, program.footage.recorder.counters(camera.id)
    nothing: dict[str, float | None] = {"p50": None, "p99": None, "max": None}
    return {
        "id": camera.id,
        "name": camera.name,
        "kind": camera.kind.value,
        "state": status.state.value if status else None,
        "fault": status.fault.code.value if status and status.fault else None,
        "frames": {
            "received": sum(stream.received for stream in streams),
            "decoded": sum(stream.decoded for stream in streams),
            "shown": shown.frames.get(camera.id, 0),
            "superseded": seat.channels.mailbox.superseded,
            "failed": sum(stream.failed for stream in streams),
        },
        "shown_age_ms": shown.age_ms.get(camera.id, nothing),
        "reconnects": sum(stream.reconnects for stream in streams),
        "replaced": sum(stream.replaced for stream in streams),
        "unseen_s": round(sum(stream.unseen_s for stream in streams), 3),
        "gate": {
            "intervals": [[round(s.start_s, 3), round(s.end_s, 3)] for s in seat.watcher.intervals],
            "intervals_dropped": seat.watcher.intervals_dropped,
            "cpu_s": round(seat.watcher.gate_cpu_s, 4),
        },
        "coverage": _coverage(program, camera.id),
        "ring": {"dropped": ring.dropped, "mib": round(ring.bytes_kept / 1024**2, 2)},
        "recording": {
            "segments": recorded.segments,
            "packets": recorded.packets,
            "mib": round(recorded.bytes / 1024**2, 2),
            "lost": recorded.lost,
        },
        "windows": {**windows.as_dict(), "missed": seat.watcher.missed},
        "upload_bytes": windows.upload_bytes,
    }


def _coverage(program: Program, camera_id: CameraId) -> dict[str, Any]:
    """What became of the camera's seconds since local midnight, to the second."""
    day = today(time.time())
    summed = totals(program.coverage(camera_id, day), round(day.start_s), round(day.end_s))
    return {
        "share": None if summed.share is None else round(summed.share, 4),
        "seconds": {cover.value: seconds for cover, seconds in sorted(summed.seconds.items())},
        "gaps": [
            {"state": cover.value, "reason": code.value if code else None, "seconds": seconds}
            for (cover, code), seconds in summed.gaps.most_common()
        ],
    }


def _incident(program: Program, incident: Incident) -> dict[str, Any]:
    row_ms = program.tally.capture_to_row_ms(incident.id)
    return {
        "id": incident.id,
        "camera": incident.camera_id,
        "type": incident.type.value,
        "severity": incident.severity.value,
        "state": incident.state.value,
        "source": incident.source,
        "opened_at": round(incident.opened_s, 3),
        "act_at": round(incident.act_s, 3),
        "capture_to_row_ms": None if row_ms is None else round(row_ms, 1),
    }
