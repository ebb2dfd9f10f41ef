"""Handing a mail in at a real mail server: encrypted, verified, signed in; and what each refusal becomes."""

import socket
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from pydantic import SecretStr

from server.mail.failures import UndeliverableError
from server.mail.smtp import MailServer, Security, hand_in, mail_server, prove
from tests.fakes.alerting import alert_config
from tests.fakes.mail_server import PASSWORD, USER, Authority, MailHouse, authority, mail_house
from vigint_core.domain.fault import Code, VigintError

TO = "owner@shop.example"


@pytest.fixture
def certified(tmp_path: Path) -> Authority:
    return authority(tmp_path)


@pytest.fixture
def plain() -> Iterator[MailHouse]:
    with mail_house() as house:
        yield house


def mail() -> EmailMessage:
    made = EmailMessage()
    made["Subject"] = "High: Till 2, 14:31"
    made["Message-ID"] = "<alert-1@shop.example>"
    made.set_content("Caisse fermée.")
    return made


def at(port: int, security: Security = "none", ca_file: Path | None = None, password: str = "") -> MailServer:
    return MailServer(
        host="127.0.0.1",
        port=port,
        security=security,
        username=USER if password else "",
        password=SecretStr(password),
        sender=f"VigInt <{USER}>",
        here="shop.example",
        ca_file=ca_file,
    )


def refused(server: MailServer, wait_s: float = 5.0) -> VigintError:
    """What handing in a mail raises."""
    with pytest.raises(VigintError) as caught:
        hand_in(server, TO, mail, wait_s)
    return caught.value


def test_a_mail_is_handed_in_encrypted_and_signed_in(certified: Authority) -> None:
    with mail_house(starttls=certified.context, sign_in=True) as house:
        hand_in(at(house.port, "starttls", certified.ca_file, PASSWORD), TO, mail)

    (arrived,) = house.arrived
    assert (arrived.sender, arrived.to, arrived.encrypted) == (USER, (TO,), True)
    assert arrived.mail["Message-ID"] == "<alert-1@shop.example>"
    assert arrived.mail.get_content().strip() == "Caisse fermée."


def test_the_port_of_tls_is_encrypted_from_the_first_byte(certified: Authority) -> None:
    with mail_house(tls=certified.context, sign_in=True) as house:
        hand_in(at(house.port, "tls", certified.ca_file, PASSWORD), TO, mail)

    assert len(house.arrived) == 1


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_that_nobody_vouches_for_is_refused(security: Security, certified: Authority) -> None:
    context = certified.context
    with mail_house(
        starttls=context if security == "starttls" else None, tls=context if security == "tls" else None
    ) as h:
        error = refused(at(h.port, security))

    assert error.code is Code.MAIL_UNTRUSTED
    assert "issuer" in error.detail
    assert h.arrived == []


def test_a_certificate_of_another_name_is_refused(certified: Authority) -> None:
    with mail_house(starttls=certified.context) as house:
        elsewhere = MailServer(
            "localhost", house.port, "starttls", "", SecretStr(""), USER, "shop.example", certified.ca_file
        )
        assert refused(elsewhere).code is Code.MAIL_UNTRUSTED


def test_a_server_without_encryption_gets_no_mail_and_no_password(plain: MailHouse) -> None:
    error = refused(at(plain.port, "starttls", password=PASSWORD))

    assert (error.code, error.detail) == (Code.MAIL_NO_ENCRYPTION, "the server offers no STARTTLS")
    assert plain.arrived == []


def test_a_plain_server_on_the_port_of_tls_is_no_encryption(plain: MailHouse) -> None:
    assert refused(at(plain.port, "tls")).code is Code.MAIL_NO_ENCRYPTION


def test_the_owners_word_allows_no_encryption(plain: MailHouse) -> None:
    hand_in(at(plain.port), TO, mail)

    assert [arrived.encrypted for arrived in plain.arrived] == [False]


def test_a_file_of_an_authority_that_is_none_is_said(certified: Authority, tmp_path: Path) -> None:
    (tmp_path / "no.pem").write_text("no")
    with mail_house(starttls=certified.context) as house:
        assert refused(at(house.port, "starttls", tmp_path / "no.pem")).code is Code.MAIL_UNTRUSTED
        assert refused(at(house.port, "starttls", tmp_path / "gone.pem")).code is Code.MAIL_UNTRUSTED


