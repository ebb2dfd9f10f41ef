"""Is this really a JPEG picture, and within limits? Asked before a stranger's still reaches a mail or a page.

Its size is read from its header before a decoder allocates by it, its scans are counted before one is decoded, and then
it is decoded once, by a decoder that takes no damage.
"""

from dataclasses import dataclass
from typing import Final

import av
import av.error
from av.video.codeccontext import VideoCodecContext

from vigint_core.domain.fault import Code, VigintError

_START, _END = b"\xff\xd8", b"\xff\xd9"
_SCAN: Final = b"\xff\xda"  # inside a scan every 0xff is followed by 0x00, so these two bytes begin one
_MOST_SCANS: Final = 32  # a progressive picture has 10 as a rule; each costs a walk over the whole picture
_MOST_SEGMENTS: Final = 256
_FRAME_HEADERS: Final = frozenset({0xC0, 0xC1, 0xC2})  # baseline, extended, progressive; all with Huffman codes
_OTHER_FRAMES: Final = frozenset(range(0xC3, 0xD0)) - {0xC4, 0xC8, 0xCC}


@dataclass(frozen=True, slots=True)
class StillLimits:
    """What a still may be at most: bytes of the file, pixels of the longer side."""

    bytes: int = 1024 * 1024
    side: int = 4096


def check_still(picture: bytes, limits: StillLimits) -> tuple[int, int]:
    """Prove that ``picture`` is a whole JPEG within ``limits`` that can be decoded; its width and height in pixels.

    Raises VigintError with CLIP_TOO_LARGE (bytes or pixels) or CLIP_NOT_PICTURE.
    """
    if len(picture) > limits.bytes:
        raise VigintError(Code.CLIP_TOO_LARGE, f"{len(picture)} bytes; at most {limits.bytes} are taken")
    if not picture.startswith(_START) or not picture.endswith(_END):
        raise _not_picture("does not begin or end like a JPEG")
    if picture.count(_SCAN) > _MOST_SCANS:
        raise _not_picture("too many scans")
    size = _size(picture)
    if max(size) > limits.side:
        raise VigintError(Code.CLIP_TOO_LARGE, f"{size[0]}x{size[1]} pixels; at most {limits.side} a side are taken")
    if _decoded_size(picture, limits) != size:
        raise _not_picture("is not what its header says")
    return size


def _size(picture: bytes) -> tuple[int, int]:
    """Width and height as the header claims them."""
    at = len(_START)
    for _ in range(_MOST_SEGMENTS):
        mark, kind = picture[at : at + 1], int.from_bytes(picture[at + 1 : at + 2])
        length = int.from_bytes(picture[at + 2 : at + 4])
        if mark != b"\xff" or length < 2 or kind in _OTHER_FRAMES:
            break
        if kind in _FRAME_HEADERS:
            return int.from_bytes(picture[at + 7 : at + 9]), int.from_bytes(picture[at + 5 : at + 7])
        at += 2 + length
    raise _not_picture("no frame header of a kind that is taken")


def _decoded_size(picture: bytes, limits: StillLimits) -> tuple[int, int]:
    decoder = VideoCodecContext.create("mjpeg", "r")
    decoder.thread_count = 1
    decoder.options = {"max_pixels": str(limits.side**2), "err_detect": "explode"}
    try:
        frames = [*decoder.decode(av.Packet(picture)), *decoder.decode(None)]
    except av.error.FFmpegError as error:
        raise _not_picture(f"{type(error).__name__} on decoding") from error
    if len(frames) != 1:
        raise _not_picture(f"{len(frames)} pictures")
    return frames[0].width, frames[0].height


def _not_picture(detail: str) -> VigintError:
    return VigintError(Code.CLIP_NOT_PICTURE, detail)
