"""A tile never calls an old picture live."""

import pytest

from tests.fakes.moments import camera, status
from vigint_core.domain.camera import CameraState, SourceKind
from vigint_core.domain.fault import Code
from vigint_core.domain.status import Health
from vigint_core.domain.verdict import Severity
from vigint_desktop.ui.rows.tile import (
    TileMarks,
    age_word,
    band_row,
    explanation,
    health_of,
    retry_word,
    state_word,
    tile_row,
)
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


@pytest.mark.parametrize("state", CameraState)
def test_every_state_has_a_sign_and_a_word_in_every_language(state: CameraState) -> None:
    for language in ("en", "fr"):
        row = tile_row(camera("Door"), status("door", state), Texts(language))  # type: ignore[arg-type]

        assert row.state_word
    assert (health_of(state) is Health.OK) == (state is CameraState.LIVE)


def test_only_a_new_view_stays_unveiled_while_it_is_explained(words: Texts) -> None:
    veiled = {state for state in CameraState if tile_row(camera("Door"), status("door", state), words).veiled}

    assert set(CameraState) - veiled == {CameraState.LIVE, CameraState.COVERED}


def test_only_a_new_view_can_be_confirmed(words: Texts) -> None:
    can = [state for state in CameraState if tile_row(camera("Door"), status("door", state), words).can_confirm]

    assert can == [CameraState.COVERED]


def test_a_camera_at_rest_is_explained_and_not_blamed(words: Texts) -> None:
    row = tile_row(camera("Door"), status("door", CameraState.ASLEEP, Code.CAMERA_UNREACHABLE), words)

    assert explanation(row, 400.0, 0.0, words, 400) == ("The camera is asleep, as it may be.",)


def test_a_wide_band_says_everything_and_a_narrow_one_what_matters(words: Texts) -> None:
    row = tile_row(camera("Door"), status("door"), words, 3)
    marks = TileMarks(moving=True, saving=True, recording=True, severity=Severity.HIGH)

    wide, narrow = (band_row(row, marks, 0.1, 0.0, words, px) for px in (600, 150))

    assert (wide.number, wide.said) == ("3", "movement · saving · live")
    assert wide.clock != ""
    assert (narrow.said, narrow.clock) == ("saving", "")
    assert wide.recording
    assert narrow.recording
    assert wide.severity is narrow.severity is Severity.HIGH
    assert wide.health is narrow.health is Health.DEGRADED


def test_a_camera_that_sends_nothing_neither_saves_nor_moves(words: Texts) -> None:
    row = tile_row(camera("Door"), status("door", CameraState.FAILED), words)

    assert band_row(row, TileMarks(moving=True, saving=True), None, None, words, 600).said == "failed"


def test_the_age_stands_where_there_is_room_for_it(words: Texts) -> None:
    row = tile_row(camera("Door"), status("door", CameraState.FAILED, Code.CAMERA_LOST, 105.0), words)
    wide, narrow = 400, 150

    assert band_row(row, TileMarks(), 12.0, 0.0, words, wide).said == "failed · 12 s old"
    assert band_row(row, TileMarks(), 12.0, 0.0, words, narrow).said == "failed"
    assert explanation(row, 12.0, 100.0, words, wide) == (row.cause, row.remedy, "Trying again in 6 s.")
    assert explanation(row, 12.0, 100.0, words, narrow)[1] == "12 s old"


def test_a_live_camera_needs_no_explanation(words: Texts) -> None:
    assert explanation(tile_row(camera("Door"), status("door"), words), 9.0, 0.0, words, 400) == ()


def test_the_band_tells_the_zoom(words: Texts) -> None:
    row = tile_row(camera("Floor", SourceKind.DEMO), status("floor"), words)

    assert band_row(row, TileMarks(zoom=2.44), 0.1, 0.0, words, 900).tags == ("DEMO", "×2.4")
    assert band_row(row, TileMarks(zoom=2.0, native=True), 0.1, 0.0, words, 900).tags == ("DEMO", "×2.0 · 1:1")
