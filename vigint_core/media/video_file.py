"""A file that ought to be a video, and what is said where it isn't one: capture and replay say the same of it.

Raises and returns VigintError with CAMERA_* codes: to the program a file is a camera.
"""

from pathlib import Path
from typing import Final

from av.container import InputContainer
from av.stream import Disposition
from av.video.stream import VideoStream

from vigint_core.domain.fault import Code, VigintError

_DRAWN: Final = frozenset({"ansi", "bintext", "xbin", "idf"})
"""Texts, which the library draws."""
_STILL: Final = ("image2", "_pipe")
"""How the names of formats end that hold one picture, read from a file or as it comes."""


def why_hopeless(file: Path) -> VigintError | None:
    """What can be said without the library, or None for a file that is worth opening."""
    try:
        if not file.is_file():
            return VigintError(Code.CAMERA_NOT_VIDEO if file.is_dir() else Code.CAMERA_NOT_FOUND)
        return VigintError(Code.CAMERA_EMPTY) if file.stat().st_size == 0 else None
    except OSError as error:
        return VigintError(Code.CAMERA_NOT_FOUND, error.strerror or "")


def why_unopenable(file: Path) -> Code:
    """Why the library could not open a file.

    An MP4 that begins well and can't be opened has lost its index, which stands at the end of most of them.
    """
    try:
        with file.open("rb") as opened:
            start = opened.read(12)
    except FileNotFoundError:
        return Code.CAMERA_NOT_FOUND
    except OSError:
        return Code.CAMERA_FAILED
    return Code.CAMERA_TRUNCATED if start[4:8] == b"ftyp" else Code.CAMERA_NOT_VIDEO


def moving_stream(container: InputContainer) -> VideoStream:
    """The first stream of moving pictures; the cover of a song is none.

    Raises VigintError: CAMERA_NO_VIDEO_STREAM, CAMERA_NOT_VIDEO (a text, a still picture), CAMERA_UNSUPPORTED.
    """
    if container.format.name.endswith(_STILL):
        raise VigintError(Code.CAMERA_NOT_VIDEO, "a still picture")
    for stream in container.streams.video:
        if stream.disposition & Disposition.attached_pic:
            continue
        if stream.codec_context is None:
            raise VigintError(Code.CAMERA_UNSUPPORTED, "no decoder for this codec")
        if stream.codec_context.name in _DRAWN:
            raise VigintError(Code.CAMERA_NOT_VIDEO, "a text")
        return stream
    raise VigintError(Code.CAMERA_NO_VIDEO_STREAM)
