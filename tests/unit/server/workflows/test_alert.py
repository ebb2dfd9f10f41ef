"""A round of a delivery: its two steps, and what becomes of errors that nobody foresaw."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from server.db.books.alerts import AlertBook, AlertDesk
from server.db.database import Database
from server.db.tables import AlertState
from server.services.alerts import GIVE_UP_S
from server.workflows.alert import attending
from tests.fakes.alerting import Steps, Street
from tests.fakes.clock import FakeClock
from vigint_core.domain.alert import Recipient
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.status import Health

BUG = OverflowError("date value out of range")
unforeseen = pytest.mark.expects_log("unforeseen error")


@pytest.fixture
def street(database: Database, clock: FakeClock, tmp_path: Path) -> Street:
    return Street(database, clock, tmp_path)


class Books:
    """Books that take nothing for a while."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.refusals = 0
        real = AlertBook.deciding

        @contextmanager
        def deciding(book: AlertBook) -> Iterator[AlertDesk]:
            if self.refusals:
                self.refusals -= 1
                raise VigintError(Code.SERVER_STORAGE, "database is locked")
            with real(book) as desk:
                yield desk

        monkeypatch.setattr(AlertBook, "deciding", deciding)


@unforeseen
def test_an_error_that_nobody_foresaw_is_a_try_that_failed(street: Street, caplog: pytest.LogCaptureFixture) -> None:
    street.mail()
    street.post.refusals = [BUG]
    street.incident()
    street.pass_s(1)
    (alert,) = street.latest(1)
    found = street.alerts.health(street.tenant)

    assert (alert.state, alert.code, alert.detail) == (AlertState.WAITING, Code.INTERNAL, "OverflowError")
    assert (found.health, found.code) == (Health.DEGRADED, Code.INTERNAL)
    assert "'exc_info': OverflowError" in caplog.text, "the log has where it happened"
    street.pass_s(60)
    assert street.post.told == [[("i1", "first", "medium")]]
    assert street.alerts.health(street.tenant).health is Health.OK


@unforeseen
@pytest.mark.expects_log("given up")
def test_one_that_lasts_is_given_up_and_holds_nobody_else_back(street: Street) -> None:
    street.mail()
    street.post.refusals = [BUG] * 200
    street.incident()
    street.pass_s(GIVE_UP_S + 3600)
    tries = 200 - len(street.post.refusals)
    (alert,) = street.latest(1)
    found = street.alerts.health(street.tenant)

    assert (alert.state, alert.code) == (AlertState.FAILED, Code.INTERNAL)
    assert (found.health, found.code) == (Health.DOWN, Code.INTERNAL)
    assert 20 < tries < 50
    street.post.refusals = []
    street.incident("i2", camera="door")
    street.pass_s(1)
    assert street.post.told == [[("i2", "first", "medium")]]


@unforeseen
@pytest.mark.expects_log("given up")
def test_one_before_there_are_words_is_the_same(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def message_id(alert_id: str) -> str:
        asked.append(alert_id)
        raise BUG

    street.mail()
    monkeypatch.setattr(street.post, "message_id", message_id)
    street.incident()
    street.pass_s(GIVE_UP_S + 3600)
    (alert,) = street.latest(1)

    assert (alert.state, alert.code, street.post.messages) == (AlertState.FAILED, Code.INTERNAL, [])
    assert 20 < len(asked) < 50, "ever more rarely, as whatever fails"


@pytest.mark.parametrize("meets", [None, VigintError(Code.MAIL_UNREACHABLE)], ids=["taken", "not taken"])
def test_while_the_books_take_nothing_only_the_writing_is_repeated(
    street: Street, monkeypatch: pytest.MonkeyPatch, meets: VigintError | None
) -> None:
    books, sent = Books(monkeypatch), [0]
    real = street.post.send

    def send(message: Any) -> None:
        books.refusals = 2
        sent[0] += 1
        if meets is not None:
            raise meets
        real(message)

    street.mail()
    street.incident()
    monkeypatch.setattr(street.post, "send", send)
    street.pass_s(1)

    assert sent == [1]
    assert [each.state for each in street.latest(9)] == [AlertState.SENT if meets is None else AlertState.WAITING]


def test_before_anything_is_sent_the_round_waits_for_the_books(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    books = Books(monkeypatch)
    street.mail()
    street.incident()
    books.refusals = 2
    street.pass_s(1)

    assert len(street.post.messages) == 1


def test_a_round_that_an_older_server_ended_goes_on_to_its_next(street: Street) -> None:
    """It knew one step, and recorded the next round as its result."""

    class Replayed(Steps):
        def do(self, name: str, function: Any, *args: object) -> Any:
            assert name == "attend"
            return [3, street.clock.wall() + 30]

    street.mail()
    street.incident()
    (args,) = [args for _, _, args in street.line.waiting]
    attending(street.alerts)(Replayed(), *args)

    assert [waiting[2] for waiting in street.line.waiting][1:] == [(*args[:2], 3)]


def test_what_was_taken_is_written_down_whatever_round_it_is_in_by_then(street: Street) -> None:
    """Somebody took it for lost while the books took nothing."""
    owner: Recipient = street.mail()
    street.incident()
    (args,) = [args for _, _, args in street.line.waiting]
    taken = street.alerts.attend(*args)
    assert isinstance(taken, dict)
    street.clock.advance(3600)
    street.alerts.resume()
    assert street.alerts.settle(*args, taken) is None
    street.pass_s(3600)

    assert [message.recipient.id for message in street.post.messages] == [owner.id]
    assert [each.state for each in street.latest(9)] == [AlertState.SENT]
