"""MP4 of packets as cameras send them: their codecs, their order, their length, parameters inside the packets."""

import io
from dataclasses import replace

import av
import pytest

from tests.fakes.films import brightness, film, shown
from vigint_core.media.boxes import read_tracks
from vigint_core.media.container import durations, mp4
from vigint_core.media.packets import EncodedPacket, PacketCut


def made(cut: PacketCut) -> bytes:
    return mp4(cut.header, cut.packets, cut.parameters)


def tag_of(file: bytes) -> str:
    with av.open(io.BytesIO(file)) as container:
        return container.streams.video[0].codec_context.codec_tag


def length_s(file: bytes) -> float:
    with av.open(io.BytesIO(file)) as container:
        assert container.start_time == 0
        return (container.duration or 0) / 1e6


def boxes(file: bytes) -> list[str]:
    at, found = 0, []
    while at < len(file):
        found.append(file[at + 4 : at + 8].decode())
        at += int.from_bytes(file[at : at + 4], "big")
    return found


@pytest.mark.parametrize(
    ("codec", "tag"), [("libx264", "avc1"), ("libx265", "hvc1"), ("mjpeg", "mp4v")], ids=["h264", "h265", "mjpeg"]
)
@pytest.mark.parametrize("in_band", [False, True], ids=["announced", "in band"])
def test_packets_of_every_camera_codec_become_a_film(codec: str, tag: str, in_band: bool) -> None:
    file = made(film(codec, in_band=in_band and codec != "mjpeg"))

    assert shown(file) == [number / 10 for number in range(20)]
    assert length_s(file) == pytest.approx(2.0, abs=0.001)
    assert tag_of(file) == tag


def test_the_index_stands_in_front_and_the_file_is_plain() -> None:
    file = made(film())
    assert [box for box in boxes(file) if box != "free"] == ["ftyp", "moov", "mdat"]
    assert [(track.handler, track.samples) for track in read_tracks(file)] == [("vide", 20)]


@pytest.mark.parametrize("in_band", [False, True], ids=["announced", "in band"])
def test_reordered_pictures_are_shown_in_their_order_and_for_their_length(in_band: bool) -> None:
    cut = film(b_frames=2, in_band=in_band)
    assert [packet.pts for packet in cut.packets] != sorted(packet.pts for packet in cut.packets), "there are B-frames"
    file = made(cut)

    assert shown(file) == [number / 10 for number in range(20)]
    assert brightness(file) == sorted(brightness(file))
    assert length_s(file) == pytest.approx(2.0, abs=0.001)


def test_a_cut_out_of_the_middle_begins_with_its_key_frame_at_zero() -> None:
    cut = film(b_frames=2, frames=40)
    keys = [number for number, packet in enumerate(cut.packets) if packet.is_key]
    file = made(replace(cut, packets=cut.packets[keys[1] :]))

    assert shown(file)[0] == 0
    assert brightness(file)[0] == brightness(made(cut))[10]


def test_the_length_is_that_of_the_cameras_own_timestamps() -> None:
    cut = film()
    slow = [replace(each, pts=each.pts + 9000 * n, dts=each.dts + 9000 * n) for n, each in enumerate(cut.packets)]
    file = mp4(cut.header, slow)
    assert shown(file)[-1] == pytest.approx(3.8)
    assert length_s(file) == pytest.approx(4.0, abs=0.001)


def test_a_stall_before_the_last_packet_is_not_repeated_behind_it() -> None:
    cut = film()
    late = replace(cut.packets[-1], pts=cut.packets[-1].pts + 450_000, dts=cut.packets[-1].dts + 450_000)
    assert durations([*cut.packets[:-1], late])[-2:] == [459_000, 9000]


def test_a_lonely_packet_lasts_a_second() -> None:
    cut = film("mjpeg", frames=1)
    assert length_s(made(cut)) == pytest.approx(1.0, abs=0.001)


def test_the_pictures_are_those_of_the_parameters_that_came_last() -> None:
    small, large = film(in_band=True), film(in_band=True, size=(128, 96))
    first = large.packets[0]
    parameters = first.data[first.data.index(b"\0\0\0\1g") : first.data.index(b"\0\0\1\x06")].rstrip(b"\0")
    with av.open(io.BytesIO(mp4(small.header, large.packets, parameters))) as container:
        stream = container.streams.video[0]
        assert (stream.width, stream.height) == (128, 96)
        assert stream.codec_context.extradata
        assert len(list(container.decode(stream))) == 20


def test_the_same_stream_gives_the_same_header() -> None:
    assert film().header == film().header
    assert film().header != film("libx265").header


def test_many_packets_fit_into_the_room_that_is_kept_for_the_index() -> None:
    cut = film(frames=30, gop=1)
    step = 9000 * 30
    repeated: list[EncodedPacket] = []
    for turn in range(100):
        uneven = [turn * step + number % 7 for number in range(30)]
        repeated += [
            replace(each, pts=each.pts + by + 9, dts=each.dts + by)
            for each, by in zip(cut.packets, uneven, strict=True)
        ]
    file = mp4(cut.header, repeated)
    assert [track.samples for track in read_tracks(file)] == [3000]


def test_what_mp4_cannot_hold_is_refused() -> None:
    with pytest.raises((av.FFmpegError, ValueError)):
        mp4(b"", film().packets)
