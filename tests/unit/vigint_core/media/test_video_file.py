"""Files that ought to be videos: what is said of each that isn't one."""

from pathlib import Path

import av
import numpy as np
import pytest

from vigint_core.domain.fault import Code, VigintError
from vigint_core.media.video_file import moving_stream, why_hopeless, why_unopenable


@pytest.mark.parametrize(
    ("content", "code"), [(b"", Code.CAMERA_EMPTY), (b"text", None), (None, Code.CAMERA_NOT_FOUND)]
)
def test_what_a_file_says_before_it_is_opened(content: bytes | None, code: Code | None, tmp_path: Path) -> None:
    file = tmp_path / "clip.mp4"
    if content is not None:
        file.write_bytes(content)
    said = why_hopeless(file)
    assert (said.code if said else None) is code


def test_a_folder_is_no_video(tmp_path: Path) -> None:
    said = why_hopeless(tmp_path)
    assert said
    assert said.code is Code.CAMERA_NOT_VIDEO


@pytest.mark.parametrize(
    ("start", "code"),
    [(b"\0\0\0\x20ftypisom\0\0", Code.CAMERA_TRUNCATED), (b"this is a text", Code.CAMERA_NOT_VIDEO)],
)
def test_why_a_file_could_not_be_opened(start: bytes, code: Code, tmp_path: Path) -> None:
    file = tmp_path / "clip.mp4"
    file.write_bytes(start)
    assert why_unopenable(file) is code


def test_a_file_that_is_gone_or_may_not_be_read_is_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert why_unopenable(tmp_path / "gone.mp4") is Code.CAMERA_NOT_FOUND

    def refuse(*_args: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "open", refuse)
    assert why_unopenable(tmp_path / "locked.mp4") is Code.CAMERA_FAILED


def refusal(file: Path) -> Code:
    with av.open(str(file)) as container, pytest.raises(VigintError) as caught:
        moving_stream(container)
    return caught.value.code


def test_a_text_does_not_move(tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("this is a text\n" * 100)
    assert refusal(text) is Code.CAMERA_NOT_VIDEO


@pytest.mark.parametrize(
    ("codec", "pixels", "name"),
    [("png", "rgb24", "still.png"), ("mjpeg", "yuvj420p", "still.jpg"), ("mjpeg", "yuvj420p", "still.any")],
)
def test_a_still_picture_does_not_move(codec: str, pixels: str, name: str, tmp_path: Path) -> None:
    grey = av.VideoFrame.from_ndarray(np.full((36, 64, 3), 90, np.uint8), "rgb24")
    with av.open(str(tmp_path / name), "w", format="image2", container_options={"update": "1"}) as picture:
        stream = picture.add_stream(codec)
        stream.width, stream.height, stream.pix_fmt = 64, 36, pixels
        picture.mux([*stream.encode(grey), *stream.encode(None)])
    assert refusal(tmp_path / name) is Code.CAMERA_NOT_VIDEO


def test_sound_alone_has_no_video(tmp_path: Path) -> None:
    sound = tmp_path / "sound.mp4"
    with av.open(str(sound), "w") as container:
        stream = container.add_stream("aac", rate=48000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 48000), np.float32), format="fltp", layout="mono")
        frame.sample_rate = 48000
        container.mux([*stream.encode(frame), *stream.encode(None)])
    assert refusal(sound) is Code.CAMERA_NO_VIDEO_STREAM
