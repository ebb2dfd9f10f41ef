"""Damaged and unusual H.264: every file plays or says why not; none hangs, none crashes the process."""

import threading
from itertools import islice, pairwise
from pathlib import Path

import pytest

from tests.fakes.clock import FakeClock
from tests.fakes.sources import FakeInterrupt
from vigint_core.domain.camera import Camera, SourceKind
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.ids import CameraId
from vigint_core.domain.window import Span
from vigint_core.media.clip import mux
from vigint_desktop.capture.packet_ring import PacketRing
from vigint_desktop.capture.pyav_source import PyavSource, open_stream
from vigint_desktop.capture.reduction import Reducer, Size
from vigint_desktop.capture.source import arrivals

STREAMS = (
    "BA_MW_D.264",
    "BA_MW_D_IDR_LOST.264",
    "BA_MW_D_P_LOST.264",
    "CVFC1_Sony_C.jsv",
    "Error_I_P.264",
    "MR1_BT_A.h264",
    "SarVui.264",
)


def opened(file: Path) -> PyavSource:
    clock = FakeClock()
    camera = Camera(CameraId("file"), "File", SourceKind.FILE, str(file))
    return open_stream(camera, "", FakeInterrupt(clock), clock)


@pytest.mark.parametrize("name", STREAMS)
def test_a_raw_stream_plays_over_its_loop_and_can_be_cut(name: str, footage: Path, tmp_path: Path) -> None:
    source, ring, reducer = opened(footage / "robustness" / "h264" / name), PacketRing(), Reducer()
    ring.begin(source.facts.header)
    media = []
    for arrival in islice(arrivals(source), 350):
        if arrival.packet:
            ring.add(arrival.packet)
        for frame in arrival.frames:
            media.append(frame.at.media_s)
            reducer.tile(frame.picture, Size(320, 180))
            reducer.picture(frame.picture)
    source.close()
    assert len(media) > 100
    assert all(later > earlier for earlier, later in pairwise(media))
    cut = ring.cut(Span(0, 1e12))
    assert cut
    mux(cut, tmp_path / "clip.mp4")


def found(file: Path) -> Code | None:
    """What is said of a file after 60 arrivals; None for one that plays and has nothing wrong."""
    try:
        source = opened(file)
        frames = sum(len(each.frames) for each in islice(arrivals(source), 60))
        source.close()
    except VigintError as error:
        return error.code
    assert frames
    return source.facts.warning


@pytest.mark.parametrize("share", [0.02, 0.3, 0.7])
@pytest.mark.parametrize("name", ["gate/Normal_39.mp4", "incident/Shoplifting_16.mp4"])
def test_a_file_cut_anywhere_is_truncated(name: str, share: float, footage: Path, tmp_path: Path) -> None:
    whole = (footage / name).read_bytes()
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(whole[: int(len(whole) * share)])
    assert found(cut) is Code.CAMERA_TRUNCATED
    assert found(footage / name) is None


def test_captured_answers_of_cameras_are_no_video(footage: Path) -> None:
    for file in sorted((footage / "robustness" / "rtsp-quirks").glob("*.txt")):
        camera = Camera(CameraId("file"), "File", SourceKind.FILE, str(file))
        with pytest.raises(VigintError) as caught:
            open_stream(camera, "", threading.Event(), FakeClock())
        assert caught.value.code is Code.CAMERA_NOT_VIDEO, file.name
