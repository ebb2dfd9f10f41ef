"""Who works for long on SQLite pauses for as long, so that whoever waits asks in time."""

from server.db.pauses import PAUSE_S, WORK_S, Pauses
from tests.fakes.clock import FakeClock


def test_it_works_for_a_while_and_pauses_for_as_long(clock: FakeClock) -> None:
    paused: list[float] = []

    def wait(seconds: float) -> None:
        paused.append(seconds)
        clock.advance(seconds)

    pauses = Pauses(clock.monotonic, wait)
    for piece_s in (WORK_S / 4, WORK_S / 2, WORK_S / 2, WORK_S / 2, 3 * WORK_S, 60.0):
        clock.advance(piece_s)
        pauses.take()
    assert [round(each, 6) for each in paused] == [PAUSE_S, round(3.5 * WORK_S, 6), 1.0]


def test_a_pause_is_longer_than_the_sleep_of_who_waits() -> None:
    assert PAUSE_S > 0.1, "SQLite's busy handler asks again after a tenth of a second at the latest"
    Pauses().take()
