"""A cut of packets knows when it begins, how long it is, and how large."""

import pytest

from vigint_core.domain.frame import Moment
from vigint_core.domain.window import Span
from vigint_core.media.packets import TICKS_PER_S, EncodedPacket, PacketCut


def packet(number: int, data: bytes = b"packet") -> EncodedPacket:
    """One every half second."""
    ticks = number * TICKS_PER_S // 2
    return EncodedPacket(data, ticks, ticks, number == 0, Moment(1000 + number / 2, 2000 + number / 2, number / 2))


def test_a_cut_begins_with_its_first_packet_and_ends_with_its_last() -> None:
    cut = PacketCut(b"header", (packet(0), packet(1), packet(2)))
    assert cut.start == packet(0).at
    assert cut.span == Span(1000.0, 1001.0)


def test_its_size_is_that_of_its_packets_without_the_header() -> None:
    assert PacketCut(b"header", (packet(0, b"abc"), packet(1, b""), packet(2, b"de"))).size == 5


def test_a_cut_of_one_packet_has_no_length() -> None:
    assert PacketCut(b"", (packet(3),)).span.length_s == pytest.approx(0.0)
