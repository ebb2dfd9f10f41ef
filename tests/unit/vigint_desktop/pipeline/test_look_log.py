from tests.fakes.pictures import DOOR, moment
from vigint_core.domain.window import Span
from vigint_desktop.pipeline.look_log import LookLog
from vigint_desktop.pipeline.messages import Looked


class Diary:
    def __init__(self) -> None:
        self.told: list[Looked] = []
        self.log = LookLog(DOOR, self.told.append)

    def look(self, *mono_s: float) -> None:
        for at_s in mono_s:
            self.log.looked(moment(at_s))


def wall(mono_s: float) -> float:
    return moment(mono_s).wall_s


def test_looks_are_told_every_five_seconds_as_a_span_that_grows() -> None:
    diary = Diary()
    diary.look(*(1000 + tick / 5 for tick in range(60)))

    assert [told.span for told in diary.told] == [Span(wall(999), wall(1004)), Span(wall(999), wall(1009))]
    assert [told.fresh_s for told in diary.told] == [wall(999), wall(1004)]


def test_the_end_is_told_once() -> None:
    diary = Diary()
    diary.look(1000, 1001)
    diary.log.ended()
    diary.log.ended()

    assert diary.told == [Looked(DOOR, Span(wall(999), wall(1001)), wall(999))]


def test_a_silence_parts_two_spans_and_nobody_claims_what_lies_between() -> None:
    diary = Diary()
    diary.look(1000, 1002.9, 1010)
    diary.log.ended()

    assert [told.span for told in diary.told] == [Span(wall(999), wall(1002.9)), Span(wall(1009), wall(1010))]


def test_a_clock_that_runs_back_begins_anew() -> None:
    diary = Diary()
    diary.look(1000, 1001, 990)
    diary.log.ended()

    assert [told.span.start_s for told in diary.told] == [wall(999), wall(989)]
