"""The library's errors in our own codes, without a word of theirs."""

import errno
from pathlib import Path

import av
import pytest

from vigint_core.domain.camera import Camera, SourceKind
from vigint_core.domain.fault import Code
from vigint_core.domain.ids import CameraId
from vigint_desktop.capture import diagnosis

SECRET = "pa55word"
URL = f"rtsp://guard:{SECRET}@127.0.0.1/stream"
RTSP = Camera(CameraId("door"), "Door", SourceKind.RTSP, "rtsp://127.0.0.1/stream", "guard")
USB = Camera(CameraId("usb"), "Usb", SourceKind.USB, "0")


def network(number: int) -> av.FFmpegError:
    return av.error.OSError(number, "text", URL)


@pytest.mark.parametrize(
    ("error", "elapsed_s", "code"),
    [
        (av.HTTPUnauthorizedError(1, "text", URL), 0.1, Code.CAMERA_UNAUTHORIZED),
        (av.HTTPForbiddenError(1, "text", URL), 0.1, Code.CAMERA_UNAUTHORIZED),
        (av.HTTPNotFoundError(1, "text", URL), 0.1, Code.CAMERA_NOT_FOUND),
        (network(errno.ECONNREFUSED), 0.1, Code.CAMERA_UNREACHABLE),
        (network(errno.EHOSTUNREACH), 3.9, Code.CAMERA_UNREACHABLE),
        (network(errno.ETIMEDOUT), 4.0, Code.CAMERA_UNREACHABLE),
        (network(errno.EIO), 0.1, Code.CAMERA_NOT_VIDEO),
        (network(errno.ECONNRESET), 0.1, Code.CAMERA_LOST),
        (av.InvalidDataError(1, "text", URL), 4.0, Code.CAMERA_SILENT),
        (av.InvalidDataError(1, "text", URL), 0.1, Code.CAMERA_NOT_VIDEO),
        (av.DecoderNotFoundError(1, "text", URL), 0.1, Code.CAMERA_UNSUPPORTED),
        (network(errno.EBUSY), 0.1, Code.CAMERA_FAILED),
        (network(errno.EINVAL), 0.1, Code.CAMERA_NOT_FOUND),
        (network(errno.EPROTONOSUPPORT), 0.1, Code.CAMERA_TRANSPORT),
        (av.HTTPServerError(1, "text", URL), 0.1, Code.CAMERA_REFUSED),
        (av.HTTPOtherClientError(1, "text", URL), 0.1, Code.CAMERA_REFUSED),
    ],
)
def test_why_a_camera_could_not_be_opened(error: av.FFmpegError, elapsed_s: float, code: Code) -> None:
    said = diagnosis.of_opening(error, RTSP, elapsed_s, 4.0)
    assert said.code is code
    assert SECRET not in str(said)
    assert "127.0.0.1" not in said.detail


def test_a_name_that_nobody_knows_is_unreachable() -> None:
    named = Camera(CameraId("door"), "Door", SourceKind.RTSP, "rtsp://door.shop.invalid/stream")
    assert diagnosis.of_opening(network(errno.EIO), named, 0.1, 4.0).code is Code.CAMERA_UNREACHABLE


@pytest.mark.parametrize("number", [errno.ENOENT, errno.ENODEV, errno.ENXIO])
def test_an_unplugged_usb_camera_is_a_device_that_is_not_there(number: int) -> None:
    assert diagnosis.of_opening(network(number), USB, 0.0, 4.0).code is Code.CAMERA_NO_DEVICE


def test_a_usb_camera_that_is_there_is_not_called_absent() -> None:
    assert diagnosis.of_opening(network(errno.EBUSY), USB, 0.0, 4.0).code is Code.CAMERA_FAILED


@pytest.mark.parametrize(
    ("error", "elapsed_s", "code"),
    [
        (network(errno.ECONNRESET), 0.1, Code.CAMERA_LOST),
        (network(errno.ECONNRESET), 4.0, Code.CAMERA_SILENT),
        (av.InvalidDataError(1, "text", URL), 0.1, Code.CAMERA_FAILED),
        (av.HTTPUnauthorizedError(1, "text", URL), 0.1, Code.CAMERA_UNAUTHORIZED),
    ],
)
def test_why_a_stream_broke(error: av.FFmpegError, elapsed_s: float, code: Code) -> None:
    said = diagnosis.of_reading(error, elapsed_s, 4.0)
    assert said.code is code
    assert SECRET not in str(said)


def test_a_wait_as_long_as_the_time_out_is_silence_whatever_ended_it() -> None:
    silence = diagnosis.of_waiting(4.0, 4.0)
    assert silence
    assert silence.code is Code.CAMERA_SILENT
    assert diagnosis.of_waiting(2.0, 4.0) is None


def test_the_detail_names_the_kind_and_the_systems_number() -> None:
    assert diagnosis.in_words(network(errno.ECONNREFUSED)) == "OSError, ECONNREFUSED"


@pytest.mark.parametrize(
    ("start", "code"),
    [(b"\0\0\0\x20ftypisom\0\0", Code.CAMERA_TRUNCATED), (b"this is a text", Code.CAMERA_NOT_VIDEO)],
)
def test_why_a_file_could_not_be_opened(start: bytes, code: Code, tmp_path: Path) -> None:
    file = tmp_path / "clip.mp4"
    file.write_bytes(start)
    camera = Camera(CameraId("file"), "File", SourceKind.FILE, str(file))
    assert diagnosis.of_opening(av.InvalidDataError(1, "text"), camera, 0.0, 4.0).code is code
