"""The folder of recordings: names that are times, searches, strangers left alone."""

import os
import time
from pathlib import Path

import pytest

from vigint_core.domain.ids import CameraId
from vigint_core.policy.retention import Kept
from vigint_desktop.pipeline.recording_folder import RecordingFolder, start_of

DOOR, TILL = CameraId("door"), CameraId("till")
NOON_S = 1_800_000_000.0  # 15 January 2027, 08:00 UTC


@pytest.fixture
def recordings(tmp_path: Path) -> RecordingFolder:
    return RecordingFolder(tmp_path)


def put(recordings: RecordingFolder, camera_id: CameraId, start_s: float, size: int = 1) -> Path:
    file = recordings.place(camera_id, start_s)
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(bytes(size))
    return file


def test_a_name_is_the_time_in_utc_wherever_the_shop_is(
    recordings: RecordingFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(os.environ, "TZ", "America/New_York")
    time.tzset()
    file = recordings.place(DOOR, NOON_S + 0.1234)
    monkeypatch.undo()
    time.tzset()
    assert file == recordings.folder / "door" / "20270115T080000.123Z.mp4"
    assert start_of(file.name) == pytest.approx(NOON_S + 0.123, abs=1e-6)


@pytest.mark.parametrize("name", ["holiday.mp4", "20270115T080000.123Z.mp4.part", "२0270115T080000.123Z.mp4"])
def test_other_files_are_no_segments_and_stay(recordings: RecordingFolder, name: str) -> None:
    put(recordings, DOOR, NOON_S)
    (recordings.folder / "door" / name).touch()
    assert start_of(name) is None
    assert len(recordings.files()) == 1
    assert len(recordings.segments(DOOR, 0, 10)) == 1


def test_all_cameras_segments_are_listed_with_size_and_start_and_can_go(recordings: RecordingFolder) -> None:
    one, other = put(recordings, DOOR, NOON_S, 5), put(recordings, TILL, NOON_S + 60, 7)
    assert sorted(recordings.files(), key=lambda kept: kept.since_s) == [
        Kept(recordings.name(one), 5, NOON_S),
        Kept(recordings.name(other), 7, NOON_S + 60),
    ]
    recordings.remove(recordings.name(one))
    recordings.remove(recordings.name(one))
    assert [kept.name for kept in recordings.files()] == [recordings.name(other)]


def test_a_search_finds_the_segment_of_a_moment_and_what_follows(recordings: RecordingFolder) -> None:
    first, second, third = (put(recordings, DOOR, NOON_S + at_s) for at_s in (0, 60, 120))
    put(recordings, TILL, NOON_S)
    assert recordings.segments(DOOR, NOON_S + 70, 10) == [second, third]
    assert recordings.segments(DOOR, NOON_S + 60, 1) == [second]
    assert recordings.segments(DOOR, NOON_S - 500, 2) == [first, second]
    assert recordings.segments(DOOR, NOON_S + 5000, 10) == [third]
    assert recordings.segments(CameraId("nobody"), NOON_S, 10) == []


def test_digits_that_are_no_date_are_no_segment(recordings: RecordingFolder) -> None:
    assert start_of("20271399T999999.123Z.mp4") is None
