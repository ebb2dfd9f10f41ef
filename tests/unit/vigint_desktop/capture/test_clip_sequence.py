"""Several clips as one film."""

from pathlib import Path

import numpy as np
import pytest

from tests.fakes.pictures import pictures
from vigint_core.media.clip import encode_clips
from vigint_desktop.capture.clip_sequence import ClipSequence, ClipUnreadableError


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Three clips of 4, 2 and 4 seconds, two pictures a second."""
    made = []
    for number, seconds in enumerate((4, 2, 4)):
        file = tmp_path / f"{number}.mp4"
        file.write_bytes(encode_clips(pictures(1000.0, 1000.0 + seconds), [])[0])
        made.append(file)
    return made


def positions(sequence: ClipSequence, from_s: float) -> list[float]:
    return [at_s for at_s, _ in sequence.frames(from_s)]


def test_positions_run_on_over_the_files(files: list[Path]) -> None:
    sequence = ClipSequence(files)
    assert sequence.length_s == pytest.approx(10, abs=0.01)
    assert positions(sequence, 0.0) == pytest.approx(list(np.arange(20) / 2), abs=0.01)


def test_it_starts_with_the_picture_in_force_at_a_position(files: list[Path]) -> None:
    assert positions(ClipSequence(files), 4.8)[:3] == pytest.approx([4.5, 5.0, 5.5], abs=0.01)


@pytest.mark.parametrize("beyond_s", [9.9, 10.0, 500.0])
def test_beyond_the_end_there_is_the_last_picture(files: list[Path], beyond_s: float) -> None:
    assert positions(ClipSequence(files), beyond_s) == pytest.approx([9.5], abs=0.01)


def test_a_clip_that_is_gone(files: list[Path]) -> None:
    files[1].unlink()
    with pytest.raises(ClipUnreadableError, match=r"playback\.gone"):
        ClipSequence(files)


def test_a_clip_that_is_damaged(files: list[Path]) -> None:
    files[1].write_text("no video at all")
    with pytest.raises(ClipUnreadableError, match=r"playback\.unreadable"):
        ClipSequence(files)
