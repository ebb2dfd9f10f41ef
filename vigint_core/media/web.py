"""Clips for pages: what a camera sends stays; only what browsers can't show, and excerpts, are encoded again."""

import io
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import Final

import av
from av import Packet
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Interpolation
from av.video.stream import VideoStream

from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.incident import Clip
from vigint_core.domain.window import Span
from vigint_core.media.container import TICK, mp4, stream_header
from vigint_core.media.packets import NOWHERE, TICKS_PER_S, EncodedPacket
from vigint_core.media.redact import NOTHING_COVERED, Redaction

_SHOWN_EVERYWHERE: Final = frozenset({"yuv420p", "yuvj420p"})
"""Pixel formats that every browser's H.264 decoder takes; 4:2:2, 4:4:4 and 10 bits are for studios."""
_X264: Final = {"preset": "veryfast", "crf": "23", "bf": "0"}
_X264_EXCERPT: Final = {
    "preset": "veryfast",
    "crf": "25",
    "maxrate": "1000k",  # bounds what goes up the shop's line: 15 s are at most some 2 MiB, usually a third
    "bufsize": "2000k",
    "bf": "0",
    "g": "50",  # a click on a cited moment finds a key frame within two seconds
    "threads": "1",  # beside everything else that the program does
}
EXCERPT_WIDTH: Final = 640
"""Pixels that an excerpt is wide at most: as wide as what the models see."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A part of a film, small enough to be sent.

    Attributes:
        data: an MP4 of H.264 without sound.
        span: of its pictures, Unix time.
    """

    data: bytes
    span: Span


def redacted(clip: bytes, redaction: Redaction) -> bytes:
    """The clip, encoded again without what the privacy zones cover, as an MP4 of H.264.

    ``clip`` as for ``for_browser``. Raises VigintError(PIPELINE_ENCODE_FAILED).
    """
    try:
        with av.open(io.BytesIO(clip), "r", format="mp4") as container:
            return _encoded_again(container, container.streams.video[0], redaction)
    except (av.FFmpegError, ValueError, IndexError) as error:
        raise VigintError(Code.PIPELINE_ENCODE_FAILED, type(error).__name__) from error


def for_browser(clip: bytes) -> bytes:
    """The clip as a browser can play it: an MP4 of H.264, 4:2:0, index first.

    ``clip``: an MP4 with its index in front, as ``vigint_core.media.container.mp4`` makes it. It is returned as it is
    where it holds such H.264 already; H.265, Motion JPEG and whatever else can be decoded is encoded again, which takes
    about as long as the clip lasts (1080p, one core). Raises VigintError(PIPELINE_ENCODE_FAILED).
    """
    try:
        with av.open(io.BytesIO(clip), "r", format="mp4") as container:
            stream = container.streams.video[0]
            context = stream.codec_context
            if context.name == "h264" and context.pix_fmt in _SHOWN_EVERYWHERE:
                return clip
            return _encoded_again(container, stream, NOTHING_COVERED)
    except (av.FFmpegError, ValueError, IndexError) as error:
        raise VigintError(Code.PIPELINE_ENCODE_FAILED, type(error).__name__) from error


def excerpt(folder: Path, clips: Sequence[Clip], span: Span, redaction: Redaction) -> Excerpt:
    """The pictures of a span of Unix time, all of them, at most ``EXCERPT_WIDTH`` wide, as every browser plays them.

    ``clips``: of one camera, in order, files in ``folder``; where two overlap no picture is shown twice, and one whose
    file is gone is passed over. One core decodes and encodes, some 0.2 s for each second of 1080p (25 pictures).
    Raises VigintError: PIPELINE_CLIP_GONE where none of the files holds a picture of it, PIPELINE_ENCODE_FAILED.
    """
    shown = _of_span(folder, clips, span)
    try:
        first = next(shown, None)
        if first is None:
            raise VigintError(Code.PIPELINE_CLIP_GONE, "no file holds a picture of it")
        pictures = map(redaction.of_frame, _alike(first, shown))
        header, packets = _encoded(pictures, Fraction(25), _X264_EXCERPT)
    except (av.FFmpegError, ValueError, IndexError) as error:
        raise VigintError(Code.PIPELINE_ENCODE_FAILED, type(error).__name__) from error
    start_s, end_s = (span.start_s + packet.pts / TICKS_PER_S for packet in (packets[0], packets[-1]))
    return Excerpt(mp4(header, packets), Span(start_s, end_s))


