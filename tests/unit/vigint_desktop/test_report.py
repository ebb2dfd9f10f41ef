import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.fakes.clock import FakeClock
from tests.fakes.judge import CLEAR, failed, judgement
from tests.fakes.sink import RecordingSink
from tests.unit.vigint_desktop.store.test_ledger import NOW_S, incident
from vigint_core import __version__
from vigint_core.domain.camera import Camera, CameraState, SourceKind
from vigint_core.domain.coverage import Cover, CoverRun
from vigint_core.domain.fault import Code
from vigint_core.domain.ids import CameraId, IncidentId, WindowId
from vigint_core.domain.status import CameraStatus
from vigint_core.policy.sampling import SamplingRule
from vigint_desktop import report
from vigint_desktop.capture.supervisor import Supervisor
from vigint_desktop.pipeline.cameras import Cameras
from vigint_desktop.pipeline.segment_writer import RecordingCounters
from vigint_desktop.pipeline.tally import Tally
from vigint_desktop.report import Shown

DOOR = CameraId("door")
STATUSES = {DOOR: CameraStatus(DOOR, CameraState.LIVE, 0.0)}
NOTHING = Shown({}, {}, {"p50": None, "p99": None, "max": None}, None, None)


@pytest.fixture
def program() -> Iterator[SimpleNamespace]:
    """As much of a program as the report reads: real counts, a camera that never started."""
    supervisor = Supervisor(RecordingSink(), FakeClock())
    seating = Cameras(supervisor, lambda window: None, lambda message: None, FakeClock())
    seating.arrange([(Camera(DOOR, "Door", SourceKind.FILE, "a.mp4"), "hunter2")], SamplingRule())
    recorder = SimpleNamespace(counters=lambda camera_id: RecordingCounters(3 * 1024**2, 300, 2, 7))
    yield SimpleNamespace(
        supervisor=supervisor,
        seating=seating,
        tally=Tally(),
        footage=SimpleNamespace(recorder=recorder),
        exchange=SimpleNamespace(courier=SimpleNamespace(sent=5, given_up=1, waiting=2)),
        incidents=lambda most: [incident()][:most],
        coverage=lambda camera_id, span: [
            CoverRun(int(span.end_s) - 30, int(span.end_s) - 10, Cover.QUIET),
            CoverRun(int(span.end_s) - 10, int(span.end_s), Cover.NOT_LOOKED_AT, Code.AI_NO_KEY),
        ],
    )
    supervisor.stop()


def build(program: SimpleNamespace, shown: Shown = NOTHING) -> dict[str, object]:
    return report.build(program, STATUSES, shown, 0.0)  # type: ignore[arg-type]


def test_every_promised_figure_is_there(program: SimpleNamespace) -> None:
    document = build(program)

    assert document["version"] == __version__
    assert {"process", "startup", "ui", "cameras", "incidents", "analysis"} <= set(document)
    process = document["process"]
    assert isinstance(process, dict)
    assert process["cpu_s"] > 0
    assert 10 < process["peak_rss_mib"] < 100_000
    assert document["startup"] == {"first_paint_s": None, "first_frame_s": None}
    assert document["files"] == {"sent": 5, "given_up": 1, "waiting": 2}


def test_a_camera_is_reported_with_what_was_counted(program: SimpleNamespace) -> None:
    channels = program.seating.seats()[0].channels
    channels.counters.received, channels.counters.decoded, channels.counters.failed = 100, 90, 10
    channels.counters.opened = 3
    channels.packets.dropped = 1
    program.tally.window_due(DOOR)
    program.tally.window_due(DOOR)
    program.tally.window_judged(DOOR, replace(judgement(WindowId("w1"), 0.0, CLEAR), uploaded_bytes=5000))
    program.tally.window_judged(DOOR, judgement(WindowId("w2"), 0.0, failed(Code.AI_NO_KEY)))
    age = {"p50": 40.0, "p99": 80.0, "max": 90.0}

    (camera,) = build(program, Shown({"door": 88}, {"door": age}, age, 0.5, 0.9))["cameras"]  # type: ignore[misc]

    assert (camera["id"], camera["name"], camera["kind"]) == ("door", "Door", "file")
    assert (camera["state"], camera["fault"]) == ("live", None)
    assert camera["frames"] == {"received": 100, "decoded": 90, "shown": 88, "superseded": 0, "failed": 10}
    assert (camera["shown_age_ms"], camera["reconnects"], camera["upload_bytes"]) == (age, 2, 5000)
    assert camera["gate"]["intervals"] == []
    assert camera["ring"] == {"dropped": 1, "mib": 0.0}
    assert camera["recording"] == {"segments": 2, "packets": 300, "mib": 3.0, "lost": 7}
    assert camera["coverage"]["gaps"] == [{"state": "not_looked_at", "reason": "ai.no_key", "seconds": 10}]
    assert camera["coverage"]["seconds"] == {"not_looked_at": 10, "quiet": 20}
    assert camera["coverage"]["share"] == 0.6667
    windows = camera["windows"]
    assert (windows["due"], windows["sent"], windows["verdicts"]) == (2, 1, 1)
    assert windows["not_analysed"] == {"ai.no_key": 1}


def test_an_incident_is_reported_with_its_way_to_the_row(program: SimpleNamespace) -> None:
    program.tally.incident_opened(IncidentId("i1"), 8123.46)

    (found,) = build(program)["incidents"]  # type: ignore[misc]

    assert (found["id"], found["camera"], found["type"]) == ("i1", "door", "concealment")
    assert (found["severity"], found["state"], found["source"]) == ("high", "confirmed", "ai")
    assert (found["opened_at"], found["act_at"], found["capture_to_row_ms"]) == (NOW_S + 12, NOW_S + 4, 8123.5)


def test_an_incident_of_an_earlier_run_has_no_way_to_the_row(program: SimpleNamespace) -> None:
    (found,) = build(program)["incidents"]  # type: ignore[misc]

    assert found["capture_to_row_ms"] is None


def test_the_document_is_written_whole_as_json_without_a_password(program: SimpleNamespace, tmp_path: Path) -> None:
    file = tmp_path / "out" / "report.json"
    document = build(program)

    report.write({"old": True}, file)
    report.write(document, file)

    text = file.read_text("utf-8")
    assert json.loads(text) == document
    assert "hunter2" not in text
    assert [f.name for f in file.parent.iterdir()] == ["report.json"]


def test_a_place_that_cannot_be_written_is_an_os_error(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file where a folder should be")

    with pytest.raises(OSError, match="out"):
        report.write({}, tmp_path / "out" / "report.json")
