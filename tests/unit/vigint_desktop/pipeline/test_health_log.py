"""From a camera's states to its line in the books: noted, due until written, followed for every camera by itself."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.clock import NOON_S, FakeClock
from tests.fakes.office import Office
from tests.fakes.sink import RecordingSink
from vigint_core.domain.camera import CameraState
from vigint_core.domain.fault import Code, Fault, VigintError
from vigint_core.domain.ids import CameraId
from vigint_core.domain.status import CameraHealth, CameraStatus
from vigint_core.domain.window import Span
from vigint_desktop.pipeline import desk as desk_module
from vigint_desktop.pipeline.health_log import HealthLog, StatusesHeard
from vigint_desktop.pipeline.messages import CameraSeen

DOOR, TILL = CameraId("door"), CameraId("till")


def status(camera_id: CameraId, state: CameraState, since_s: float, code: Code | None = None) -> CameraStatus:
    fault = Fault(code, camera_id, "", since_s) if code else None
    return CameraStatus(camera_id, state, since_s, fault)


def test_a_trouble_that_lasts_is_due_until_it_was_written() -> None:
    log = HealthLog()
    log.note(status(DOOR, CameraState.FAILED, 100.0, Code.CAMERA_LOST), 100.0)
    assert log.due(104.0) == []
    told = CameraHealth(DOOR, Span(100.0, 106.0), CameraState.FAILED, Code.CAMERA_LOST, closed=False)
    assert log.due(106.0) == [told]
    assert log.due(106.5) == [told]
    log.done()
    assert log.due(107.0) == []


def test_what_was_not_written_yet_is_replaced_by_what_is_known_since() -> None:
    log = HealthLog()
    log.note(status(DOOR, CameraState.FAILED, 100.0), 100.0)
    log.due(106.0)
    log.note(status(DOOR, CameraState.LIVE, 120.0), 120.0)
    (told,) = log.due(131.0)
    assert (told.span, told.closed) == (Span(100.0, 120.0), True)


def test_every_camera_is_followed_by_itself() -> None:
    log = HealthLog()
    log.note(status(DOOR, CameraState.FAILED, 100.0), 100.0)
    log.note(status(TILL, CameraState.BLACK, 100.0), 101.0)
    log.note(status(DOOR, CameraState.LIVE, 101.0), 101.0)
    assert [(health.camera_id, health.state) for health in log.due(112.0)] == [(TILL, CameraState.BLACK)]


def test_a_camera_that_leaves_the_wall_is_forgotten_after_its_trouble_was_ended() -> None:
    log = HealthLog()
    log.note(status(DOOR, CameraState.FAILED, 100.0), 100.0)
    log.note(status(DOOR, CameraState.STOPPED, 110.0), 110.0)
    (told,) = log.due(110.0)
    assert told.closed
    assert log._signs == {}


def test_the_log_gets_one_line_a_change_and_none_for_a_try_that_ends_as_the_last_one(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    log = HealthLog()
    for number, (state, code) in enumerate(
        [
            (CameraState.CONNECTING, None),
            (CameraState.FAILED, Code.CAMERA_UNREACHABLE),
            (CameraState.CONNECTING, Code.CAMERA_UNREACHABLE),
            (CameraState.FAILED, Code.CAMERA_UNREACHABLE),
            (CameraState.LIVE, None),
        ]
    ):
        log.note(status(DOOR, state, 100.0 + number, code), 100.0 + number)
    assert caplog.messages == ["camera door is failed (camera.unreachable)", "camera door is live"]


def test_the_desk_hears_the_states_alone_and_everybody_hears_everything() -> None:
    sink, heard = RecordingSink(), []
    both = StatusesHeard(sink, heard.append)
    live = status(DOOR, CameraState.LIVE, 100.0)
    fault = Fault(Code.CAMERA_LOST, DOOR, "", 100.0)
    both.publish(live)
    both.publish(fault)
    assert sink.events == [live, fault]
    assert heard == [CameraSeen(live)]


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    monkeypatch.setattr(desk_module, "_WAIT_S", 0.0)
    made = Office(tmp_path / "desk.sqlite3", FakeClock())
    yield made
    made.desk.close()


def test_the_desk_books_a_trouble_and_then_tells_it(office: Office) -> None:
    office.tell(CameraSeen(status(DOOR, CameraState.FAILED, NOON_S, Code.CAMERA_LOST)))
    office.pass_time(6.0)
    told = CameraHealth(DOOR, Span(NOON_S, NOON_S + 6), CameraState.FAILED, Code.CAMERA_LOST, closed=False)
    assert office.health == office.sink.of(CameraHealth) == [told]


def test_the_end_of_a_run_ends_what_was_open(office: Office) -> None:
    office.tell(CameraSeen(status(DOOR, CameraState.FAILED, NOON_S)))
    office.pass_time(6.0)
    office.clock.advance(10.0)
    office.desk.post(CameraSeen(status(DOOR, CameraState.STOPPED, NOON_S + 16)))
    office.desk.drain()
    assert [(health.span.end_s, health.closed) for health in office.health] == [(NOON_S + 16, True)]


def test_a_trouble_that_the_disk_refuses_is_written_later(office: Office) -> None:
    office.tell(CameraSeen(status(DOOR, CameraState.FAILED, NOON_S)))
    office.clock.advance(6.0)
    office.desk._books()._connection.execute("PRAGMA query_only = ON")
    with pytest.raises(VigintError):
        office.desk._step()
    assert office.sink.of(CameraHealth) == []
    office.desk._books()._connection.execute("PRAGMA query_only = OFF")
    office.desk._step()
    assert len(office.sink.of(CameraHealth)) == len(office.health) == 1
