"""Is this really a video, and within limits?"""

import pytest

from tests.fakes.mp4 import fragmented, mp4, patched, with_sound
from vigint_core.domain.fault import Code, VigintError
from vigint_core.media.probe import ClipFacts, ClipLimits, probe

GOOD = mp4(320, 180, frames=20, fps=2)
SAMPLE_COUNT = 8  # bytes from the name of the box stsz: version and flags, then the size of all, then the count


def code_of(clip: bytes, limits: ClipLimits | None = None) -> Code:
    with pytest.raises(VigintError) as raised:
        probe(clip, limits or ClipLimits())
    return raised.value.code


def test_a_good_clip_tells_its_measures() -> None:
    assert probe(GOOD, ClipLimits()) == ClipFacts(seconds=10.0, frames=20, width=320, height=180)


def test_real_footage_is_a_video(footage) -> None:
    clip = (footage / "incident" / "Shoplifting_1.mp4").read_bytes()
    facts = probe(clip, ClipLimits(seconds=600, frames=20_000))
    assert facts.frames > 100
    assert facts.seconds > 5


@pytest.mark.parametrize(
    "clip",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"not a video\n" * 500, id="text"),
        pytest.param(b"\x00\x00\x00\x10ftypisom\x00\x00\x02\x00", id="only a beginning"),
        pytest.param(GOOD[:-1], id="one byte short"),
        pytest.param(GOOD[: len(GOOD) // 2], id="half"),
        pytest.param(with_sound(video=False), id="only sound"),
        pytest.param(with_sound(video=True), id="sound beside video"),
        pytest.param(fragmented(), id="fragmented"),
        pytest.param(mp4(codec="libx265"), id="HEVC"),
        pytest.param(mp4(codec="mpeg4"), id="MPEG-4 part 2"),
        pytest.param(GOOD[:32] + b"\x00\x00\x00\x08free" * 5000 + GOOD[32:], id="thousands of boxes"),
    ],
)
def test_what_is_no_clip_of_ours_is_refused(clip: bytes) -> None:
    assert code_of(clip) is Code.CLIP_NOT_VIDEO


def test_a_video_whose_pictures_are_noise_is_refused() -> None:
    at = GOOD.index(b"mdat") + 4
    end = GOOD.index(b"moov") - 4
    assert code_of(GOOD[:at] + b"\x5a" * (end - at) + GOOD[end:]) is Code.CLIP_NOT_VIDEO


def test_bytes_are_counted_first() -> None:
    assert code_of(GOOD, ClipLimits(bytes=len(GOOD) - 1)) is Code.CLIP_TOO_LARGE
    assert probe(GOOD, ClipLimits(bytes=len(GOOD))).frames == 20


@pytest.mark.parametrize(("width", "height"), [(642, 360), (180, 642)])
def test_a_side_over_the_limit_is_refused(width: int, height: int) -> None:
    assert code_of(mp4(width, height, frames=2), ClipLimits(side=640)) is Code.CLIP_TOO_LARGE


def test_the_stream_is_believed_over_the_container() -> None:
    """The container says 320x180, the stream inside has 4096x4096: nothing of that size is decoded."""
    lie = patched(patched(mp4(4096, 4096, frames=1), b"avc1", 24, 320, 2), b"avc1", 26, 180, 2)
    assert code_of(lie) is Code.CLIP_TOO_LARGE


def test_seconds_over_the_limit_are_refused() -> None:
    assert code_of(GOOD, ClipLimits(seconds=9.9)) is Code.CLIP_TOO_LONG
    assert probe(GOOD, ClipLimits(seconds=10.0)).seconds == 10.0


def test_frames_over_the_limit_are_refused() -> None:
    assert code_of(GOOD, ClipLimits(frames=19)) is Code.CLIP_TOO_LONG
    assert probe(GOOD, ClipLimits(frames=20)).frames == 20


@pytest.mark.parametrize(
    ("table", "offset"),
    [
        pytest.param(b"stsz", SAMPLE_COUNT, id="sizes"),
        pytest.param(b"stts", SAMPLE_COUNT, id="times"),
    ],
)
def test_claimed_samples_are_refused_before_a_demuxer_believes_them(table: bytes, offset: int) -> None:
    assert code_of(patched(GOOD, table, offset, 2**31 - 1)) is Code.CLIP_TOO_LONG


def test_an_error_says_nothing_of_the_content() -> None:
    with pytest.raises(VigintError) as raised:
        probe(b"password=hunter2" * 100, ClipLimits())
    assert "hunter2" not in str(raised.value)
