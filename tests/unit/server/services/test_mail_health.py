"""What is known about mail: nothing by claim, everything by the last proof of the way and by the last mails."""

from collections.abc import Callable
from pathlib import Path

import pytest

from server.db.database import Database
from server.mail.failures import UndeliverableError
from server.mail.smtp import MailServer, mail_server
from server.services import mail_probe as module
from server.services.mail_health import mail_proof
from server.services.mail_probe import MailProbe
from server.services.proofs import Finding, Proof
from tests.fakes.alerting import Street, alert_config
from tests.fakes.clock import FakeClock
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.status import Health

AWAY = VigintError(Code.MAIL_UNREACHABLE, "TimeoutError")
REFUSED = VigintError(Code.MAIL_REFUSED_SIGN_IN, "answer 535")
Way = Callable[[VigintError | None], None]


@pytest.fixture
def street(database: Database, clock: FakeClock, tmp_path: Path) -> Street:
    return Street(database, clock, tmp_path)


@pytest.fixture
def probe(clock: FakeClock, tmp_path: Path) -> MailProbe:
    said = {"email_smtp_server": "mail.shop.example", "email_username": "alerts@shop.example"}
    return MailProbe(mail_server(alert_config(tmp_path, **said)), clock)


@pytest.fixture
def proof(database: Database, probe: MailProbe) -> Proof:
    return mail_proof(database, probe)


@pytest.fixture
def way(probe: MailProbe, monkeypatch: pytest.MonkeyPatch) -> Way:
    """Proves the way, which is as the test says."""

    def proven(error: VigintError | None) -> None:
        def meets(_server: MailServer) -> None:
            if error is not None:
                raise error

        monkeypatch.setattr(module, "prove", meets)
        assert probe.server is not None
        probe.prove(probe.server)

    return proven


def told(found: Finding) -> tuple[Health, Code | None]:
    return found.health, found.code


def test_without_a_mail_server_it_is_not_configured(database: Database, clock: FakeClock) -> None:
    found = mail_proof(database, MailProbe(None, clock))(0.0)

    assert (found.health, found.code) == (Health.NOT_CONFIGURED, Code.MAIL_NOT_CONFIGURED)


def test_before_the_first_proof_and_the_first_mail_nothing_is_claimed(proof: Proof) -> None:
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
    oldest_s = found.figures["oldest_due_s"]
    assert found.figures == {
        "waiting": 1.0, "oldest_due_s": oldest_s, "failing_since_s": began_s, "sent_s": worked_s,
    }  # fmt: skip
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


@pytest.mark.expects_log("unforeseen error")
def test_a_bug_in_the_mail_of_one_client_is_no_fault_of_the_mail_server(street: Street, proof: Proof) -> None:
    street.mail()
    street.post.refusals = [OverflowError("date value out of range")]
    street.incident()
    street.pass_s(1)

    assert told(proof(0.0)) == (Health.DEGRADED, Code.INTERNAL)
    assert told(street.alerts.health(street.tenant)) == (Health.DEGRADED, Code.INTERNAL)


def test_a_sign_in_is_a_proof_before_the_first_mail(proof: Proof, way: Way, clock: FakeClock) -> None:
    way(None)
    found = proof(0.0)

    assert (told(found), found.detail) == ((Health.OK, None), "proven by a sign-in")
    assert (found.asked_s, found.worked_s) == (clock.wall(), clock.wall())
    assert found.figures == {"waiting": 0.0, "proven_s": clock.wall()}


def test_the_newer_of_sign_in_and_mail_is_told(street: Street, proof: Proof, way: Way) -> None:
    way(None)
    proven_s = street.clock.wall()
    street.pass_s(10)
    street.mail()
    street.incident()
    street.pass_s(0)
    found = proof(0.0)

    assert (found.detail, found.worked_s) == ("proven by a mail", proven_s + 10)
    assert found.figures == {"waiting": 0.0, "proven_s": proven_s, "sent_s": proven_s + 10}
    street.pass_s(10)
    way(None)
    assert (proof(0.0).detail, proof(0.0).worked_s) == ("proven by a sign-in", proven_s + 20)


@pytest.mark.expects_log("not proven")
def test_a_wrong_password_is_told_before_there_is_anything_to_tell(proof: Proof, way: Way, clock: FakeClock) -> None:
    way(REFUSED)
    began_s = clock.wall()
    clock.advance(60)
    way(REFUSED)
    found = proof(0.0)

    assert (told(found), found.detail) == ((Health.DOWN, Code.MAIL_REFUSED_SIGN_IN), "answer 535")
    assert (found.asked_s, found.worked_s, found.figures["failing_since_s"]) == (began_s + 60, None, began_s)
    way(None)
    assert told(proof(0.0)) == (Health.OK, None)


@pytest.mark.expects_log("not proven")
def test_what_may_pass_degrades_it_and_a_mail_that_was_taken_since_disproves_it(
    street: Street, proof: Proof, way: Way
) -> None:
    way(VigintError(Code.MAIL_DEFERRED, "421 too many connections"))
    assert told(proof(0.0)) == (Health.DEGRADED, Code.MAIL_DEFERRED)
    street.pass_s(10)
    street.mail()
    street.incident()
    street.pass_s(0)

    assert told(proof(0.0)) == (Health.OK, None)


def test_a_way_that_is_proven_again_is_no_fault_while_mails_still_wait_for_their_turn(
    street: Street, proof: Proof, way: Way
) -> None:
    street.mail()
    street.post.refusals = [AWAY]
    street.incident()
    street.pass_s(1)
    assert told(proof(0.0)) == (Health.DOWN, Code.MAIL_UNREACHABLE)
    way(None)

    assert told(proof(0.0)) == (Health.OK, None)
    assert proof(0.0).figures["waiting"] == 1.0


def test_a_sender_that_mails_are_refused_for_is_not_proven_by_a_sign_in(street: Street, proof: Proof, way: Way) -> None:
    street.mail()
    street.post.refusals = [VigintError(Code.MAIL_SENDER_REFUSED, "553 not owned by user")]
    street.incident()
    street.pass_s(1)
    way(None)

    assert told(proof(0.0)) == (Health.DOWN, Code.MAIL_SENDER_REFUSED)


def test_a_client_without_recipients_is_told_so(street: Street) -> None:
    assert street.alerts.health(street.tenant).health is Health.NOT_CONFIGURED
    street.mail()
    assert street.alerts.health(street.tenant).health is Health.UNKNOWN
