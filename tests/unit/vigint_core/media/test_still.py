"""Only a whole JPEG of bounded size gets through, and what is none is refused in bounded time."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes.kept import jpeg
from tests.fakes.mp4 import mp4
from vigint_core.domain.fault import Code, VigintError
from vigint_core.media.still import StillLimits, check_still

LIMITS = StillLimits()
GOOD = jpeg()


def refused(picture: bytes, limits: StillLimits = LIMITS) -> Code:
    with pytest.raises(VigintError) as caught:
        check_still(picture, limits)
    return caught.value.code


@pytest.mark.parametrize(
    "picture", [GOOD, jpeg(progressive=True), jpeg(grey=True)], ids=["base", "progressive", "grey"]
)
def test_a_picture_is_taken(picture: bytes) -> None:
    assert check_still(picture, LIMITS) == (320, 180)


@pytest.mark.parametrize(
    "picture",
    [
        b"",
        b"\xff\xd8",
        b"\xff\xd8\xff\xd9",
        GOOD[:-2],
        GOOD[: len(GOOD) // 2],
        GOOD[: len(GOOD) // 2] + b"\xff\xd9",
        GOOD[2:],
        b"\x89PNG\r\n\x1a\n" + GOOD,
        mp4(),
        b"\xff\xd8" + b"\xff\xe0\x00\x02" * 10_000 + b"\xff\xd9",
        b"\xff\xd8\xff\xc3" + GOOD[4:],
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    ],
)
def test_what_is_no_whole_picture_is_refused(picture: bytes) -> None:
    assert refused(picture) is Code.CLIP_NOT_PICTURE


def with_size(width: int, height: int) -> bytes:
    at = GOOD.index(b"\xff\xc0") + 5
    return GOOD[:at] + height.to_bytes(2, "big") + width.to_bytes(2, "big") + GOOD[at + 4 :]


def test_a_bomb_is_refused_before_anything_is_decoded() -> None:
    began = time.monotonic()
    assert refused(with_size(65_535, 65_535)) is Code.CLIP_TOO_LARGE
    assert time.monotonic() - began < 0.5


def test_the_header_must_say_what_is_there() -> None:
    for size in ((0, 180), (320, 0), (4096, 4096)):
        assert refused(with_size(*size)) is Code.CLIP_NOT_PICTURE


def test_a_picture_of_endless_scans_is_refused() -> None:
    """A megabyte holds tens of thousands of them, and each would cost a walk over the whole picture."""
    progressive = jpeg(progressive=True)
    scan = progressive[progressive.rindex(b"\xff\xda") : -2]
    assert refused(progressive[:-2] + scan * 40 + b"\xff\xd9") is Code.CLIP_NOT_PICTURE


def test_limits() -> None:
    assert refused(GOOD, StillLimits(bytes=len(GOOD) - 1)) is Code.CLIP_TOO_LARGE
    assert refused(GOOD, StillLimits(side=319)) is Code.CLIP_TOO_LARGE
    assert check_still(GOOD, StillLimits(len(GOOD), 320)) == (320, 180)


@settings(max_examples=60)
@given(st.binary(max_size=300), st.integers(2, len(GOOD) - 2))
def test_whatever_is_written_into_a_picture_is_judged(noise: bytes, at: int) -> None:
    picture = GOOD[:at] + noise + GOOD[at + len(noise) :]
    assert judged(picture) in {None, Code.CLIP_NOT_PICTURE, Code.CLIP_TOO_LARGE}


def judged(picture: bytes) -> Code | None:
    try:
        size = check_still(picture, LIMITS)
    except VigintError as error:
        return error.code
    return None if max(size) <= LIMITS.side else Code.INTERNAL
