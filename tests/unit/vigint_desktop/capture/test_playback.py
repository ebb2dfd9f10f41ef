"""Playback of an incident's clips: shown at once, paused, resumed, sought, resized, and its failures in words."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.fakes.clock import NOON_S, FakeClock
from tests.fakes.pictures import pictures
from tests.fakes.waiting import wait_until
from vigint_core.domain.frame import Frame
from vigint_core.media.clip import encode_clips
from vigint_core.ports import Clock
from vigint_desktop.capture.clip_sequence import Reel
from vigint_desktop.capture.playback import ClipPlayback


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """Four seconds at two pictures a second."""
    file = tmp_path / "clip.mp4"
    file.write_bytes(encode_clips(pictures(1000.0, 1004.0), [])[0])
    return file


@pytest.fixture
def play() -> Iterator[Callable[..., ClipPlayback]]:
    """Starts playbacks that are stopped at the end."""
    started: list[ClipPlayback] = []

    def start(
        *files: Path, language: str = "en", clock: Clock | None = None, at_wall_s: float | None = None
    ) -> ClipPlayback:
        reels = [Reel(file, NOON_S) for file in files]
        playback = ClipPlayback(reels, language, clock, at_wall_s)  # type: ignore[arg-type]  # the test names what it means
        started.append(playback)
        return playback

    yield start
    for playback in started:
        playback.stop()


def frame_of(playback: ClipPlayback) -> Frame:
    """The next frame, waited for."""
    taken: list[Frame] = []

    def took() -> bool:
        frame = playback.take()
        if frame:
            taken.append(frame)
        return bool(taken)

    assert wait_until(took, every_s=0.005)
    return taken[0]


def reaches(playback: ClipPlayback, position_s: float) -> bool:
    def there() -> bool:
        playback.take()
        return playback.position_s >= position_s

    return wait_until(there, every_s=0.005)


def test_it_plays_at_once_and_knows_its_length(clip: Path, play: Callable[..., ClipPlayback]) -> None:
    clock = FakeClock()
    playback = play(clip, clock=clock)
    assert frame_of(playback).number == 1
    assert playback.position_s == 0.0
    assert playback.duration_s == pytest.approx(4.0, abs=0.01)
    assert playback.failure == ""
    clock.advance(0.5)
    assert frame_of(playback).number == 2
    assert playback.position_s == pytest.approx(0.5, abs=0.01)


def test_frames_come_in_the_size_that_is_wanted_also_while_paused(
    clip: Path, play: Callable[..., ClipPlayback]
) -> None:
    playback = play(clip)
    frame_of(playback)
    playback.set_paused(paused=True)
    playback.show_at(32, 32)
    assert wait_until(lambda: frame_of(playback).width == 32)
    playback.show_at(0, 0)  # not on the screen: the size before stays


def test_a_seek_shows_the_picture_there_even_while_paused(clip: Path, play: Callable[..., ClipPlayback]) -> None:
    playback = play(clip)
    playback.set_paused(paused=True)
    playback.seek(3.2)
    assert reaches(playback, 3.0)
    assert playback.position_s == pytest.approx(3.0, abs=0.01)


def test_at_the_end_going_on_starts_over(clip: Path, play: Callable[..., ClipPlayback]) -> None:
    playback = play(clip)
    playback.seek(3.5)
    assert reaches(playback, 3.5)
    assert wait_until(lambda: playback._at_end, every_s=0.005)
    with playback._wished:  # at once: nothing is played in between, however slow the machine
        playback.set_paused(paused=False)
        playback.set_paused(paused=True)
    assert frame_of(playback)
    assert playback.position_s == 0.0


def test_a_missing_clip_is_told_in_the_users_language(tmp_path: Path, play: Callable[..., ClipPlayback]) -> None:
    english, french = play(tmp_path / "gone.mp4"), play(tmp_path / "gone.mp4", language="fr")
    assert wait_until(lambda: bool(english.failure and french.failure))
    assert english.failure == "This clip is no longer on this computer."
    assert french.failure.startswith("Cet extrait")
    assert english.take() is None


def test_a_damaged_clip_is_told(tmp_path: Path, play: Callable[..., ClipPlayback]) -> None:
    (tmp_path / "clip.mp4").write_text("no video at all")
    playback = play(tmp_path / "clip.mp4")
    assert wait_until(lambda: bool(playback.failure))
    assert "damaged" in playback.failure


def test_stopping_frees_the_thread(clip: Path, play: Callable[..., ClipPlayback]) -> None:
    playback = play(clip)
    frame_of(playback)
    playback.stop()
    assert "playback" not in {thread.name for thread in threading.enumerate()}


def test_it_begins_at_a_moment_and_tells_when_its_pictures_were_taken(
    clip: Path, play: Callable[..., ClipPlayback]
) -> None:
    shown = frame_of(play(clip, clock=FakeClock(), at_wall_s=NOON_S + 2.2))
    assert (shown.at.media_s, shown.at.wall_s) == (2.0, NOON_S + 2.0)
