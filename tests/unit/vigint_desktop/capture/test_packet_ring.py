"""The packet ring: cuts start at key frames, nothing is kept too long or too much, streams are not mixed."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.fakes.sources import encoded
from vigint_core.domain.window import Span
from vigint_core.media.packets import PacketCut
from vigint_desktop.capture.packet_ring import PacketRing


def fill(ring: PacketRing, seconds: Sequence[float], key_every: int = 4) -> None:
    for number, at_s in enumerate(seconds):
        ring.add(encoded(at_s, key=number % key_every == 0))


def times(cut: PacketCut | None) -> list[float]:
    assert cut
    return [packet.at.mono_s for packet in cut.packets]


@pytest.fixture
def ring() -> PacketRing:
    ring = PacketRing()
    ring.begin(b"one")
    return ring


def test_a_cut_starts_at_the_key_frame_before_and_ends_with_the_span(ring: PacketRing) -> None:
    fill(ring, range(12))
    assert times(ring.cut(Span(6, 10))) == [4, 5, 6, 7, 8, 9]


def test_a_cut_from_a_key_frame_starts_there(ring: PacketRing) -> None:
    fill(ring, range(12))
    assert times(ring.cut(Span(8, 99))) == [8, 9, 10, 11]


def test_a_span_older_than_the_ring_starts_at_the_oldest_key_frame(ring: PacketRing) -> None:
    fill(ring, range(10, 18))
    assert times(ring.cut(Span(0, 12))) == [10, 11]


@pytest.mark.parametrize("span", [Span(0, 5), Span(30, 40)])
def test_nothing_of_the_span_is_kept(ring: PacketRing, span: Span) -> None:
    fill(ring, range(10, 18))
    assert ring.cut(span) is None


def test_an_empty_ring_gives_nothing(ring: PacketRing) -> None:
    assert ring.cut(Span(0, 10)) is None


def test_old_groups_leave_whole_and_the_span_stays_covered() -> None:
    ring = PacketRing(span_s=10)
    ring.begin(b"one")
    fill(ring, range(40))
    kept = times(ring.cut(Span(0, 99)))
    assert kept[0] == 28  # the group of 28 reaches over 29, the start of the last ten seconds
    assert kept[-1] == 39
    assert ring.dropped == 0


def test_bytes_are_bounded_and_what_left_early_is_counted() -> None:
    ring = PacketRing(span_s=1000, most_bytes=100)
    ring.begin(b"one")
    fill(ring, range(40))
    assert ring.bytes_kept <= 100
    assert times(ring.cut(Span(0, 99)))[0] == 32
    assert ring.dropped == 32


def test_a_single_group_beyond_the_bound_is_let_go() -> None:
    ring = PacketRing(most_bytes=100)
    ring.begin(b"one")
    ring.add(encoded(1, key=True, size=101))
    assert (ring.bytes_kept, ring.dropped) == (0, 1)


def test_packets_before_the_first_key_frame_are_dropped_and_counted(ring: PacketRing) -> None:
    ring.add(encoded(1))
    ring.add(encoded(2, key=True))
    assert times(ring.cut(Span(0, 9))) == [2]
    assert ring.dropped == 1


def test_a_stream_that_came_back_the_same_is_cut_through(ring: PacketRing) -> None:
    fill(ring, range(4))
    ring.begin(b"one")
    fill(ring, range(10, 14))
    assert times(ring.cut(Span(0, 99))) == [0, 1, 2, 3, 10, 11, 12, 13]


def test_streams_with_other_parameters_are_not_mixed(ring: PacketRing) -> None:
    fill(ring, range(4))
    ring.begin(b"two")
    ring.add(encoded(9))  # goes on without a key frame: of no use to the new stream's decoder
    fill(ring, range(10, 14))
    cut = ring.cut(Span(0, 99))
    assert cut
    assert cut.header == b"two"
    assert times(cut) == [10, 11, 12, 13]
    older = ring.cut(Span(0, 4))
    assert older
    assert older.header == b"one"


def test_a_key_frame_that_lost_its_parameters_on_the_way_goes_on_with_the_stream(ring: PacketRing) -> None:
    ring.begin(b"one", "h264")
    start, slice_ = b"\0\0\0\1", b"\0\0\0\1\x65slice"
    whole, damaged = start + b"\x67sps" + start + b"\x68pps" + slice_, start + b"\x68pps" + slice_
    for at_s, data in enumerate([whole, damaged, slice_, whole]):
        ring.add(replace(encoded(at_s, key=True), data=data))
    assert times(ring.cut(Span(0, 99))) == [0, 1, 2, 3]
    ring.add(replace(encoded(4, key=True), data=start + b"\x67other" + slice_))
    assert times(ring.cut(Span(0, 99))) == [4]


def test_timestamps_that_go_back_start_a_cut_of_their_own(ring: PacketRing) -> None:
    fill(ring, [5, 6])
    ring.add(encoded(3, key=True))
    assert times(ring.cut(Span(0, 99))) == [3]


def test_a_cut_knows_its_size_and_span(ring: PacketRing) -> None:
    fill(ring, range(4))
    cut = ring.cut(Span(0, 99))
    assert cut
    assert (cut.size, cut.span, cut.start.mono_s) == (40, Span(0, 3), 0)