def test_a_wrong_password_is_a_refused_sign_in_and_stands_nowhere() -> None:
    with mail_house(sign_in=True) as house:
        error = refused(at(house.port, password="wrong horse"))

    assert (error.code, error.detail) == (Code.MAIL_REFUSED_SIGN_IN, "answer 535")
    assert house.sign_ins == [False], "by one kind of sign-in alone: servers count"
    assert not isinstance(error, UndeliverableError)
    assert "horse" not in repr(at(1, password="wrong horse"))


def test_a_server_without_sign_in_is_a_refused_sign_in(plain: MailHouse) -> None:
    assert refused(at(plain.port, password=PASSWORD)).code is Code.MAIL_REFUSED_SIGN_IN


@pytest.mark.parametrize("answer", ["450 4.7.1 Greylisted, try again", "421 4.3.2 Shutting down"])
def test_what_may_pass_is_taken_at_the_next_try(plain: MailHouse, answer: str) -> None:
    plain.recipients.append(answer)
    error = refused(at(plain.port))
    hand_in(at(plain.port), TO, mail)

    assert error.code is Code.MAIL_DEFERRED
    assert not isinstance(error, UndeliverableError)
    assert error.detail == answer
    assert len(plain.arrived) == 1


def test_a_server_that_is_busy_at_its_door_is_tried_again(plain: MailHouse) -> None:
    plain.greetings.append("421 4.3.2 Too many connections")
    error = refused(at(plain.port))
    hand_in(at(plain.port), TO, mail)

    assert error.code is Code.MAIL_DEFERRED
    assert len(plain.arrived) == 1


@pytest.mark.parametrize("refuses", ["recipients", "contents"])
def test_what_is_refused_for_good_is_undeliverable(plain: MailHouse, refuses: str) -> None:
    getattr(plain, refuses).append("550 5.1.1 No such\x07 user here")
    error = refused(at(plain.port))

    assert isinstance(error, UndeliverableError)
    assert (error.code, error.detail) == (Code.MAIL_REFUSED, "550 5.1.1 No such user here")


@pytest.mark.parametrize(
    ("refuses", "answer"),
    [
        ("senders", "550 5.1.8 Sender rejected"),
        ("senders", "553 not yours"),
        ("recipients", "553 5.7.1 <alerts@shop.example>: Sender address rejected: not owned by user"),
        ("recipients", "554 5.7.1 <owner@shop.example>: Relay access denied"),
        ("contents", "550 5.7.60 SMTP; Client does not have permissions to send as this sender"),
    ],
)
def test_a_refused_sender_is_the_operators_to_mend_and_no_fault_of_the_recipient(
    plain: MailHouse, refuses: str, answer: str
) -> None:
    getattr(plain, refuses).append(answer)
    error = refused(at(plain.port))
    hand_in(at(plain.port), TO, mail)

    assert not isinstance(error, UndeliverableError), "it is tried again"
    assert (error.code, error.detail) == (Code.MAIL_SENDER_REFUSED, answer)
    assert len(plain.arrived) == 1


@pytest.mark.parametrize(
    ("refuses", "answer"),
    [
        ("senders", "552 5.3.4 Message size exceeds fixed limit"),
        ("recipients", "550 5.1.1 User unknown in relay recipient table"),
    ],
)
def test_what_is_said_of_the_mail_or_its_recipient_is_not_taken_for_the_senders(
    plain: MailHouse, refuses: str, answer: str
) -> None:
    getattr(plain, refuses).append(answer)
    error = refused(at(plain.port))

    assert isinstance(error, UndeliverableError)
    assert (error.code, error.detail) == (Code.MAIL_REFUSED, answer)


def test_who_sends_without_a_sign_in_that_is_wanted_is_told_so() -> None:
    with mail_house(sign_in=True) as house:
        error = refused(at(house.port))

    assert error.code is Code.MAIL_REFUSED_SIGN_IN
    assert "530" in error.detail


