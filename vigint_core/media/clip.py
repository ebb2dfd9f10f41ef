"""What a judge and a person get to see: windows encoded as small clips, stills, and cuts of original packets."""

import errno
import io
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import Final

import av
from av import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType, VideoFrame
from av.video.reformatter import ColorRange
from av.video.stream import VideoStream

from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.frame import Moment, Picture
from vigint_core.media.container import TICK, mp4, stream_header
from vigint_core.media.packets import TICKS_PER_S, EncodedPacket, PacketCut

_X264: Final = {
    "preset": "veryfast",
    "crf": "30",
    "maxrate": "600k",  # bounds the upload: 10 s are at most some 750 KiB, usually a fifth
    "bufsize": "1200k",
    "bf": "0",  # no reordering: any key frame starts a clip of its own
    "forced-idr": "1",
    "x264-params": "keyint=600:scenecut=0",  # key frames only where we ask for them
}
_JPEG_QUALITY: Final = 4
"""Of 1 (best) to 31, in the encoder's own scale; a 640x360 still takes some 40 KiB."""


def encode_clips(pictures: Sequence[Picture], lead: Sequence[Picture]) -> tuple[bytes, bytes]:
    """Encode a window, and the longer context that ends with it: ``(clip, context)``, H.264 in MP4 without audio.

    Everything is encoded once; the clip is the end of the context from ``pictures[0]`` on. The pictures keep their real
    distances in media time. Without a lead both are the same. The same pictures always give the same bytes.

    Raises VigintError: PIPELINE_NO_PICTURES for an empty window, PIPELINE_ENCODE_FAILED.
    """
    if not pictures:
        raise VigintError(Code.PIPELINE_NO_PICTURES)
    shown = _in_order([*lead, *pictures])
    try:
        start = next(index for index, picture in enumerate(shown) if picture.at.media_s >= pictures[0].at.media_s)
        header, packets = _encode(shown, key_at=shown[start])
        context = mp4(header, packets)
        return (mp4(header, packets[start:]) if start else context), context
    except (av.FFmpegError, ValueError) as error:
        raise VigintError(Code.PIPELINE_ENCODE_FAILED, type(error).__name__) from error


def encode_still(picture: Picture) -> bytes:
    """A picture as JPEG. Raises VigintError(PIPELINE_ENCODE_FAILED)."""
    try:
        frame = _frame(picture, picture.width, picture.height)
        full_range = frame.reformat(format="yuvj420p", dst_color_range=ColorRange.JPEG)
        encoder = VideoCodecContext.create("mjpeg", "w")
        encoder.width, encoder.height, encoder.pix_fmt = picture.width, picture.height, "yuvj420p"
        encoder.time_base = Fraction(1, 1)
        encoder.qmin = encoder.qmax = _JPEG_QUALITY
        full_range.pts, full_range.time_base = 0, encoder.time_base
        return b"".join(bytes(packet) for packet in [*encoder.encode(full_range), *encoder.encode(None)])
    except (av.FFmpegError, ValueError) as error:
        raise VigintError(Code.PIPELINE_ENCODE_FAILED, type(error).__name__) from error


def mux(cut: PacketCut, file: Path) -> None:
    """Write a camera's original packets as an MP4, whole or not at all; folders are made.

    Raises VigintError: PIPELINE_CLIP_UNSUPPORTED, DISK_FULL, PIPELINE_CLIP_FAILED (a folder that can't be written).
    """
    keep(film(cut), file)


def film(cut: PacketCut) -> bytes:
    """A camera's original packets as an MP4. Raises VigintError(PIPELINE_CLIP_UNSUPPORTED) for what MP4 can't hold."""
    try:
        return mp4(cut.header, cut.packets, cut.parameters)
    except (av.FFmpegError, ValueError) as error:
        raise VigintError(Code.PIPELINE_CLIP_UNSUPPORTED, type(error).__name__) from error


def keep(data: bytes, file: Path) -> None:
    """Write a file, whole or not at all; folders are made. Raises VigintError: DISK_FULL, PIPELINE_CLIP_FAILED."""
    fresh = file.with_name(f"{file.name}.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh.write_bytes(data)
        fresh.replace(file)
    except OSError as error:
        with suppress(OSError):  # what is left of it may lie on the disk that has just failed
            fresh.unlink(missing_ok=True)
        raise unwritable(error) from error


def unwritable(error: OSError) -> VigintError:
    """Our error for a clip or still that can't be written: a full disk is told apart, because its remedy is another."""
    code = Code.DISK_FULL if error.errno in {errno.ENOSPC, errno.EDQUOT} else Code.PIPELINE_CLIP_FAILED
    return VigintError(code, os.strerror(error.errno) if error.errno else type(error).__name__)


def _in_order(pictures: Sequence[Picture]) -> list[Picture]:
    """The pictures without those that do not move on in media time: none is shown twice."""
    shown: list[Picture] = []
    for picture in pictures:
        if not shown or _ticks(picture, shown[0]) > _ticks(shown[-1], shown[0]):
            shown.append(picture)
    return shown


def _encode(pictures: Sequence[Picture], key_at: Picture) -> tuple[bytes, list[EncodedPacket]]:
    """The stream's header and one packet a picture; key frames are the first one and ``key_at``.

    The encoder lives in a container that nobody reads: only there it keeps its parameters apart from the packets.
    """
    with av.open(io.BytesIO(), "w", format="mp4") as scratch:
        stream = scratch.add_stream("libx264", rate=2, options=_X264)
        context = stream.codec_context
        context.width, context.height, context.pix_fmt = key_at.width, key_at.height, "yuv420p"
        context.color_range, context.time_base = ColorRange.MPEG, TICK
        context.thread_count = 1  # the same bytes on every machine
        scratch.start_encoding()
        encoded = [packet for frame in _frames(pictures, key_at) for packet in stream.encode(frame)]
        encoded += stream.encode(None)
        header = stream_header(stream)
    return header, [_stored(packet, picture.at) for packet, picture in zip(encoded, pictures, strict=True)]


def _frames(pictures: Sequence[Picture], key_at: Picture) -> Iterator[VideoFrame]:
    for picture in pictures:
        frame = _frame(picture, key_at.width, key_at.height)
        frame.pts, frame.time_base = _ticks(picture, pictures[0]), TICK
        frame.pict_type = PictureType.I if picture is key_at else PictureType.NONE
        yield frame


def _frame(picture: Picture, width: int, height: int) -> VideoFrame:
    """The picture for an encoder; one of another size (the camera was set otherwise meanwhile) is scaled."""
    frame = VideoFrame.from_ndarray(picture.yuv, "yuv420p")
    frame.color_range = ColorRange.MPEG
    return frame if (picture.width, picture.height) == (width, height) else frame.reformat(width, height)


def _stored(packet: "Packet[VideoStream]", at: Moment) -> EncodedPacket:
    if packet.pts is None or packet.dts is None:
        raise ValueError("the encoder gave a packet without time")
    return EncodedPacket(bytes(packet), packet.pts, packet.dts, packet.is_keyframe, at)


def _ticks(picture: Picture, first: Picture) -> int:
    return round((picture.at.media_s - first.at.media_s) * TICKS_PER_S)
