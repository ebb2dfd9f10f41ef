"""Effort: the seconds that were passed over are found, and told no more than once a second."""

import pytest

from tests.fakes.sink import RecordingSink
from tests.fakes.sources import arrival, encoded
from vigint_core.domain.ids import CameraId
from vigint_core.domain.status import CameraEffort
from vigint_core.domain.window import Span
from vigint_desktop.capture.channels import CaptureCounters
from vigint_desktop.capture.effort import EffortTeller, Unseen
from vigint_desktop.capture.source import Arrival, Effort

DOOR = CameraId("door")


def passed_over(at_s: float) -> Arrival:
    return Arrival(encoded(at_s), (), effort=Effort(saving=True, passing_over=True))


def undecodable(at_s: float) -> Arrival:
    return Arrival(encoded(at_s), (), failed=True)


def found(arrivals: list[Arrival], *, watched: bool = True) -> list[Span]:
    unseen = Unseen()
    return [span for each in arrivals if (span := unseen.after(each, watched=watched)) is not None]


def test_from_the_last_picture_before_to_the_first_one_after() -> None:
    assert found([arrival(1.0), passed_over(1.04), passed_over(2.0), arrival(2.5), arrival(2.54)]) == [Span(1.0, 2.5)]


def test_what_is_shorter_than_two_looks_takes_nothing_from_the_gate() -> None:
    assert found([arrival(1.0), passed_over(1.04), arrival(1.3)]) == []


def test_what_the_camera_did_not_send_or_what_was_damaged_is_not_our_doing() -> None:
    assert found([arrival(1.0), arrival(5.0), undecodable(5.04), arrival(9.0)]) == []


def test_another_stream_is_watched() -> None:
    assert found([arrival(1.0), passed_over(1.04), arrival(5.0)], watched=False) == []


def test_before_the_first_picture_nothing_could_be_seen_anyway() -> None:
    assert found([passed_over(1.0), arrival(5.0)]) == []


def test_it_ends_with_the_stream() -> None:
    unseen = Unseen()
    unseen.after(arrival(1.0), watched=True)
    unseen.after(passed_over(1.04), watched=True)
    assert unseen.ended(3.0) == Span(1.0, 3.0)
    assert unseen.ended(4.0) is None


def test_it_is_told_when_saving_begins_when_it_ends_and_every_second_between() -> None:
    sink, main, sub = RecordingSink(), CaptureCounters(), CaptureCounters()
    teller = EffortTeller(DOOR, sink)
    teller.check(main, sub)
    assert sink.events == []
    main.saving = True
    teller.check(main, sub)
    for unseen_s in (0.5, 0.9, 1.2, 1.8, 2.3):
        main.unseen_s = unseen_s
        teller.check(main, sub)
    sub.unseen_s, main.saving = 0.4, False
    teller.check(main, sub)
    told = [(each.saving, pytest.approx(each.unseen_s)) for each in sink.events if isinstance(each, CameraEffort)]
    assert told == [(True, 0.0), (True, 1.2), (True, 2.3), (False, 2.7)]
