"""Clips for pages: what a camera sends stays what it is; only what browsers can't show is encoded again."""

import io
from collections.abc import Iterator
from fractions import Fraction
from typing import Final

import av
from av import Packet
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange
from av.video.stream import VideoStream

from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.frame import Moment
from vigint_core.media.container import TICK, mp4, stream_header
from vigint_core.media.packets import TICKS_PER_S, EncodedPacket
from vigint_core.media.redact import NOTHING_COVERED, Redaction

_SHOWN_EVERYWHERE: Final = frozenset({"yuv420p", "yuvj420p"})
"""Pixel formats that every browser's H.264 decoder takes; 4:2:2, 4:4:4 and 10 bits are for studios."""
_X264: Final = {"preset": "veryfast", "crf": "23", "bf": "0"}
_NOWHERE: Final = Moment(0.0, 0.0, 0.0)  # a film's packets are cut by nobody: only their timestamps count


def redacted(clip: bytes, redaction: Redaction) -> bytes:
    """The clip, encoded again without what the privacy zones cover, as an MP4 of H.264.

    ``clip`` as for ``for_browser``. Raises VigintError(PIPELINE_ENCODE_FAILED).
    """
    try:
        with av.open(io.BytesIO(clip), "r", format="mp4") as container:
            return mp4(*_encoded_again(container, container.streams.video[0], redaction))
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
            return mp4(*_encoded_again(container, stream, NOTHING_COVERED))
    except (av.FFmpegError, ValueError, IndexError) as error:
        raise VigintError(Code.PIPELINE_ENCODE_FAILED, type(error).__name__) from error


def _encoded_again(
    source: InputContainer, shown: VideoStream, redaction: Redaction
) -> tuple[bytes, list[EncodedPacket]]:
    """Header and packets of the same pictures at the same times, encoded in a container that nobody reads."""
    context = shown.codec_context
    with av.open(io.BytesIO(), "w", format="mp4") as scratch:
        stream = scratch.add_stream("libx264", rate=shown.average_rate or 25, options=_X264)
        encoder = stream.codec_context
        encoder.width, encoder.height, encoder.pix_fmt = context.width // 2 * 2, context.height // 2 * 2, "yuv420p"
        encoder.color_range, encoder.time_base = ColorRange.MPEG, TICK
        scratch.start_encoding()
        pictures = map(redaction.of_frame, _pictures(source, encoder.width, encoder.height))
        packets = [_stored(packet) for picture in pictures for packet in stream.encode(picture)]
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


def _stored(packet: "Packet[VideoStream]") -> EncodedPacket:
    if packet.pts is None or packet.dts is None:
        raise ValueError("the encoder gave a packet without time")
    return EncodedPacket(bytes(packet), packet.pts, packet.dts, packet.is_keyframe, _NOWHERE)
