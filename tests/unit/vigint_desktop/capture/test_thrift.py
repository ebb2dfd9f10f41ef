"""Thrift: how late a stream is, when its next key frame comes, and what is therefore decoded for whom."""

import pytest

from vigint_core.policy.saving import NOTHING, Decoding, Pictures
from vigint_desktop.capture.source import Demand, StreamFacts
from vigint_desktop.capture.thrift import KeyFrames, Lag, Thrift

BIG = StreamFacts("h264", 1920, 1080, 25.0, b"")
SMALL = StreamFacts("h264", 640, 360, 15.0, b"")


def test_a_stream_that_waits_for_its_camera_is_never_late() -> None:
    lag = Lag()
    for number in range(100):
        lag.read(number * 0.04, 500 + number * 0.04, waited_s=0.03)
        assert lag.of(number * 0.04, 500 + number * 0.04) == pytest.approx(0.0)


def test_what_lies_in_the_socket_grows_old() -> None:
    lag = Lag()
    for number in range(50):
        lag.read(number * 0.04, number * 0.06, waited_s=0.001)
    assert lag.of(49 * 0.04, 49 * 0.06) == pytest.approx(49 * 0.02)
    assert lag.of(49 * 0.04, 49 * 0.06 + 0.5) == pytest.approx(49 * 0.02 + 0.5)


def test_a_camera_that_paused_did_not_make_us_late() -> None:
    lag = Lag()
    lag.read(0.0, 100.0, waited_s=0.03)
    lag.read(0.04, 101.04, waited_s=1.0)
    assert lag.of(0.04, 101.04) == pytest.approx(0.0)


def test_a_core_that_was_waited_for_forgives_no_more_than_it_took() -> None:
    lag = Lag()
    lag.read(0.0, 100.0, waited_s=0.03)
    lag.read(0.04, 102.04, waited_s=0.025)
    assert lag.of(0.04, 102.04) == pytest.approx(1.975)


def test_packets_that_were_held_up_and_come_at_once_are_not_late() -> None:
    lag = Lag()
    lag.read(0.0, 102.0, waited_s=2.0)
    for number in range(1, 50):
        lag.read(number * 0.04, 102.0, waited_s=0.0)
    assert lag.of(49 * 0.04, 102.0) == pytest.approx(0.0)


def test_nothing_is_late_before_anything_came() -> None:
    assert Lag().of(5.0, 100.0) == 0.0


def test_the_next_key_frame_is_expected_where_the_last_two_say() -> None:
    keys = KeyFrames()
    assert keys.until_next_s(0.0) is None
    keys.saw(0.0)
    assert keys.until_next_s(0.5) is None
    keys.saw(2.0)
    assert keys.until_next_s(3.5) == pytest.approx(0.5)
    assert keys.until_next_s(4.1) is None


@pytest.mark.parametrize(
    ("facts", "demand", "does"),
    [
        (BIG, None, Decoding()),
        (BIG, Demand(560, 314), Decoding()),
        (BIG, Demand(560, 314, watched=False), Decoding(deblocked=False)),
        (BIG, Demand(1416, 796), Decoding()),
        (BIG, Demand(1416, 796, watched=False), Decoding()),
        (BIG, Demand(), Decoding(Pictures.REFERENCES)),
        (BIG, Demand(watched=False), NOTHING),
        (SMALL, Demand(376, 212), Decoding()),
        (SMALL, Demand(300, 170, watched=False), Decoding(deblocked=False)),
    ],
)
def test_what_is_decoded_for_whom(facts: StreamFacts, demand: Demand | None, does: Decoding) -> None:
    thrift = Thrift(facts)
    if demand:
        thrift.want(demand)
    assert thrift.decide(0.0, 0.0, 1.0, True) == does


def test_the_width_that_pictures_turn_out_to_have_counts() -> None:
    thrift = Thrift(StreamFacts("h264", 0, 0, 25.0, b""))
    thrift.want(Demand(560, 314, watched=False))
    assert thrift.decide(0.0, 0.0, 0.0, True).deblocked
    thrift.saw(1920)
    assert not thrift.decide(0.04, 0.04, 0.0, False).deblocked


def test_a_stream_that_falls_behind_goes_on_at_a_later_key_frame() -> None:
    thrift, now_s, passed_over = Thrift(BIG), 0.0, 0
    for number in range(500):
        media_s = number * 0.04
        now_s = max(now_s, media_s)
        if thrift.decide(media_s, now_s, 0.0, number % 25 == 0) != NOTHING:
            now_s += 0.06
        passed_over += thrift.passing_over
    assert thrift.saving
    assert 0.25 < passed_over / 500 < 0.45
