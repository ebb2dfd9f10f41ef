"""Whatever lies on the timeline tells itself: what, from when to when, why, and what to do."""

from tests.fakes.moments import NOON_S, incident, snapshot, unwell, window
from vigint_core.domain.camera import CameraState
from vigint_core.domain.fault import Code
from vigint_core.domain.status import WindowResult
from vigint_desktop.ui.rows.runs import coalesce
from vigint_desktop.ui.rows.timeline import Mark
from vigint_desktop.ui.rows.told import told_health, told_mark, told_run, told_snapshot
from vigint_desktop.ui.text import Texts


def test_a_camera_that_was_not_well_tells_state_cause_and_remedy(words: Texts) -> None:
    said = told_health("Door", unwell(NOON_S, CameraState.FROZEN, Code.CAMERA_FROZEN), words)

    assert said.startswith("Door, ")
    assert said.splitlines()[0].endswith(": frozen")
    assert words.cause(Code.CAMERA_FROZEN) in said
    assert words.remedy(Code.CAMERA_FROZEN) in said


def test_one_that_is_still_not_well_tells_since_when(words: Texts) -> None:
    assert told_health("Door", unwell(NOON_S, closed=False), words).startswith("Door, since ")


def test_a_trouble_without_a_code_tells_its_state(words: Texts) -> None:
    assert told_health("Door", unwell(NOON_S, CameraState.STALLED, None), words).endswith(": stalled")


def test_what_was_saved_on_is_told_as_such(words: Texts) -> None:
    (run,) = coalesce([window(1, NOON_S, WindowResult.NOT_ANALYSED, Code.PIPELINE_SAVING)])

    said = told_run("Door", run, words)

    assert "not looked at: the computer could not keep up and left pictures out (clips: 1)" in said
    assert words.remedy(Code.PIPELINE_SAVING) in said


def test_a_sign_tells_how_many_it_stands_for(words: Texts) -> None:
    alone = told_mark(Mark(0.0, incident(1)), NOON_S, words)

    assert "A bottle goes into a bag." in alone
    assert "And more here: 3." in told_mark(Mark(0.0, incident(1), others=3), NOON_S, words)
    assert "And more" not in alone


def test_a_snapshot_tells_camera_and_time(words: Texts) -> None:
    assert told_snapshot("Door", snapshot(NOON_S), words).startswith("Door, ")
