"""Clips of what real cameras send over RTSP: cut by their own timestamps, in their own order."""

import io
from itertools import pairwise
from pathlib import Path

import av
import pytest

from tests.fakes.camera_wall import Seat, camera_wall
from tests.fakes.films import shown
from tests.fakes.rtsp_server import rtsp_servers
from vigint_core.domain.window import Span
from vigint_core.media.clip import film
from vigint_core.media.packets import TICKS_PER_S, PacketCut
from vigint_core.media.web import for_browser

pytestmark = pytest.mark.timeout(600)  # the first test makes the variants

FILES = {"b-frames": "light_drift.mp4", "h264": "night_ir_noise.mp4", "h265": "hevc_360p10.mp4"}
FRAME_S = 0.1
GOP_S = 2.0
Cuts = dict[str, tuple[Span, PacketCut, PacketCut]]


@pytest.fixture(scope="module")
def cuts(variants: Path) -> Cuts:
    """Of each: a second and a half that was asked for, the cut that came, and all that there was."""
    with (
        rtsp_servers({name: {"file": variants / file} for name, file in FILES.items()}) as server,
        camera_wall() as wall,
    ):
        seats = {name: wall.seat(name, server.address(name)) for name in FILES}
        return {name: _cut(seat) for name, seat in seats.items()}


def _cut(seat: Seat) -> tuple[Span, PacketCut, PacketCut]:
    assert seat.decodes(75, timeout_s=60.0)
    whole = seat.cut()
    assert whole
    second_key = [packet.at.mono_s for packet in whole.packets if packet.is_key][1]
    span = Span(second_key + 0.55, second_key + 2.05)
    cut = seat.channels.packets.cut(span)
    assert cut
    return span, cut, whole


@pytest.mark.parametrize("name", FILES)
def test_a_clip_starts_at_most_a_group_early_and_lasts_as_long_as_the_camera_says(name: str, cuts: Cuts) -> None:
    span, cut, _ = cuts[name]
    clip = film(cut)
    times = [packet.pts / TICKS_PER_S for packet in cut.packets]
    with av.open(io.BytesIO(clip)) as container:
        length_s = (container.duration or 0) / 1e6

    assert 0 <= span.start_s - cut.start.mono_s <= GOP_S
    assert length_s == pytest.approx(max(times) - times[0] + FRAME_S, abs=FRAME_S)


@pytest.mark.parametrize("name", FILES)
def test_every_picture_is_shown_at_its_time(name: str, cuts: Cuts) -> None:
    _, cut, _ = cuts[name]
    seen = shown(film(cut))
    leaning = [packet for packet in cut.packets if packet.pts < cut.packets[0].pts]  # on the group before
    assert len(seen) == len(cut.packets) - len(leaning)
    known_s = (
        cut.packets[-1].dts - cut.packets[0].pts
    ) / TICKS_PER_S  # what is shown later may lean on what is cut off
    gaps = [later - earlier for earlier, later in pairwise(seen) if later <= known_s]
    assert len(gaps) >= 12
    assert gaps == pytest.approx([FRAME_S] * len(gaps), abs=0.02)


@pytest.mark.parametrize("name", FILES)
def test_a_stream_is_in_order_from_its_first_packet_on(name: str, cuts: Cuts) -> None:
    """RTSP does not tell when the first pictures are decoded where they are reordered, nor when the first is shown."""
    _, _, whole = cuts[name]
    gaps = [later - earlier for earlier, later in pairwise(shown(film(whole))[1:30])]
    assert gaps == pytest.approx([FRAME_S] * len(gaps), abs=0.02)


@pytest.mark.parametrize("name", FILES)
def test_it_becomes_a_clip_for_pages(name: str, cuts: Cuts) -> None:
    clip = film(cuts[name][1])
    page = for_browser(clip)
    assert (page is clip) == (name != "h265")
    assert len(shown(page)) == len(shown(clip))
