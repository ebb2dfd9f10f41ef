"""Streams over RTSP that are not as they should be: clocks, losses, damage, late key frames, silence."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.fakes import films
from tests.fakes.annexb import Film, film_of, raw_film, units
from tests.fakes.camera_wall import Seat, camera_wall, sizes_of_clip
from tests.fakes.plain_camera import plain_camera
from tests.fakes.waiting import wait_until
from vigint_core.domain.camera import CameraState, Transport
from vigint_core.domain.fault import Code

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]  # two dozen cameras; the first test makes the variants

HOUR_S = 3600.0
CLOCKS: dict[str, dict[str, Any]] = {
    "every timestamp twice": {"stamp": lambda number, _: number // 2 * 2 / 15},
    "a clock that stands still": {"stamp": lambda _number, _at_s: 7.0},
    "an hour ahead": {"stamp": lambda number, at_s: at_s + HOUR_S * (number >= 30)},
    "an hour back": {"stamp": lambda number, at_s: at_s + 2 * HOUR_S - HOUR_S * (number >= 30)},
    "half a second back": {"stamp": lambda number, at_s: at_s + HOUR_S - 0.5 * (number >= 30)},
    "timestamps that wrap": {"first_tick": 2**32 - 4 * 90_000},
}
"""How the timestamps of a good stream can go wrong."""
PATHS: dict[str, dict[str, Any]] = {
    "met in the middle of a group": {"start": 40},
    "loss on the way": {"loses": lambda number: number % 20 == 7},
    "a name in other bytes than utf-8": {"name": b"Cam\xe9ra \xfc"},
    "over udp": {"udp": True},
    "loss over udp": {"udp": True, "loses": lambda number: number % 20 == 7},
}
"""What can happen to a good stream otherwise."""
RAW = {
    "bitnoise.h264": {(640, 360)},
    "packet_loss10.h264": {(640, 360)},
    "resolution_change.h264": {(640, 360), (1280, 720)},
    "starts_mid_gop.h264": {(640, 360)},
    "truncated.h264": {(640, 360)},
    "BA_MW_D.264": {(176, 144)},
    "BA_MW_D_IDR_LOST.264": {(176, 144)},
    "BA_MW_D_P_LOST.264": {(176, 144)},
    "CVFC1_Sony_C.jsv": {(300, 168), (326, 168)},
    "Error_I_P.264": {(352, 288), (640, 480)},
    "MR1_BT_A.h264": {(176, 144)},
    "SarVui.264": {(176, 144)},
}
"""Damaged and unusual streams, and the sizes of their pictures."""
LATE = "odd size, a key frame every 25 s"
REORDERED = ("pictures out of order", "h265, pictures out of order")
FRAMES_PER_S = {REORDERED[0]: 179 / 6, REORDERED[1]: 10.0}
SILENT: dict[str, dict[str, Any]] = {
    "silent from the start": {"silent_after": 0},
    "silent from the start over udp": {"silent_after": 0, "udp": True},
    "silent after two seconds": {"silent_after": 30},
    "silent after two seconds over udp": {"silent_after": 30, "udp": True},
}
PLAYING = [*CLOCKS, *PATHS, *RAW, *REORDERED, LATE]


@pytest.fixture(scope="module")
def seats(footage: Path, variants: Path) -> Iterator[dict[str, Seat]]:
    """All that play, as long as there are tests here."""
    good = film_of(variants / "sub_360p15_400k.mp4")
    cameras: dict[str, tuple[Film, Mapping[str, Any]]] = {
        **{name: (good, how) for name, how in {**CLOCKS, **PATHS}.items()},
        **{name: (raw_film(found(name, footage, variants), 15), {}) for name in RAW},
        REORDERED[0]: (film_of(footage / "gate" / "bottle-detection.mp4"), {}),
        REORDERED[1]: (film_of(variants / "hevc_360p10.mp4"), {}),
        LATE: (late_film(), {"start": 150}),
    }
    with seated(cameras) as seats:
        yield seats


@contextmanager
def seated(cameras: Mapping[str, tuple[Film, Mapping[str, Any]]]) -> Iterator[dict[str, Seat]]:
    """Cameras with their films on one wall."""
    with ExitStack() as running, camera_wall() as wall:
        seats = {}
        for name, (film, how) in cameras.items():
            camera = running.enter_context(plain_camera(film, **how))
            transport = Transport.UDP if how.get("udp") else Transport.TCP
            seats[name] = wall.seat(name, camera.url, transport=transport)
        yield seats


def found(name: str, footage: Path, variants: Path) -> Path:
    """A raw stream, made or shared."""
    made = variants / name
    return made if made.exists() else footage / "robustness" / "h264" / name


def late_film() -> Film:
    """626x360, 10 pictures a second, a key frame every 250."""
    cut = films.film(frames=300, gop=250, size=(626, 360), in_band=True)
    return Film("h264", [(list(units(each.data)), number / 10) for number, each in enumerate(cut.packets)], 30.0)


@pytest.mark.parametrize("name", PLAYING)
def test_it_plays(name: str, seats: dict[str, Seat]) -> None:
    seat = seats[name]
    assert seat.decodes(30, timeout_s=90.0)
    assert CameraState.LIVE in seat.states
    assert CameraState.FAILED not in seat.states
    assert seat.channels.counters.opened == 1
    assert wait_until(lambda: len(seat.tap.looks) >= 5)
    assert all(later > earlier for earlier, later in pairwise(seat.tap.looks))


@pytest.mark.parametrize("name", [*CLOCKS, *PATHS, *REORDERED])
def test_media_time_goes_on_as_the_pictures_do(name: str, seats: dict[str, Seat]) -> None:
    """The gate and the rings live on media time: it must neither race nor stand still, whatever a camera says."""
    seat = seats[name]
    assert seat.decodes(90, timeout_s=90.0)
    cut = seat.cut()
    assert cut
    assert len(cut.packets) >= 60
    took_s = cut.packets[-1].at.media_s - cut.packets[0].at.media_s
    assert took_s == pytest.approx(len(cut.packets) / FRAMES_PER_S.get(name, 15.0), rel=0.1, abs=1.5)


@pytest.mark.parametrize("name", PLAYING)
def test_its_packets_make_a_clip_of_one_stream(name: str, seats: dict[str, Seat], tmp_path: Path) -> None:
    assert seats[name].decodes(30, timeout_s=90.0)
    cut = seats[name].cut()
    assert cut
    sizes = sizes_of_clip(cut, tmp_path / "clip.mp4")
    assert len(sizes) == 1
    assert sizes <= RAW.get(name, {(640, 360), (626, 360)})


@pytest.mark.parametrize("name", ["loss on the way", "loss over udp", "bitnoise.h264"])
def test_damaged_pictures_are_counted(name: str, seats: dict[str, Seat]) -> None:
    assert wait_until(lambda: seats[name].channels.counters.failed > 0, timeout_s=60.0)


def test_a_stream_that_changes_its_size_goes_on_and_a_clip_never_holds_both(
    seats: dict[str, Seat], tmp_path: Path
) -> None:
    seat, seen = seats["resolution_change.h264"], set[tuple[int, int]]()

    def both_were_seen() -> bool:
        if cut := seat.cut():
            sizes = sizes_of_clip(cut, tmp_path / "clip.mp4")
            assert len(sizes) == 1
            seen.update(sizes)
        return len(seen) == 2

    assert wait_until(both_were_seen, timeout_s=60.0, every_s=0.5)
    assert seat.channels.counters.opened == 1


def test_a_camera_that_plays_nothing_is_silent_and_tried_again(variants: Path) -> None:
    film = film_of(variants / "sub_360p15_400k.mp4")
    with seated({name: (film, how) for name, how in SILENT.items()}) as seats:
        for name, seat in seats.items():
            assert wait_until(lambda seat=seat: seat.channels.counters.opened >= 2, timeout_s=60.0), name
            assert set(seat.codes) == {Code.CAMERA_SILENT}, name
            assert CameraState.FAILED in seat.states, name
        for name in ("silent after two seconds", "silent after two seconds over udp"):
            states = seats[name].states
            first = states[: states.index(CameraState.FAILED) + 1]
            assert first == [CameraState.CONNECTING, CameraState.LIVE, CameraState.STALLED, CameraState.FAILED]