def test_a_password_that_can_not_be_sent_is_a_refused_sign_in_and_stands_nowhere() -> None:
    with mail_house(sign_in=True) as house:
        error = refused(at(house.port, password="chevalé"))

    assert error.code is Code.MAIL_REFUSED_SIGN_IN
    assert "\xe9" not in ascii(error)


def test_the_way_is_proven_without_a_mail(certified: Authority) -> None:
    with mail_house(starttls=certified.context, sign_in=True) as house:
        prove(at(house.port, "starttls", certified.ca_file, PASSWORD))

    assert (house.named, house.arrived) == (1, [])


def test_a_proof_meets_what_a_mail_would_meet(certified: Authority) -> None:
    def met(server: MailServer) -> Code:
        with pytest.raises(VigintError) as caught:
            prove(server, 5.0)
        return caught.value.code

    with mail_house(starttls=certified.context, sign_in=True) as house:
        assert met(at(house.port, "starttls", password=PASSWORD)) is Code.MAIL_UNTRUSTED
        assert met(at(house.port, "starttls", certified.ca_file, "wrong horse")) is Code.MAIL_REFUSED_SIGN_IN
        assert met(at(house.port, "starttls", certified.ca_file)) is Code.MAIL_REFUSED_SIGN_IN
        house.senders.append("550 5.7.1 not yours")
        assert met(at(house.port, "starttls", certified.ca_file, PASSWORD)) is Code.MAIL_SENDER_REFUSED
        house.senders.append("451 4.3.0 later")
        assert met(at(house.port, "starttls", certified.ca_file, PASSWORD)) is Code.MAIL_DEFERRED
    assert met(at(house.port)) is Code.MAIL_UNREACHABLE


def test_nobody_at_the_port_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    error = refused(at(port))

    assert error.code is Code.MAIL_UNREACHABLE
    assert "ConnectionRefusedError" in error.detail


def test_a_server_that_says_nothing_is_given_up_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        error = refused(at(silent.getsockname()[1]), wait_s=0.2)

    assert error.code is Code.MAIL_UNREACHABLE
    assert "timed out" in error.detail


def test_what_goes_wrong_while_the_mail_is_written_is_no_failure_of_the_server(plain: MailHouse) -> None:
    def storage_away() -> EmailMessage:
        raise VigintError(Code.SERVER_STORAGE)

    with pytest.raises(VigintError, match="storage"):
        hand_in(at(plain.port), TO, storage_away)
    assert plain.arrived == []


def test_the_environment_names_the_server(tmp_path: Path) -> None:
    said = {"email_smtp_server": "mail.shop.example", "email_username": USER, "email_password": "p"}
    found = mail_server(alert_config(tmp_path, **said, vigint_public_url="https://vigint.example/x"))

    assert found is not None
    assert (found.host, found.port, found.security) == ("mail.shop.example", 587, "starttls")
    assert (found.sender, found.here) == (USER, "vigint.example")


@pytest.mark.parametrize("url", ["http://192.0.2.7:8000", "http://[::1]/", "http://shop", "https://boutique-é.example"])
def test_what_is_no_name_that_every_mail_server_takes_is_not_greeted_with(url: str, tmp_path: Path) -> None:
    found = mail_server(alert_config(tmp_path, email_smtp_server="m.example", email_from=USER, vigint_public_url=url))

    assert found is not None
    assert found.here == "shop.example"


@pytest.mark.parametrize(
    ("said", "security"),
    [({"email_smtp_port": 465}, "tls"), ({"email_security": "none"}, "none"), ({}, "starttls")],
)
def test_only_the_owners_word_leaves_encryption_out(said: dict[str, object], security: str, tmp_path: Path) -> None:
    config = alert_config(tmp_path, email_smtp_server="m.example", email_from="VigInt <a@shop.example>", **said)
    found = mail_server(config)

    assert found is not None
    assert (found.security, found.sender_address, found.here) == (security, "a@shop.example", "shop.example")


def test_without_a_server_or_a_sender_there_is_no_mail(tmp_path: Path) -> None:
    assert mail_server(alert_config(tmp_path, email_smtp_server="m.example", email_username="alerts")) is None
    assert mail_server(alert_config(tmp_path, email_from="a@shop.example")) is None
