"""Hands a mail to the operator's mail server: encrypted and verified, unless the operator says otherwise.

Only this module knows smtplib's errors. What may pass (no connection, a 4xx answer) and what the operator can mend (the
sign-in, the sender) leaves as VigintError; what the server refuses for good (a 5xx answer to recipient or mail) as
UndeliverableError.
"""

import re
import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path
from typing import Final, Literal
from urllib.parse import urlsplit

from pydantic import SecretStr

from server.config import Config
from server.mail.failures import UndeliverableError
from vigint_core.domain.fault import Code, VigintError
from vigint_core.redaction import without_secrets

WAIT_S: Final = 20.0
"""For each answer of the mail server."""
PROOF_WAIT_S: Final = 10.0
"""The same while nothing is sent."""
_SIGN_INS: Final = ("PLAIN", "LOGIN", "CRAM-MD5")
_PLAIN_SIGN_INS: Final = ("CRAM-MD5", "PLAIN", "LOGIN")
_TAKEN: Final = 250
_NO_SIGN_IN: Final = 530
_TOO_LARGE: Final = 552  # also an answer to the sender, whose line tells how large the mail is
_OF_SENDER: Final = re.compile(
    r"\b5\.(1\.[78]|7\.60|2\.252)\b|sender address rejected|relay access denied|relaying denied|unable to relay",
    re.IGNORECASE,
)
"""Many servers take every sender at first, and say only of the recipient or the mail that they will not send for it."""
_NUMBERS: Final = re.compile(r":|\.[0-9]+$")
"""How addresses look, which are no name to greet or to sign with."""
_TLS_PORT: Final = 465
_MOST_DETAIL: Final = 300

