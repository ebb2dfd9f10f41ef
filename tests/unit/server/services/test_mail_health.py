"""What is known about mail: nothing by claim, everything by what became of the last ones."""

from pathlib import Path

import pytest

from server.db.database import Database
from server.mail.failures import UndeliverableError
from server.services.mail_health import mail_proof
from server.services.proofs import Proof
from tests.fakes.alerting import Street, alert_config
from tests.fakes.clock import FakeClock
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.status import Health

AWAY = VigintError(Code.MAIL_UNREACHABLE, "TimeoutError")


@pytest.fixture
def street(database: Database, clock: FakeClock, tmp_path: Path) -> Street:
    return Street(database, clock, tmp_path)


@pytest.fixture
def proof(database: Database, tmp_path: Path) -> Proof:
    config = alert_config(tmp_path, email_smtp_server="mail.shop.example", email_from="alerts@shop.example")
    return mail_proof(config, database)


def test_without_a_mail_server_it_is_not_configured(database: Database, tmp_path: Path) -> None:
    found = mail_proof(alert_config(tmp_path), database)(0.0)

    assert (found.health, found.code) == (Health.NOT_CONFIGURED, Code.MAIL_NOT_CONFIGURED)


def test_before_the_first_mail_nothing_is_claimed(proof: Proof) -> None:
    found = proof(0.0)

    assert (found.health, found.code, found.label, found.worked_s) == (Health.UNKNOWN, None, "mail.shop.example", None)


def test_a_mail_that_was_taken_is_the_proof(street: Street, proof: Proof) -> None:
    street.mail()
    street.incident()
    street.pass_s(0)

    assert (proof(0.0).health, proof(0.0).worked_s) == (Health.OK, street.clock.wall())


def test_it_is_down_while_nothing_gets_through_and_says_since_when_and_why(street: Street, proof: Proof) -> None:
    street.mail()
    street.incident()
    street.pass_s(60)
    worked_s = street.clock.wall() - 60
    street.post.refusals = [AWAY] * 3
    street.incident("i2", camera="door")
    began_s = street.clock.wall()
    street.pass_s(50)
    found = proof(0.0)

    assert (found.health, found.code, found.detail) == (Health.DOWN, Code.MAIL_UNREACHABLE, "TimeoutError")
    assert found.worked_s == worked_s
    assert found.figures == {"waiting": 1.0, "oldest_due_s": found.figures["oldest_due_s"], "failing_since_s": began_s}
    street.pass_s(600)
    assert proof(0.0).health is Health.OK


def test_one_that_waits_while_others_get_through_degrades_it(street: Street, proof: Proof) -> None:
    street.mail()
    street.post.refusals = [VigintError(Code.MAIL_DEFERRED, "450 later")]
    street.incident()
    street.pass_s(1)
    street.incident("i2", camera="door")
    street.pass_s(1)

    assert (proof(0.0).health, proof(0.0).code) == (Health.DEGRADED, Code.MAIL_DEFERRED)


@pytest.mark.expects_log("given up")
def test_a_recipient_that_is_refused_is_no_fault_of_the_server(street: Street, proof: Proof) -> None:
    street.mail()
    street.post.refusals = [UndeliverableError(Code.MAIL_REFUSED, "550 no such user")]
    street.incident()
    street.pass_s(1)

    assert proof(0.0).health is Health.UNKNOWN
    assert street.alerts.health(street.tenant).health is Health.DOWN


def test_a_client_without_recipients_is_told_so(street: Street) -> None:
    assert street.alerts.health(street.tenant).health is Health.NOT_CONFIGURED
    street.mail()
    assert street.alerts.health(street.tenant).health is Health.UNKNOWN
