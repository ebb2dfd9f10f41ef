"""The packet ring: cuts start at key frames, nothing is kept too long or too much, streams are not mixed."""

import io
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import av
import pytest

from tests.fakes.films import film
from tests.fakes.sources import encoded
from vigint_core.domain.window import Span
from vigint_core.media.clip import film as mp4_of
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


def test_a_stream_that_comes_back_in_the_middle_of_a_group_is_kept_from_its_next_key_frame_on(ring: PacketRing) -> None:
    fill(ring, range(6))
    ring.begin(b"one")
    ring.add(encoded(10))
    fill(ring, range(11, 13))
    assert times(ring.cut(Span(0, 99))) == [0, 1, 2, 3, 4, 5, 11, 12]
    assert ring.dropped == 1


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


def test_a_cut_by_unix_time_is_the_same_as_one_by_the_monotonic_clock(ring: PacketRing) -> None:
    for number in range(12):
        packet = encoded(number, key=number % 4 == 0)
        ring.add(replace(packet, at=replace(packet.at, wall_s=5000.0 + number)))
    assert ring.cut_by_wall(Span(5006, 5010)) == ring.cut(Span(6, 10))
    assert ring.cut_by_wall(Span(6, 10)) is None


def test_the_newest_group_is_what_must_be_decoded_to_see_the_newest_picture(ring: PacketRing) -> None:
    assert ring.newest() is None
    fill(ring, range(11))
    assert times(ring.newest()) == [8, 9, 10]


def test_a_writer_comes_back_for_what_has_arrived_since(ring: PacketRing) -> None:
    fill(ring, range(6))
    first = ring.after(0)
    assert ([each.packet.at.mono_s for each in first.packets], first.lost, first.last) == ([0, 1, 2, 3, 4, 5], 0, 6)
    assert ring.after(first.last).packets == ()
    fill(ring, range(8, 10))
    assert [each.packet.at.mono_s for each in ring.after(first.last).packets] == [8, 9]


def test_a_writer_that_comes_too_late_is_told_what_it_missed() -> None:
    ring = PacketRing(span_s=10)
    ring.begin(b"one")
    fill(ring, range(8))
    taken = ring.after(0).last
    fill(ring, range(8, 40))
    late = ring.after(taken)
    assert late.packets[0].packet.at.mono_s == 28
    assert late.lost == 20
    assert late.last == 40


def test_the_key_frame_before_a_moment_has_a_number_to_begin_at(ring: PacketRing) -> None:
    assert ring.key_before(5.0) == 0
    fill(ring, range(12))
    for asked_s, found_s in ((-5.0, 0), (0.0, 0), (6.0, 4), (8.0, 8), (99.0, 8)):
        packets = ring.after(ring.key_before(asked_s) - 1).packets
        assert packets[0].packet.at.mono_s == found_s


def test_another_size_in_the_middle_of_a_stream_is_another_stream() -> None:
    ring = PacketRing()
    small, large = film(in_band=True), film(in_band=True, size=(128, 96), at_s=1002.0)
    ring.begin(small.header, "h264")
    for packet in (*small.packets, *large.packets):
        ring.add(packet)
    cut, before = ring.cut(Span(1000, 1010)), ring.cut(Span(1000, 1002))
    assert cut
    assert before
    assert [len(each.packets) for each in (before, cut)] == [20, 20]
    assert size_of(mp4_of(before)) == (64, 48)
    assert size_of(mp4_of(cut)) == (128, 96)


def size_of(file: bytes) -> tuple[int, int]:
    with av.open(io.BytesIO(file)) as container:
        stream = container.streams.video[0]
        return stream.width, stream.height


def test_a_cut_ends_with_the_last_picture_before_which_none_is_missing() -> None:
    ring, whole = PacketRing(), film(b_frames=2, frames=30, gop=30)
    ring.begin(whole.header, "h264")
    for packet in whole.packets:
        ring.add(packet)
    for end_s in range(1, 30):
        cut = ring.cut(Span(1000.0, 1000.0 + end_s / 10 - 0.05))
        assert cut
        shown = sorted(packet.pts for packet in cut.packets)
        last = cut.packets[-1]
        assert all(later - earlier == 9000 for earlier, later in pairwise(shown) if later <= last.dts)
        if last.pts == shown[-1]:
            assert [later - earlier for earlier, later in pairwise(shown)] == [9000] * (len(shown) - 1)


def test_long_groups_cost_no_more_than_short_ones(ring: PacketRing) -> None:
    fill(ring, [at_s / 10 for at_s in range(2000)], key_every=250)
    assert ring.bytes_kept == 10 * (1 + len(ring.after(ring.key_before(0.0)).packets))
    assert times(ring.cut(Span(0, 999)))[0] == 125, "the group of 125 reaches over 139.9, the start of the last minute"


def test_a_cut_knows_its_size_and_span(ring: PacketRing) -> None:
    fill(ring, range(4))
    cut = ring.cut(Span(0, 99))
    assert cut
    assert (cut.size, cut.span, cut.start.mono_s) == (40, Span(0, 3), 0)