def _encoded_again(source: InputContainer, shown: VideoStream, redaction: Redaction) -> bytes:
    """The same pictures at the same times, as an MP4 of H.264."""
    context = shown.codec_context
    pictures = _pictures(source, context.width // 2 * 2, context.height // 2 * 2)
    return mp4(*_encoded(map(redaction.of_frame, pictures), shown.average_rate or Fraction(25), _X264))


def _encoded(
    pictures: Iterator[VideoFrame], rate: Fraction, options: dict[str, str]
) -> tuple[bytes, list[EncodedPacket]]:
    """Header and packets of the pictures, all as large as the first, encoded in a container that nobody reads."""
    first = next(pictures, None)
    if first is None:
        raise ValueError("a film without pictures")
    with av.open(io.BytesIO(), "w", format="mp4") as scratch:
        stream = scratch.add_stream("libx264", rate=rate, options=options)
        encoder = stream.codec_context
        encoder.width, encoder.height, encoder.pix_fmt = first.width, first.height, "yuv420p"
        encoder.color_range, encoder.time_base = ColorRange.MPEG, TICK
        scratch.start_encoding()
        packets = [_stored(packet) for picture in chain((first,), pictures) for packet in stream.encode(picture)]
        packets += [_stored(packet) for packet in stream.encode(None)]
        return stream_header(stream), packets


def _pictures(source: InputContainer, width: int, height: int) -> Iterator[VideoFrame]:
    """The pictures of a film in the order of their times, none twice at the same time."""
    last = -1
    for frame in source.decode(video=0):
        if frame.pts is None:
            continue
        at = round(frame.pts * (frame.time_base or Fraction(1)) * TICKS_PER_S)
        if at <= last:
            continue
        last = at
        picture = frame.reformat(width, height, "yuv420p", dst_color_range=ColorRange.MPEG)
        picture.pts, picture.time_base = at, TICK
        yield picture


def _of_span(folder: Path, clips: Sequence[Clip], span: Span) -> Iterator[VideoFrame]:
    """The pictures of a span as they were decoded, in order; their times count from its start."""
    last = -1
    for clip in clips:
        if clip.span.end_s < span.start_s or clip.span.start_s > span.end_s:
            continue
        with suppress(FileNotFoundError), av.open(folder / clip.file, "r", format="mp4") as container:
            stream = container.streams.video[0]
            stream.codec_context.thread_count = 1
            for frame in container.decode(stream):
                if frame.pts is None:
                    continue
                media_s = float(frame.pts * (frame.time_base or Fraction(1)))
                at = round((clip.span.start_s + media_s - span.start_s) * TICKS_PER_S)
                if at > round(span.length_s * TICKS_PER_S):
                    break
                if at > last:
                    last = at
                    frame.pts, frame.time_base = at, TICK
                    yield frame


def _alike(first: VideoFrame, others: Iterator[VideoFrame]) -> Iterator[VideoFrame]:
    """All pictures in the size of the first, reduced to ``EXCERPT_WIDTH``: the sub stream may have stood in."""
    width = min(first.width, EXCERPT_WIDTH) // 2 * 2
    height = max(2, round(first.height * width / first.width) // 2 * 2)
    for frame in chain((first,), others):
        picture = frame.reformat(
            width, height, "yuv420p", dst_color_range=ColorRange.MPEG, interpolation=Interpolation.AREA, threads=1
        )
        picture.pts, picture.time_base = frame.pts, TICK
        yield picture


def _stored(packet: "Packet[VideoStream]") -> EncodedPacket:
    if packet.pts is None or packet.dts is None:
        raise ValueError("the encoder gave a packet without time")
    return EncodedPacket(bytes(packet), packet.pts, packet.dts, packet.is_keyframe, NOWHERE)
