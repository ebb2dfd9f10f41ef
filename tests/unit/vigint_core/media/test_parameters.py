"""Parameter sets inside packets."""

import pytest

from tests.fakes.films import film
from vigint_core.media.parameters import all_among, parameter_sets

SPS, PPS, SEI, SLICE = b"\x67sps", b"\x68pps", b"\x06sei", b"\x65slice"
FOUR, THREE = b"\0\0\0\1", b"\0\0\1"


def test_what_stands_before_the_first_slice_is_found_whatever_stands_between() -> None:
    packet = FOUR + b"\x09\xf0" + FOUR + SPS + THREE + PPS + THREE + SEI + THREE + SLICE + THREE + PPS
    assert parameter_sets("h264", packet) == FOUR + SPS + FOUR + PPS


def test_announced_parameters_read_the_same_as_those_in_a_packet() -> None:
    assert parameter_sets("h264", FOUR + SPS + FOUR + PPS) == parameter_sets("h264", FOUR + SPS + THREE + PPS + b"\0")


@pytest.mark.parametrize("codec", ["libx264", "libx265"])
def test_a_real_encoders_parameters_are_found_in_each_key_frame_and_are_the_same(codec: str) -> None:
    name = {"libx264": "h264", "libx265": "hevc"}[codec]
    cut = film(codec, in_band=True)
    found = {parameter_sets(name, packet.data) for packet in cut.packets if packet.is_key}
    others = {parameter_sets(name, packet.data) for packet in cut.packets if not packet.is_key}
    assert len(found) == 1
    assert len(found.pop()) > 20
    assert others == {b""}


@pytest.mark.parametrize(
    ("codec", "data"),
    [
        ("h264", b""),
        ("h264", FOUR),
        ("h264", b"\0\0\1\x67" + bytes(358)),
        ("h264", b"\x01\x64\x00\x0a avcC"),
        ("h264", b"noise " + FOUR + SPS),
        ("mjpeg", b"\xff\xd8\xff"),
        ("", FOUR + SPS),
        ("h264", THREE * 10_000),
    ],
)
def test_what_holds_none_gives_none(codec: str, data: bytes) -> None:
    assert parameter_sets(codec, data) == b""


def test_a_key_frame_that_lost_some_brings_nothing_new() -> None:
    known = FOUR + SPS + FOUR + PPS
    assert all_among(known, known)
    assert all_among(FOUR + PPS, known)
    assert all_among(b"", known)
    assert not all_among(FOUR + SPS + b"2" + FOUR + PPS, known)
    assert not all_among(known, FOUR + PPS)
