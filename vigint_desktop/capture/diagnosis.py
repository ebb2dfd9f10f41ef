"""What an error of the video library means, in our own codes and words.

The library's own texts are never passed on: they contain the address with user and password.
"""

import errno
from ipaddress import ip_address
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import av

from vigint_core.domain.camera import Camera, SourceKind
from vigint_core.domain.fault import Code, VigintError
from vigint_core.media.video_file import why_unopenable

_BY_NUMBER: Final = {
    errno.ECONNREFUSED: Code.CAMERA_UNREACHABLE,
    errno.EHOSTUNREACH: Code.CAMERA_UNREACHABLE,
    errno.ENETUNREACH: Code.CAMERA_UNREACHABLE,
    errno.EHOSTDOWN: Code.CAMERA_UNREACHABLE,
    errno.ENETDOWN: Code.CAMERA_UNREACHABLE,
    errno.EADDRNOTAVAIL: Code.CAMERA_UNREACHABLE,
    errno.ECONNRESET: Code.CAMERA_LOST,
    errno.ECONNABORTED: Code.CAMERA_LOST,
    errno.EPIPE: Code.CAMERA_LOST,
    errno.ENOTCONN: Code.CAMERA_LOST,
    errno.EPROTONOSUPPORT: Code.CAMERA_TRANSPORT,
    errno.EINVAL: Code.CAMERA_NOT_FOUND,  # no address, or none of a kind that is let in
}
"""What the system's number says of a camera on the network."""
_NOBODY_THERE: Final = frozenset({errno.EHOSTUNREACH, errno.ETIMEDOUT})
"""Late errors of connecting; a camera that accepts and then says nothing ends otherwise."""
_PLAIN: Final[dict[type[av.FFmpegError], Code]] = {
    av.HTTPUnauthorizedError: Code.CAMERA_UNAUTHORIZED,
    av.HTTPForbiddenError: Code.CAMERA_UNAUTHORIZED,
    av.HTTPNotFoundError: Code.CAMERA_NOT_FOUND,
    av.HTTPClientError: Code.CAMERA_REFUSED,
    av.HTTPServerError: Code.CAMERA_REFUSED,
}
"""What a camera answers in so many words, over RTSP as over HTTP; the first that fits."""
_LATE_SHARE: Final = 0.9
"""An error after this share of the time-out is the time-out, whatever the library calls it."""


def of_opening(error: av.FFmpegError, camera: Camera, elapsed_s: float, timeout_s: float) -> VigintError:
    """Why a stream could not be opened. ``elapsed_s``: since the attempt began."""
    return VigintError(_of_opening(error, camera, elapsed_s, timeout_s), in_words(error))


def _of_opening(error: av.FFmpegError, camera: Camera, elapsed_s: float, timeout_s: float) -> Code:
    for kind, code in _PLAIN.items():
        if isinstance(error, kind):
            return code
    if camera.kind is SourceKind.FILE:
        return why_unopenable(Path(camera.url))
    if isinstance(error, (av.DecoderNotFoundError, av.DemuxerNotFoundError, av.PatchWelcomeError)):
        return Code.CAMERA_UNSUPPORTED
    if camera.kind is SourceKind.USB:
        return Code.CAMERA_NO_DEVICE if error.errno in {errno.ENOENT, errno.ENODEV, errno.ENXIO} else Code.CAMERA_FAILED
    if error.errno == errno.EIO:
        return _of_input_error(camera)
    return _of_network(error, elapsed_s, timeout_s)


def of_reading(error: av.FFmpegError, elapsed_s: float, timeout_s: float) -> VigintError:
    """Why a stream broke. ``elapsed_s``: since the packet before."""
    if silence := of_waiting(elapsed_s, timeout_s):
        return silence
    if isinstance(error, av.HTTPUnauthorizedError):
        code = Code.CAMERA_UNAUTHORIZED
    elif isinstance(error, av.InvalidDataError):
        code = Code.CAMERA_FAILED
    else:
        code = Code.CAMERA_LOST
    return VigintError(code, in_words(error))


def of_waiting(elapsed_s: float, timeout_s: float) -> VigintError | None:
    """What a long wait means, even where a packet came of it: one that the library held back gives way when it ends."""
    if elapsed_s >= timeout_s * _LATE_SHARE:
        return VigintError(Code.CAMERA_SILENT, f"nothing for {elapsed_s:.0f} s")
    return None


def in_words(error: av.FFmpegError) -> str:
    """The error's kind and the system's own words for its number; nothing of the library's text."""
    number = error.errno if isinstance(error.errno, int) else 0
    known = f", {errno.errorcode[number]}" if number in errno.errorcode else ""
    return f"{type(error).__name__}{known}"


def _of_input_error(camera: Camera) -> Code:
    """The library's one word for a name that nobody knows and for an answer that ended before anything was in it."""
    try:
        ip_address(urlsplit(camera.url).hostname or "")
    except ValueError:
        return Code.CAMERA_UNREACHABLE
    return Code.CAMERA_NOT_VIDEO


def _of_network(error: av.FFmpegError, elapsed_s: float, timeout_s: float) -> Code:
    if elapsed_s >= timeout_s * _LATE_SHARE:
        return Code.CAMERA_UNREACHABLE if error.errno in _NOBODY_THERE else Code.CAMERA_SILENT
    if isinstance(error, (av.InvalidDataError, av.EOFError)):
        return Code.CAMERA_NOT_VIDEO
    return _BY_NUMBER.get(error.errno or 0, Code.CAMERA_FAILED)
