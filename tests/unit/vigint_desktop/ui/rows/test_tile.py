"""A tile never calls an old picture live."""

import pytest

from tests.fakes.moments import camera, status
from vigint_core.domain.camera import CameraState, SourceKind
from vigint_core.domain.fault import Code
from vigint_desktop.ui.rows.tile import age_word, retry_word, state_word, tile_row
from vigint_desktop.ui.text import Texts


def test_a_camera_nobody_heard_of_is_not_said_to_be_live(words: Texts) -> None:
    row = tile_row(camera("Door"), None, words)

    assert not row.live
    assert row.state_word == "not started"


def test_a_fault_gives_cause_and_remedy_in_words(words: Texts) -> None:
    row = tile_row(camera("Door"), status("door", CameraState.UNAUTHORIZED, Code.CAMERA_UNAUTHORIZED), words)

    assert row.state_word == "no sign-in"
    assert row.cause == words.cause(Code.CAMERA_UNAUTHORIZED)
    assert row.remedy == words.remedy(Code.CAMERA_UNAUTHORIZED)


def test_a_demo_camera_says_so(words: Texts) -> None:
    assert tile_row(camera("Floor", SourceKind.DEMO), None, words).demo
    assert not tile_row(camera("Door"), None, words).demo


@pytest.mark.parametrize(
    ("age_s", "said"),
    [
        (None, ""),
        (0.1, ""),
        (2.0, ""),
        (2.1, "2 s old"),
        (12.9, "12 s old"),
        (119, "119 s old"),
        (125, "2 min old"),
        (7300, "2 h old"),
    ],
)
def test_a_picture_tells_its_age_from_two_seconds_on(age_s: float | None, said: str, words: Texts) -> None:
    assert age_word(age_s, words) == said


def test_a_live_camera_with_an_old_picture_is_late_and_not_live(words: Texts) -> None:
    row = tile_row(camera("Door"), status("door"), words)

    assert state_word(row, 0.1, words) == "live"
    assert state_word(row, 3.0, words) == "late"


def test_a_stalled_camera_stays_stalled_however_old_its_picture(words: Texts) -> None:
    row = tile_row(camera("Door"), status("door", CameraState.STALLED, Code.CAMERA_SILENT), words)

    assert state_word(row, 300.0, words) == "stalled"


@pytest.mark.parametrize(
    ("left_s", "said"),
    [(7.5, "Trying again in 8 s."), (0.2, "Trying again in 1 s."), (0.0, "Trying again."), (-3.0, "Trying again.")],
)
def test_the_next_try_is_counted_down(left_s: float, said: str, words: Texts) -> None:
    assert retry_word(100.0 + left_s, 100.0, words) == said


def test_no_try_is_promised_where_none_is_planned(words: Texts) -> None:
    assert retry_word(None, 100.0, words) == ""
