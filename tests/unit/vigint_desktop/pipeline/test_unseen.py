"""The log of what nothing looked at: near spans are one entry, entries are short, and none is forgotten."""

import pytest

from tests.fakes.sources import DOOR
from vigint_core.domain.fault import Code
from vigint_core.domain.verdict import NotAnalysed
from vigint_core.domain.window import Span
from vigint_desktop.pipeline.messages import Judged
from vigint_desktop.pipeline.unseen import UnseenLog

TO_WALL_S = 1_700_000_000.0


class Book:
    """What was written."""

    def __init__(self) -> None:
        self.told: list[Judged] = []
        self.log = UnseenLog(DOOR, self.told.append)

    @property
    def spans(self) -> list[tuple[float, float]]:
        return [(each.window.mono_span.start_s, each.window.mono_span.end_s) for each in self.told]


@pytest.fixture
def book() -> Book:
    return Book()


def test_an_entry_says_who_when_and_why(book: Book) -> None:
    book.log.add(Span(100.0, 101.5), TO_WALL_S)
    book.log.write(TO_WALL_S)
    (entry,) = book.told
    assert (entry.window.camera_id, entry.window.camera_name) == (DOOR.id, DOOR.name)
    assert entry.window.span == Span(TO_WALL_S + 100.0, TO_WALL_S + 101.5)
    assert entry.judgement.window_id == entry.window.id
    assert entry.judgement.first == NotAnalysed(Code.PIPELINE_SAVING)


def test_near_spans_are_one_entry(book: Book) -> None:
    for start_s in (100.0, 102.0, 106.0, 120.0):
        book.log.add(Span(start_s, start_s + 1), TO_WALL_S)
    book.log.write(TO_WALL_S)
    assert book.spans == [(100.0, 107.0), (120.0, 121.0)]


def test_a_whole_day_is_two_entries_a_minute(book: Book) -> None:
    for second in range(86_400):
        book.log.add(Span(second, second + 0.5), TO_WALL_S)
    book.log.write(TO_WALL_S)
    assert len(book.spans) == pytest.approx(2 * 24 * 60, rel=0.02)
    assert book.spans[0][0] == 0
    assert book.spans[-1][1] == 86_399.5


def test_an_entry_is_written_once_it_is_looked_again(book: Book) -> None:
    book.log.add(Span(100.0, 101.0), TO_WALL_S)
    book.log.looked(103.0, TO_WALL_S)
    assert book.spans == []
    book.log.looked(107.0, TO_WALL_S)
    assert book.spans == [(100.0, 101.0)]
    book.log.looked(120.0, TO_WALL_S)
    book.log.write(TO_WALL_S)
    assert len(book.spans) == 1
