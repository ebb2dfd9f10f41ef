"""What waits for somebody who is told nothing any more is not lost: whoever is told now gets it, and nobody twice."""

from pathlib import Path

import pytest

from server.db.database import Database
from server.db.tables import AlertState
from server.services.alerts import GIVE_UP_S, Alerts
from server.services.recipients import Recipients
from tests.fakes.alerting import Street, alert_config
from tests.fakes.clock import FakeClock
from vigint_core.domain.fault import Code, VigintError

AWAY = VigintError(Code.MAIL_UNREACHABLE, "TimeoutError")


@pytest.fixture
def street(database: Database, clock: FakeClock, tmp_path: Path) -> Street:
    """Without recipients of the client's own."""
    return Street(database, clock, tmp_path, email_to="owner@shop.example")


def test_what_was_put_down_before_the_first_recipient_of_ones_own_still_goes_to_the_servers_own(
    street: Street,
) -> None:
    street.post.refusals = [AWAY]
    street.incident("i1")
    street.pass_s(1)
    street.mail("guard@shop.example")
    street.incident("i2", camera="door")
    street.pass_s(3600)

    told = [(message.recipient.address, one) for message in street.post.messages for one in message.tellings]
    assert sorted((to, one.told.fact.incident_id) for to, one in told) == [
        ("guard@shop.example", "i2"), ("owner@shop.example", "i1"),
    ]  # fmt: skip


def test_what_waits_for_an_address_that_was_wrong_goes_to_the_one_that_is_right(
    database: Database, clock: FakeClock, tmp_path: Path
) -> None:
    """The owner mends EMAIL_TO and starts the server again."""
    street = Street(database, clock, tmp_path, email_to="owner@shop.exmaple")
    street.post.refusals = [AWAY]
    street.incident()
    street.pass_s(1)
    mended = Recipients(database, clock, alert_config(tmp_path, email_to="owner@shop.example"))
    street.alerts = Alerts(database, clock, mended, street.post, street.work)
    street.pass_s(3600)

    assert [message.recipient.address for message in street.post.messages] == ["owner@shop.example"]
    assert street.post.told == [[("i1", "first", "medium")]]
    assert sorted(alert.state for alert in street.latest(9)) == [AlertState.DROPPED, AlertState.SENT]


def test_what_waits_for_the_last_recipient_that_is_removed_goes_to_the_servers_own_once(
    street: Street,
) -> None:
    first, second = street.mail("a@shop.example"), street.mail("b@shop.example")
    street.incident()
    street.recipients.remove("Shop Lyon", first.id)
    street.recipients.remove("Shop Lyon", second.id)
    street.pass_s(GIVE_UP_S)

    assert [message.recipient.address for message in street.post.messages] == ["owner@shop.example"]


def test_who_is_removed_leaves_nothing_to_be_told_twice_to_the_others(street: Street) -> None:
    street.mail("a@shop.example")
    removed = street.mail("b@shop.example")
    street.post.refusals = [AWAY] * 2
    street.incident()
    street.pass_s(1)
    street.recipients.remove("Shop Lyon", removed.id)
    street.pass_s(3600)

    assert [message.recipient.address for message in street.post.messages] == ["a@shop.example"]
