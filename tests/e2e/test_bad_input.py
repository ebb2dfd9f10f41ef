"""Cameras that are none: each tile says which, the program runs on, and no password is written anywhere."""

import shutil
from pathlib import Path

import av
import numpy as np
import pytest

from tests.fakes.desktop import run_desktop
from tests.fakes.rtsp_server import rtsp_server
from tests.fakes.silent_server import silent_server

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

PASSWORD = "s3cret-pass-word"


def audio_only(file: Path) -> Path:
    """A second of silence in MP4."""
    with av.open(str(file), "w") as container:
        stream = container.add_stream("aac", rate=48000)
        sound = av.AudioFrame.from_ndarray(np.zeros((1, 48000), np.float32), format="fltp", layout="mono")
        sound.sample_rate = 48000
        container.mux(stream.encode(sound))
        container.mux(stream.encode(None))
    return file


def vivid(picture: Path) -> bool:
    """Whether a screenshot shows more colours than a window without any camera's picture."""
    with av.open(str(picture)) as container:
        pixels = next(container.decode(video=0)).to_ndarray(format="rgb24")
    return len(np.unique(pixels.reshape(-1, 3), axis=0)) > 4000


def test_every_bad_camera_says_what_is_wrong_and_the_good_one_runs_on(footage: Path, tmp_path: Path) -> None:
    whole = footage / "incident" / "Normal_82.mp4"
    text, empty, cut = tmp_path / "text.mp4", tmp_path / "empty.mp4", tmp_path / "cut.mp4"
    text.write_text("this is not a video\n" * 100)
    empty.touch()
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 3])
    good = tmp_path / "good.mp4"
    shutil.copy(whole, good)

    with rtsp_server(whole, user="guard", password="right") as locked, silent_server() as silent:
        sources = {
            "Good": str(good),
            "Nobody": f"rtsp://guard:{PASSWORD}@127.0.0.1:9/stream",
            "Locked": locked.url.replace("rtsp://", f"rtsp://guard:{PASSWORD}@"),
            "Silent": f"rtsp://guard:{PASSWORD}@127.0.0.1:{silent}/stream",
            "Text": str(text),
            "Empty": str(empty),
            "Cut": str(cut),
            "Audio": str(audio_only(tmp_path / "audio.mp4")),
            "Missing": str(tmp_path / "missing.mp4"),
        }
        words = [word for name, address in sources.items() for word in ("--source", f"{name}={address}")]
        shot = ["--screenshot", str(tmp_path / "shot.png")]
        run = run_desktop(tmp_path / "data", ["--server", "none", *shot, *words], 14.0)

    assert run.code == 0, run.output
    assert vivid(tmp_path / "shot.png"), "the screenshot shows the one camera that has a picture"
    faults = {c["name"]: c["fault"] for c in run.report["cameras"]}
    assert faults == {
        "Good": None,
        "Nobody": "camera.unreachable",
        "Locked": "camera.unauthorized",
        "Silent": "camera.silent",
        "Text": "camera.not_video",
        "Empty": "camera.empty",
        "Cut": faults["Cut"],
        "Audio": "camera.no_video_stream",
        "Missing": "camera.not_found",
    }
    # An MP4 whose index was at its lost end holds nothing that could be played; one with its index first plays on.
    assert faults["Cut"] in ("camera.truncated", "camera.not_video")
    assert run.camera("Good")["frames"]["shown"] > 50
    assert PASSWORD not in run.everything_written
