"""The newest picture out of packets, at full size, as PNG."""

import io
from dataclasses import replace
from typing import Any

import av
import pytest

from tests.fakes.films import film
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.zone import Scene, Zone, ZoneUse
from vigint_core.media import snapshot
from vigint_core.media.packets import PacketCut
from vigint_core.media.redact import NOTHING_COVERED, Redaction
from vigint_core.media.snapshot import FullPicture


def newest_picture(cut: PacketCut) -> FullPicture:
    return snapshot.newest_picture(cut, NOTHING_COVERED)


def brightness(picture: FullPicture) -> float:
    with av.open(io.BytesIO(picture.png)) as container:
        frame = next(container.decode(video=0))
        assert (frame.width, frame.height) == (picture.width, picture.height)
        return float(frame.to_ndarray(format="gray").mean())


@pytest.mark.parametrize(
    "how",
    [{}, {"b_frames": 2}, {"in_band": True}, {"codec": "libx265", "in_band": True}, {"codec": "mjpeg"}],
    ids=["h264", "b-frames", "in band", "h265", "mjpeg"],
)
def test_the_last_picture_is_kept_and_knows_when_it_was_taken(how: dict[str, Any]) -> None:
    cut = film(size=(160, 90), **how)
    picture = newest_picture(cut)
    last = max(cut.packets, key=lambda packet: packet.pts)

    assert picture.png.startswith(b"\x89PNG")
    assert (picture.width, picture.height) == (160, 90)
    assert picture.at == last.at
    assert brightness(picture) == pytest.approx(209, abs=4), "the brightest is the last of the film"


def test_a_long_group_is_decoded_to_its_end() -> None:
    assert brightness(newest_picture(film(frames=250, gop=250))) == pytest.approx(219, abs=4)


def test_a_damaged_packet_costs_its_own_picture_only() -> None:
    cut = film("mjpeg")
    packets = (*cut.packets[:-1], replace(cut.packets[-1], data=b"\xff\xd8 no picture"))
    assert newest_picture(replace(cut, packets=packets)).at == cut.packets[-2].at


@pytest.mark.parametrize("damage", ["header", "packets"])
def test_what_gives_no_picture_is_named(damage: str) -> None:
    cut = film()
    broken = (
        replace(cut, header=b"")
        if damage == "header"
        else replace(cut, packets=tuple(replace(each, data=b"noise") for each in cut.packets))
    )
    with pytest.raises(VigintError) as caught:
        newest_picture(broken)
    assert caught.value.code is Code.PIPELINE_SNAPSHOT_FAILED


def test_privacy_zones_are_black_in_it_and_an_odd_edge_may_go() -> None:
    left = Zone("p1", "Pin pad", ZoneUse.PRIVACY, ((0, 0), (0.5, 0), (0.5, 1), (0, 1)))
    picture = snapshot.newest_picture(film(size=(162, 90)), Redaction(Scene((left,))))

    with av.open(io.BytesIO(picture.png)) as container:
        grey = next(container.decode(video=0)).to_ndarray(format="gray")
    assert (picture.width, picture.height) == (grey.shape[1], grey.shape[0]) == (162, 90)
    assert grey[:, :80].max() <= 2
    assert grey[:, 86:].mean() > 150
