"""Clips for browsers: H.264 as it is, everything else encoded again at the same times."""

import io

import av
import pytest

from tests.fakes.films import brightness, film, shown
from vigint_core.domain.fault import Code, VigintError
from vigint_core.media.clip import film as mp4_of
from vigint_core.media.web import for_browser


@pytest.mark.parametrize("b_frames", [0, 2])
def test_h264_stays_what_it_is(b_frames: int) -> None:
    clip = mp4_of(film(b_frames=b_frames))
    assert for_browser(clip) is clip


@pytest.mark.parametrize("codec", ["libx265", "mjpeg"])
def test_other_codecs_are_encoded_again_with_the_same_pictures_at_the_same_times(codec: str) -> None:
    clip = mp4_of(film(codec))
    page = for_browser(clip)

    with av.open(io.BytesIO(page)) as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert stream.codec_context.codec_tag == "avc1"
    assert page.index(b"moov") < page.index(b"mdat")
    assert shown(page) == shown(clip)
    assert brightness(page) == pytest.approx(brightness(clip), abs=4)


def test_what_is_no_clip_is_named() -> None:
    with pytest.raises(VigintError) as caught:
        for_browser(b"no clip at all")
    assert caught.value.code is Code.PIPELINE_ENCODE_FAILED
