"""Is this really a video, and within limits? Asked before a stranger's upload reaches a model or the books.

Bounded in every direction: the file's claims are read before a demuxer believes them, packets are counted as they come,
and one picture is decoded, never larger than allowed.
"""

import io
from dataclasses import dataclass
from typing import Any, Final

import av
import av.error
from av.container import InputContainer
from av.video.stream import VideoStream

from vigint_core.domain.fault import Code, VigintError
from vigint_core.media.boxes import BrokenFileError, FileBytes, read_tracks

_MOST_TRIES: Final = 32  # packets given to the decoder before its first picture must be out


@dataclass(frozen=True, slots=True)
class ClipLimits:
    """What a clip may be at most. The defaults leave our own clips (640 px, 2 frames a second) ample room.

    Attributes:
        bytes: of the whole file.
        seconds: from the first to the end of the last frame.
        frames: in the file, by its tables and by count.
        side: pixels of the longer side.
    """

    bytes: int = 8 * 1024 * 1024
    seconds: float = 60.0
    frames: int = 2000
    side: int = 1920


@dataclass(frozen=True, slots=True)
class ClipFacts:
    """What a clip was found to be: seconds, frames and pixels."""

    seconds: float
    frames: int
    width: int
    height: int


def probe(clip: FileBytes, limits: ClipLimits) -> ClipFacts:
    """Prove that ``clip`` is one H.264 video track in a plain MP4 file, within ``limits``, that can be decoded.

    Raises VigintError with CLIP_TOO_LARGE (bytes or pixels), CLIP_TOO_LONG (seconds or frames) or CLIP_NOT_VIDEO.
    """
    if len(clip) > limits.bytes:
        raise VigintError(Code.CLIP_TOO_LARGE, f"{len(clip)} bytes; at most {limits.bytes} are taken")
    _check_tracks(clip, limits)
    try:
        with _opened(clip, limits) as container:
            return _examine(container, limits)
    except (av.error.FFmpegError, UnicodeDecodeError) as error:
        raise _not_video(f"{type(error).__name__} on opening") from error


def _opened(clip: FileBytes, limits: ClipLimits) -> InputContainer:
    """The file behind a demuxer, which looks at the stream too: with the same bound on pixels as the decoder later."""
    per_stream: Any = [{"max_pixels": str(limits.side**2), "threads": "1"}]  # PyAV's own hints say list[str]
    return av.open(
        io.BytesIO(clip) if isinstance(clip, bytes) else clip,
        mode="r",
        format="mp4",
        options={"ignore_editlist": "1"},  # an edit list could repeat the samples many times over
        stream_options=per_stream,
    )


def _check_tracks(clip: FileBytes, limits: ClipLimits) -> None:
    try:
        tracks = read_tracks(clip)
    except BrokenFileError as error:
        raise _not_video(str(error)) from error
    if [track.handler for track in tracks] != ["vide"]:
        raise _not_video("not exactly one track, of video")
    if tracks[0].samples > limits.frames:
        raise _too_long(f"claims {tracks[0].samples} frames; at most {limits.frames} are taken")


def _examine(container: InputContainer, limits: ClipLimits) -> ClipFacts:
    stream = container.streams.video[0]
    if stream.codec_context.name != "h264":
        raise _not_video("not H.264")
    _check_size(stream.width, stream.height, limits)
    stream.codec_context.options = {"max_pixels": str(limits.side**2)}
    width, height = _first_picture(container, stream)
    _check_size(width, height, limits)
    container.seek(0)
    frames, seconds = _extent(container, stream, limits)
    return ClipFacts(seconds, frames, width, height)


def _check_size(width: int, height: int, limits: ClipLimits) -> None:
    if max(width, height) > limits.side:
        raise VigintError(Code.CLIP_TOO_LARGE, f"{width}x{height} pixels; at most {limits.side} a side are taken")


def _first_picture(container: InputContainer, stream: VideoStream) -> tuple[int, int]:
    """Width and height of the first picture that can be decoded."""
    for tried, packet in enumerate(container.demux(stream)):
        for frame in packet.decode():
            return frame.width, frame.height
        if tried >= _MOST_TRIES:
            break
    raise _not_video("no picture could be decoded")


def _extent(container: InputContainer, stream: VideoStream, limits: ClipLimits) -> tuple[int, float]:
    """Frames and seconds, counted packet by packet; stops at the first one beyond the limits."""
    time_base = float(stream.time_base or 0)
    starts: list[int] = []
    end = 0
    for packet in container.demux(stream):
        if packet.pts is None:
            continue  # the empty packet that ends the stream
        starts.append(packet.pts)
        end = max(end, packet.pts + (packet.duration or 0))
        if len(starts) > limits.frames:
            raise _too_long(f"more than {limits.frames} frames")
        if (end - min(starts[0], packet.pts)) * time_base > limits.seconds:
            raise _too_long(f"longer than {limits.seconds:g} s")
    if not starts:
        raise _not_video("no frame with a time")
    return len(starts), (end - min(starts)) * time_base


def _not_video(detail: str) -> VigintError:
    return VigintError(Code.CLIP_NOT_VIDEO, detail)


def _too_long(detail: str) -> VigintError:
    return VigintError(Code.CLIP_TOO_LONG, detail)