Security = Literal["starttls", "tls", "none"]


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mails are handed in.

    Attributes:
        sender: address of mail, with a name before it or without.
        here: what we call ourselves, in greetings and in message ids.
        ca_file: certificates of an authority beside those that the machine trusts.
    """

    host: str
    port: int
    security: Security
    username: str
    password: SecretStr
    sender: str
    here: str
    ca_file: Path | None = None

    @property
    def sender_address(self) -> str:
        """The bare address of the sender."""
        return parseaddr(self.sender)[1]


def mail_server(config: Config) -> MailServer | None:
    """What the environment says, or None where it names no mail server or no sender."""
    sender = config.email_from or (config.email_username if "@" in config.email_username else "")
    if not config.email_smtp_server or not sender:
        return None
    usual: Security = "tls" if config.email_smtp_port == _TLS_PORT else "starttls"
    host = urlsplit(config.vigint_public_url).hostname or ""
    named = host.isascii() and "." in host and not _NUMBERS.search(host)
    return MailServer(
        host=config.email_smtp_server,
        port=config.email_smtp_port,
        security=config.email_security or usual,
        username=config.email_username,
        password=config.email_password,
        sender=sender,
        here=host if named else parseaddr(sender)[1].rpartition("@")[2],
        ca_file=config.email_ca_file,
    )


def hand_in(server: MailServer, to: str, write: Callable[[], EmailMessage], wait_s: float = WAIT_S) -> None:
    """Connect, sign in, and hand in what ``write`` makes then, for one recipient. Blocks.

    Returns once the server has taken it. Raises what ``prove`` raises, and whatever ``write`` raises;
    UndeliverableError(MAIL_REFUSED).
    """
    with _connected(server, wait_s) as smtp:
        _sign_in(smtp, server)
        message = write()
        with _named_refusals():
            smtp.sendmail(server.sender_address, [to], message.as_bytes())


def prove(server: MailServer, wait_s: float = PROOF_WAIT_S) -> None:
    """Go the way of a mail without one: connect, encrypt, sign in, name the sender, take it back, leave. Blocks.

    Raises VigintError: MAIL_UNREACHABLE, MAIL_UNTRUSTED, MAIL_NO_ENCRYPTION, MAIL_REFUSED_SIGN_IN,
    MAIL_SENDER_REFUSED, MAIL_DEFERRED.
    """
    with _connected(server, wait_s) as smtp:
        _sign_in(smtp, server)
        with _named_refusals():
            smtp.ehlo_or_helo_if_needed()
            code, text = smtp.mail(server.sender_address)
            if code != _TAKEN:
                raise smtplib.SMTPSenderRefused(code, text, server.sender_address)
            smtp.rset()


@contextmanager
def _connected(server: MailServer, wait_s: float) -> Iterator[smtplib.SMTP]:
    """A greeted connection, encrypted as the operator wants it."""
    with _named_failures():
        smtp = _opened(server, wait_s)
    try:
        with _named_failures():
            if server.security == "starttls":
                _encrypt(smtp, server)
        yield smtp
    finally:
        with suppress(OSError, smtplib.SMTPException):  # what was handed in is handed in
            smtp.quit()
        smtp.close()


def _opened(server: MailServer, wait_s: float) -> smtplib.SMTP:
    if server.security == "tls":
        return smtplib.SMTP_SSL(server.host, server.port, server.here, timeout=wait_s, context=_trust(server))
    return smtplib.SMTP(server.host, server.port, server.here, timeout=wait_s)


def _encrypt(smtp: smtplib.SMTP, server: MailServer) -> None:
    smtp.ehlo_or_helo_if_needed()
    if not smtp.has_extn("starttls"):
        raise VigintError(Code.MAIL_NO_ENCRYPTION, "the server offers no STARTTLS")
    smtp.starttls(context=_trust(server))
    smtp.ehlo()


def _trust(server: MailServer) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if server.ca_file is not None:
        try:
            context.load_verify_locations(server.ca_file)
        except (OSError, ssl.SSLError) as error:
            raise VigintError(Code.MAIL_UNTRUSTED, f"EMAIL_CA_FILE can't be read: {type(error).__name__}") from error
    return context


def _sign_in(smtp: smtplib.SMTP, server: MailServer) -> None:
    if not server.username:
        return
    with _named_failures():
        smtp.ehlo_or_helo_if_needed()
        _choose_sign_in(smtp, server)
        try:
            smtp.login(server.username, server.password.get_secret_value())
        except smtplib.SMTPAuthenticationError as error:
            if error.smtp_code < 500:
                raise
            raise VigintError(Code.MAIL_REFUSED_SIGN_IN, f"answer {error.smtp_code}") from error
        except UnicodeError:  # its text holds what could not be encoded
            raise VigintError(Code.MAIL_REFUSED_SIGN_IN, "name or password has a character beyond ASCII") from None


def _choose_sign_in(smtp: smtplib.SMTP, server: MailServer) -> None:
    """Leave one kind of sign-in to smtplib, which would try a wrong password by each, and be locked out the sooner."""
    offered = smtp.esmtp_features.get("auth", "").upper().split()
    liked = _PLAIN_SIGN_INS if server.security == "none" else _SIGN_INS
    chosen = next((each for each in liked if each in offered), None)
    if chosen is None:
        raise VigintError(Code.MAIL_REFUSED_SIGN_IN, "the server offers no sign-in here")
    smtp.esmtp_features["auth"] = chosen


@contextmanager
def _named_refusals() -> Iterator[None]:
    """The answers to sender, recipient and mail: 5xx is for good."""
    with _named_failures():
        try:
            yield
        except smtplib.SMTPRecipientsRefused as error:
            code, text = next(iter(error.recipients.values()))
            raise _refusal(code, text) from error
        except smtplib.SMTPSenderRefused as error:
            of_sender = error.smtp_code != _TOO_LARGE
            raise _refusal(error.smtp_code, error.smtp_error, of_sender=of_sender) from error
        except smtplib.SMTPDataError as error:
            raise _refusal(error.smtp_code, error.smtp_error) from error


@contextmanager
def _named_failures() -> Iterator[None]:
    """Everything else that goes wrong with a mail server; it may pass."""
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        raise VigintError(Code.MAIL_UNTRUSTED, error.verify_message) from error
    except smtplib.SMTPResponseException as error:
        raise _deferral(error.smtp_code, error.smtp_error) from error
    except ssl.SSLError as error:
        raise VigintError(Code.MAIL_NO_ENCRYPTION, f"no TLS: {error.reason or 'it broke off'}") from error
    except (smtplib.SMTPException, OSError, ValueError) as error:
        raise VigintError(Code.MAIL_UNREACHABLE, f"{type(error).__name__}: {_plain(str(error))}") from error


def _refusal(code: int, text: bytes | str, *, of_sender: bool = False) -> VigintError:
    """What an answer means. ``of_sender``: it is the sender that was just named."""
    if code < 500:
        return _deferral(code, text)
    said = f"{code} {_plain(text)}"
    if code == _NO_SIGN_IN:
        return VigintError(Code.MAIL_REFUSED_SIGN_IN, said)
    if of_sender or _OF_SENDER.search(said):
        return VigintError(Code.MAIL_SENDER_REFUSED, said)
    return UndeliverableError(Code.MAIL_REFUSED, said)


def _deferral(code: int, text: bytes | str) -> VigintError:
    """A refusal that concerns the connection and no mail; also a 5xx one is the operator's to mend."""
    return VigintError(Code.MAIL_DEFERRED, f"{code} {_plain(text)}")


def _plain(text: bytes | str) -> str:
    """A server's words, as one line that may stand in a log."""
    told = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    words = "".join(sign if sign.isprintable() else " " for sign in told).split()
    return without_secrets(" ".join(words))[:_MOST_DETAIL]
