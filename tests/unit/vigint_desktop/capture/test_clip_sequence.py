"""Several clips as one film."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.fakes.clock import NOON_S
from tests.fakes.films import film
from tests.fakes.pictures import pictures
from vigint_core.media.clip import encode_clips, mux
from vigint_core.media.packets import Origin, StreamPacket
from vigint_core.media.segment import Segment
from vigint_desktop.capture.clip_sequence import ClipSequence, ClipUnreadableError, Reel


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Three clips of 4, 2 and 4 seconds, two pictures a second."""
    made = []
    for number, seconds in enumerate((4, 2, 4)):
        file = tmp_path / f"{number}.mp4"
        file.write_bytes(encode_clips(pictures(1000.0, 1000.0 + seconds), [])[0])
        made.append(file)
    return made


def of(files: list[Path]) -> ClipSequence:
    return ClipSequence([Reel(file) for file in files])


def positions(sequence: ClipSequence, from_s: float) -> list[float]:
    return [at_s for at_s, _ in sequence.frames(from_s)]


def test_positions_run_on_over_the_files(files: list[Path]) -> None:
    sequence = of(files)
    assert sequence.length_s == pytest.approx(10, abs=0.01)
    assert positions(sequence, 0.0) == pytest.approx(list(np.arange(20) / 2), abs=0.01)


def test_it_starts_with_the_picture_in_force_at_a_position(files: list[Path]) -> None:
    assert positions(of(files), 4.8)[:3] == pytest.approx([4.5, 5.0, 5.5], abs=0.01)


@pytest.mark.parametrize("beyond_s", [9.9, 10.0, 500.0])
def test_beyond_the_end_there_is_the_last_picture(files: list[Path], beyond_s: float) -> None:
    assert positions(of(files), beyond_s) == pytest.approx([9.5], abs=0.01)


def test_a_clip_that_is_gone_or_damaged_is_left_out(files: list[Path]) -> None:
    files[0].unlink()
    files[1].write_text("no video at all")
    sequence = of(files)
    assert sequence.length_s == pytest.approx(4, abs=0.01)
    assert positions(sequence, 0.0) == pytest.approx(list(np.arange(8) / 2), abs=0.01)


def test_clips_that_are_all_gone(files: list[Path]) -> None:
    for file in files:
        file.unlink()
    with pytest.raises(ClipUnreadableError, match=r"playback\.gone"):
        of(files)


def test_clips_that_are_all_damaged(files: list[Path]) -> None:
    for file in files:
        file.write_text("no video at all")
    with pytest.raises(ClipUnreadableError, match=r"playback\.unreadable"):
        of(files)


def test_packets_that_are_in_no_file_yet_follow_where_the_file_ends(tmp_path: Path) -> None:
    cut = film(frames=40, gop=10)
    file = tmp_path / "recorded.mp4"
    mux(replace(cut, packets=cut.packets[:25]), file)
    rest = replace(cut, packets=cut.packets[20:])
    sequence = ClipSequence([Reel(file, NOON_S), Reel(rest, NOON_S + 2, skip_s=0.5)])

    assert positions(sequence, 0.0) == pytest.approx(list(np.arange(40) / 10), abs=0.01)
    assert positions(sequence, 3.0) == pytest.approx(list(np.arange(30, 40) / 10), abs=0.01)


def test_a_moment_has_a_place_in_the_film_and_a_gap_has_none(files: list[Path]) -> None:
    sequence = ClipSequence([Reel(files[0], NOON_S), Reel(files[1], NOON_S + 100), Reel(files[2], NOON_S + 200)])
    asked = [NOON_S - 50, NOON_S + 3, NOON_S + 50, NOON_S + 101, NOON_S + 999]
    assert [sequence.position_s(at_s) for at_s in asked] == pytest.approx([0, 3, 4, 5, 10], abs=0.01)
    walls = [sequence.wall_s(position_s) - NOON_S for position_s in (0, 3, 4, 5.5, 7)]
    assert walls == pytest.approx([0, 3, 100, 101.5, 201], abs=0.01)


def test_a_recording_that_was_torn_off_is_shown_up_to_there(tmp_path: Path) -> None:
    cut = film(frames=60, b_frames=2)
    first, *others = [StreamPacket(Origin(cut.header), packet) for packet in cut.packets]
    segment = Segment(tmp_path / "a.mp4", first)
    for each in others:
        segment.add(each)
    torn = tmp_path / "torn.mp4"
    torn.write_bytes(segment.file.read_bytes()[:-200])
    segment.abandon()

    seen = positions(ClipSequence([Reel(torn)]), 0.0)
    assert seen[0] == 0
    assert 20 <= len(seen) < 60


def test_nothing_but_the_beginning_of_a_recording_is_no_clip(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"\0\0\0\x20ftypisom" + bytes(20))
    with pytest.raises(ClipUnreadableError):
        ClipSequence([Reel(tmp_path / "a.mp4")])
