"""Clips of one camera as one film: what it shows, when, and what does not fit."""

import io

import av
import pytest

from tests.fakes.mp4 import mp4
from vigint_core.domain.fault import Code, VigintError
from vigint_core.media.join import Piece, joined
from vigint_core.media.probe import ClipLimits, probe

TEN_S, NINE_S = mp4(), mp4(frames=18)
"""Two pictures a second."""


def times(clip: bytes) -> list[float]:
    """When each picture is shown, decoded as whoever looks at it does."""
    with av.open(io.BytesIO(clip)) as container:
        return [float((frame.pts or 0) * (frame.time_base or 0)) for frame in container.decode(video=0)]


def test_one_clip_stays_what_it_shows() -> None:
    film = joined([Piece(100.0, TEN_S)])
    assert (film.start_s, times(film.clip)) == (100.0, times(TEN_S))


def test_clips_that_follow_each_other_are_one_film() -> None:
    film = joined([Piece(100.0, TEN_S), Piece(110.0, NINE_S)])
    assert film.start_s == 100.0
    assert times(film.clip) == [n / 2 for n in range(38)]
    assert probe(film.clip, ClipLimits()).frames == 38


def test_of_two_that_overlap_the_later_one_counts() -> None:
    film = joined([Piece(100.0, TEN_S), Piece(105.0, TEN_S), Piece(110.0, TEN_S)])
    assert times(film.clip) == [n / 2 for n in range(40)]


def test_each_picture_stands_when_it_was_taken_also_behind_a_gap() -> None:
    film = joined([Piece(100.0, TEN_S), Piece(115.5, NINE_S)])
    assert times(film.clip) == [*(n / 2 for n in range(20)), *(15.5 + n / 2 for n in range(18))]


def test_what_another_encoder_made_and_all_before_it_is_left_out() -> None:
    film = joined([Piece(90.0, TEN_S), Piece(100.0, mp4(width=640, height=360)), Piece(110.0, TEN_S)])
    assert (film.start_s, times(film.clip)) == (110.0, times(TEN_S))


def test_a_clip_that_begins_no_earlier_is_left_out() -> None:
    film = joined([Piece(100.0, NINE_S), Piece(100.0, TEN_S)])
    assert times(film.clip) == times(TEN_S)


def test_what_can_not_be_read_is_said_to_be() -> None:
    with pytest.raises(VigintError) as error:
        joined([Piece(100.0, b"no film")])
    assert error.value.code is Code.PIPELINE_ENCODE_FAILED
