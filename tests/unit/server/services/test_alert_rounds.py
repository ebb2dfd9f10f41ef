"""However many deliveries wait: a round looks at some hundred of them, and the rounds together at each."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from server.db.books.alerts import Due
from server.db.database import Database
from server.db.tables import AlertRow, AlertState
from server.services.alert_rounds import MOST_AT_ONCE, AlertRounds
from server.services.alerts import OVERDUE_S, STUCK_S
from tests.fakes.alerting import Street
from tests.fakes.clock import FakeClock
from vigint_core.domain.fault import Code

MANY = 1000
ROUNDS = MANY // MOST_AT_ONCE


@pytest.fixture
def street(database: Database, clock: FakeClock, tmp_path: Path) -> Street:
    """All mails wait since the mail server went away."""
    street = Street(database, clock, tmp_path)
    put_down(street, MANY)
    return street


def put_down(street: Street, many: int, due_s: float = 3600.0) -> None:
    """Deliveries of which a try failed, due so long from now; a few at the same moment."""
    now_s = street.clock.wall()
    with street.database.writing() as session:
        session.add_all(
            AlertRow(
                client_id=street.tenant.client_id, id=f"{number:032}", recipient_id="r", channel="mail", about="c",
                state=AlertState.WAITING, created_s=now_s - 600, due_s=now_s + due_s + number // 7, round=1,
                composed_s=now_s - 60, message_id="", follows="", tries=1, failing_s=now_s - 300 + number / MANY,
                code="mail.unreachable", detail="",
            )
            for number in range(many)
        )  # fmt: skip


def started(street: Street) -> Counter[str]:
    """How often each delivery has a workflow, under whichever name."""
    return Counter(args[1] for _, _, args in street.line.waiting)


def test_after_a_start_the_rounds_come_to_each_once(database: Database, clock: FakeClock, tmp_path: Path) -> None:
    street = Street(database, clock, tmp_path)
    put_down(street, 4 * MANY)
    street.alerts.resume()
    assert len(started(street)) == MOST_AT_ONCE
    assert min(started(street)) == f"{0:032}", "what is due first"
    for _ in range(4 * ROUNDS - 1):
        street.alerts.resume()
    assert len(started(street)) == 4 * MANY
    assert set(started(street).values()) == {1}


def test_while_durable_work_is_away_nothing_is_passed_over(street: Street) -> None:
    for _ in range(ROUNDS // 2):
        street.alerts.resume()
    street.line.fault = Code.SERVER_STARTING
    street.alerts.resume()
    street.line.fault = None
    for _ in range(ROUNDS):
        street.alerts.resume()
    assert len(started(street)) == MANY


def test_what_stays_open_does_not_keep_the_rounds_from_what_is_behind(street: Street) -> None:
    """The first ones are due for longest at every round, as when nobody gets to them."""
    for _ in range(ROUNDS + 1):
        street.alerts.resume()
    street.clock.advance(2 * 3600.0)
    street.line.waiting.clear()
    for _ in range(ROUNDS):
        street.alerts.resume()
    assert len(started(street)) == MANY, "all are overdue, and had lost their workflows"


def test_what_waits_in_a_long_line_gets_no_other_place_at_its_end(
    database: Database, clock: FakeClock, tmp_path: Path
) -> None:
    street = Street(database, clock, tmp_path)
    put_down(street, 3, due_s=-2 * STUCK_S)
    for _ in range(4):
        street.alerts.resume()
        clock.advance(STUCK_S)
    assert set(started(street).values()) == {1}


def test_the_mail_server_is_well_again_and_what_waits_is_hurried_bit_by_bit(street: Street) -> None:
    for _ in range(ROUNDS + 1):
        street.alerts.resume()
    street.line.waiting.clear()
    street.alerts.hurry()
    assert len(started(street)) == MOST_AT_ONCE
    assert min(started(street)) == f"{0:032}", "what fails for longest"
    for _ in range(ROUNDS):
        street.alerts.resume()
    assert len(started(street)) == MANY
    assert {at_s for at_s, _, _ in street.line.waiting} == {street.clock.wall()}


def test_what_fails_again_is_not_hurried_again(database: Database, clock: FakeClock, tmp_path: Path) -> None:
    street = Street(database, clock, tmp_path)
    put_down(street, 2)
    rounds = AlertRounds(database)
    rounds.hurry(clock.wall())
    clock.advance(1)
    with street.tenant.alerts.deciding() as desk:
        again = desk.get(f"{1:032}")
        assert again is not None
        desk.put(replace(again, composed_s=clock.wall(), due_s=clock.wall() + 60))
    assert [due.alert_id for due in rounds.failing(clock.wall())] == [f"{0:032}"]
    assert rounds.failing(clock.wall()) == (), "and nobody is hurried for ever"


def test_who_fails_in_a_round_is_given_the_same_again(street: Street) -> None:
    rounds = AlertRounds(street.database)
    first = rounds.open(street.clock.wall() - OVERDUE_S)
    assert rounds.open(street.clock.wall() - OVERDUE_S) == first
    rounds.pass_on(first)
    second = rounds.open(street.clock.wall() - OVERDUE_S)
    assert not {each.alert_id for each in first} & {each.alert_id for each in second}
    assert all(isinstance(each, Due) for each in second)
