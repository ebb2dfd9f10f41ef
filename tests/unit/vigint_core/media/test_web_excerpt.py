"""Excerpts: all pictures of a span, small, without what is covered, playable everywhere."""

import io
from pathlib import Path

import av
import pytest

from tests.fakes.films import FPS, brightness, film, shown
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.incident import Clip
from vigint_core.domain.window import Span
from vigint_core.domain.zone import Scene, Zone, ZoneUse
from vigint_core.media.clip import film as mp4_of
from vigint_core.media.redact import NOTHING_COVERED, Redaction
from vigint_core.media.web import EXCERPT_WIDTH, excerpt

AT_S = 1_800_000_000.0
LEFT = Redaction(Scene((Zone("p", "", ZoneUse.PRIVACY, ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0))),)))


def kept(folder: Path, name: str, start_s: float, frames: int = 20, **how: object) -> Clip:
    """A clip in the folder whose pictures are 0.1 s apart and get brighter; it begins ``start_s`` after ``AT_S``."""
    (folder / name).write_bytes(mp4_of(film(frames=frames, **how)))  # type: ignore[arg-type]
    return Clip(name, Span(AT_S + start_s, AT_S + start_s + (frames - 1) / FPS))


@pytest.mark.parametrize(("codec", "b_frames"), [("libx264", 0), ("libx264", 2), ("libx265", 0), ("mjpeg", 0)])
def test_an_excerpt_holds_every_picture_of_its_span(tmp_path: Path, codec: str, b_frames: int) -> None:
    clip = kept(tmp_path, "a.mp4", 0.0, codec=codec, b_frames=b_frames)
    made = excerpt(tmp_path, [clip], Span(AT_S + 0.5, AT_S + 1.2), NOTHING_COVERED)

    assert shown(made.data) == pytest.approx([n / 10 for n in range(8)])
    assert brightness(made.data) == pytest.approx(brightness((tmp_path / "a.mp4").read_bytes())[5:13], abs=4)
    assert (made.span.start_s, made.span.end_s) == pytest.approx((AT_S + 0.5, AT_S + 1.2), abs=0.001)


def test_it_plays_in_every_browser_and_begins_with_its_index(tmp_path: Path) -> None:
    clip = kept(tmp_path, "a.mp4", 0.0, codec="libx265", size=(1280, 720))
    made = excerpt(tmp_path, [clip], Span(AT_S, AT_S + 5), NOTHING_COVERED)

    with av.open(io.BytesIO(made.data)) as container:
        assert [stream.type for stream in container.streams] == ["video"]
        context = container.streams.video[0].codec_context
        assert (context.name, context.pix_fmt, context.codec_tag) == ("h264", "yuv420p", "avc1")
        assert (context.width, context.height) == (EXCERPT_WIDTH, 360)
    assert made.data.index(b"moov") < made.data.index(b"mdat")


def test_clips_that_follow_each_other_become_one_film_and_no_picture_comes_twice(tmp_path: Path) -> None:
    clips = [kept(tmp_path, "a.mp4", 0.0), kept(tmp_path, "b.mp4", 1.0, size=(128, 96))]  # a second of both
    made = excerpt(tmp_path, clips, Span(AT_S + 0.5, AT_S + 2.5), NOTHING_COVERED)

    assert shown(made.data) == pytest.approx([n / 10 for n in range(21)])


def test_a_clip_that_is_gone_is_passed_over(tmp_path: Path) -> None:
    clips = [Clip("gone.mp4", Span(AT_S, AT_S + 2)), kept(tmp_path, "b.mp4", 1.5)]
    made = excerpt(tmp_path, clips, Span(AT_S, AT_S + 2), NOTHING_COVERED)

    assert made.span.start_s == pytest.approx(AT_S + 1.5)
    assert shown(made.data) == pytest.approx([n / 10 for n in range(6)])


def test_what_a_privacy_zone_covers_is_not_in_it(tmp_path: Path) -> None:
    clip = kept(tmp_path, "a.mp4", 0.0, size=(1280, 720))
    made = excerpt(tmp_path, [clip], Span(AT_S, AT_S + 2), LEFT)

    with av.open(io.BytesIO(made.data)) as container:
        frames = [frame.to_ndarray(format="gray") for frame in container.decode(video=0)]
    assert len(frames) == 20
    assert max(int(frame[:, :316].max()) for frame in frames) <= 24
    assert frames[-1][:, 330:].mean() > 150


@pytest.mark.parametrize("there", [True, False])
def test_without_a_picture_of_its_span_there_is_none(tmp_path: Path, there: bool) -> None:
    clip = kept(tmp_path, "a.mp4", 0.0)
    if not there:
        (tmp_path / "a.mp4").unlink()
    with pytest.raises(VigintError) as caught:
        excerpt(tmp_path, [clip], Span(AT_S + (60 if there else 0), AT_S + 75), NOTHING_COVERED)
    assert caught.value.code is Code.PIPELINE_CLIP_GONE


def test_a_file_that_is_no_film_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"no film at all")
    with pytest.raises(VigintError) as caught:
        excerpt(tmp_path, [Clip("a.mp4", Span(AT_S, AT_S + 2))], Span(AT_S, AT_S + 2), NOTHING_COVERED)
    assert caught.value.code is Code.PIPELINE_ENCODE_FAILED
