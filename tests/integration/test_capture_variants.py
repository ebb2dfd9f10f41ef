"""Every camera-like and damaged stream as a file, all at once on one wall: each plays, and what it gives is sound."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from tests.fakes.camera_wall import ALWAYS, Seat, camera_wall, sizes_of_clip
from tests.fakes.waiting import wait_until
from vigint_core.domain.camera import CameraState

pytestmark = pytest.mark.timeout(600)  # the first test makes the variants

SMALL, MIDDLE, LARGE, TINY = (640, 360), (1280, 720), (1920, 1080), (176, 144)
VARIANTS = {
    "wall_1080p25_4M.mp4": {LARGE},
    "sub_360p15_400k.mp4": {SMALL},
    "night_ir_noise.mp4": {SMALL},
    "light_drift.mp4": {SMALL},
    "hevc_360p10.mp4": {SMALL},
    "mjpeg_5fps.avi": {SMALL},
    "bitnoise.h264": {SMALL},
    "packet_loss10.h264": {SMALL},
    "resolution_change.h264": {SMALL, MIDDLE},
    "starts_mid_gop.h264": {SMALL},
    "truncated.h264": {SMALL},
}
CONFORMANCE = {
    "BA_MW_D.264": {TINY},
    "BA_MW_D_IDR_LOST.264": {TINY},
    "BA_MW_D_P_LOST.264": {TINY},
    "CVFC1_Sony_C.jsv": {(300, 168), (326, 168)},  # it changes its cropping
    "Error_I_P.264": {(352, 288), (640, 480)},
    "MR1_BT_A.h264": {TINY},
    "SarVui.264": {TINY},
}
SIZES = {**VARIANTS, **CONFORMANCE}
"""The sizes that the pictures of each have, one after the other."""
DAMAGED = {"bitnoise.h264", "truncated.h264", "Error_I_P.264"}
"""Pictures of these are damaged; a picture that lacks altogether is missed by nobody."""


@pytest.fixture(scope="module")
def seats(footage: Path, variants: Path) -> Iterator[dict[str, Seat]]:
    """All of them on one wall, which runs as long as there are tests here."""
    with camera_wall() as wall:
        files = [variants / name for name in VARIANTS]
        files += [footage / "robustness" / "h264" / name for name in CONFORMANCE]
        yield {file.name: wall.seat_file(file.name, file) for file in files}


@pytest.mark.parametrize("name", SIZES)
def test_it_plays_and_nothing_is_said_against_it(name: str, seats: dict[str, Seat]) -> None:
    seat = seats[name]
    assert seat.decodes(15, timeout_s=60.0)
    assert CameraState.LIVE in seat.states
    assert seat.codes == []


@pytest.mark.parametrize("name", SIZES)
def test_damaged_pictures_are_counted(name: str, seats: dict[str, Seat]) -> None:
    counters = seats[name].channels.counters
    if name in DAMAGED:
        assert wait_until(lambda: counters.failed > 0, timeout_s=60.0)
    else:
        assert seats[name].decodes(30, timeout_s=60.0)
        assert counters.failed == 0


@pytest.mark.parametrize("name", SIZES)
def test_tile_gate_and_rings_are_fed(name: str, seats: dict[str, Seat]) -> None:
    seat = seats[name]
    assert seat.decodes(15, timeout_s=60.0)
    assert wait_until(lambda: seat.channels.mailbox.take() is not None)
    assert wait_until(lambda: len(seat.tap.looks) >= 5)
    assert all(later > earlier for earlier, later in pairwise(seat.tap.looks))
    assert wait_until(lambda: len(seat.channels.pictures.between(ALWAYS.start_s, ALWAYS.end_s)) >= 2)


@pytest.mark.parametrize("name", SIZES)
def test_its_packets_make_a_clip_of_one_stream(name: str, seats: dict[str, Seat], tmp_path: Path) -> None:
    assert seats[name].decodes(15, timeout_s=60.0)
    cut = seats[name].cut()
    assert cut
    sizes = sizes_of_clip(cut, tmp_path / "clip.mp4")
    assert len(sizes) == 1
    assert sizes <= SIZES[name]


def test_a_stream_that_changes_its_size_goes_on_and_a_clip_never_holds_both(
    seats: dict[str, Seat], tmp_path: Path
) -> None:
    seat, seen = seats["resolution_change.h264"], set[tuple[int, int]]()

    def both_were_seen() -> bool:
        if cut := seat.cut():
            sizes = sizes_of_clip(cut, tmp_path / "clip.mp4")
            assert len(sizes) == 1
            seen.update(sizes)
        return seen == {SMALL, MIDDLE}

    assert wait_until(both_were_seen, timeout_s=60.0, every_s=0.5)
    assert seat.channels.counters.opened == 1
    assert CameraState.FAILED not in seat.states
    assert all(later > earlier for earlier, later in pairwise(seat.tap.looks))
