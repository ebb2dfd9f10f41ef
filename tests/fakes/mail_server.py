"""A real mail server on loopback, in the mood that a test wants: with TLS, with sign-in, grey-listing, refusing."""

import asyncio
import datetime as dt
import ipaddress
import logging
import ssl
import threading
import warnings
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Final

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER: Final = "alerts@shop.example"
PASSWORD: Final = "right horse battery"
_MOST_SIZE: Final = 16 * 1024 * 1024


@dataclass(frozen=True)
class Arrived:
    """One mail as it was handed in."""

    sender: str
    to: tuple[str, ...]
    content: bytes
    encrypted: bool

    @property
    def mail(self) -> EmailMessage:
        """The mail, read."""
        read = message_from_bytes(self.content, policy=policy.default)
        assert isinstance(read, EmailMessage)
        return read


@dataclass
class MailHouse:
    """What arrived, and what is answered.

    Attributes:
        greetings, senders, recipients, contents: answers to EHLO, MAIL, RCPT and DATA in their order; then everything
            is taken.
        named: how often somebody named a sender.
        sign_ins: of each sign-in, whether it was good.
        before_answer: is called when a mail was taken and nobody has said so yet.
    """

    port: int = 0
    arrived: list[Arrived] = field(default_factory=list)
    greetings: deque[str] = field(default_factory=deque)
    senders: deque[str] = field(default_factory=deque)
    recipients: deque[str] = field(default_factory=deque)
    contents: deque[str] = field(default_factory=deque)
    named: int = 0
    sign_ins: list[bool] = field(default_factory=list)
    before_answer: Callable[[], None] = lambda: None
    changed: threading.Condition = field(default_factory=threading.Condition)

    def wait_for(self, number: int, timeout_s: float = 30.0) -> bool:
        """Whether that many mails came within the time."""
        with self.changed:
            return self.changed.wait_for(lambda: len(self.arrived) >= number, timeout_s)

    def wait_for_named(self, number: int, timeout_s: float = 30.0) -> bool:
        """Whether a sender was named that often within the time."""
        with self.changed:
            return self.changed.wait_for(lambda: self.named >= number, timeout_s)

    def authenticated(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: Any
    ) -> AuthResult:
        """Let USER in, and nobody else."""
        good = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        self.sign_ins.append(good)
        return AuthResult(success=good, handled=good)

    async def handle_EHLO(
        self, server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """Greet, or say what the test wants."""
        if self.greetings:
            return [self.greetings[0]]
        session.host_name = hostname
        return responses

    async def handle_HELO(self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str) -> str:
        """The second try of a client that was not greeted."""
        if self.greetings:
            return self.greetings.popleft()
        session.host_name = hostname
        return "250 here"

    async def handle_MAIL(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take a sender or refuse it."""
        with self.changed:
            self.named += 1
            self.changed.notify_all()
        if self.senders:
            return self.senders.popleft()
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take a recipient or refuse it."""
        if self.recipients and not self.recipients[0].startswith("250"):
            return self.recipients.popleft()
        if self.recipients:
            self.recipients.popleft()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take a mail or refuse it."""
        if self.contents:
            return self.contents.popleft()
        content = envelope.content
        assert isinstance(content, bytes)
        with self.changed:
            to, encrypted = tuple(envelope.rcpt_tos), session.ssl is not None
            self.arrived.append(Arrived(envelope.mail_from or "", to, content, encrypted))
            self.changed.notify_all()
        self.before_answer()
        return "250 taken"


@contextmanager
def mail_house(
    *, starttls: ssl.SSLContext | None = None, tls: ssl.SSLContext | None = None, sign_in: bool = False
) -> Iterator[MailHouse]:
    """A mail server over the block: plain unless a certificate is given. ``sign_in``: only USER may hand in."""
    house = MailHouse()
    loop = asyncio.new_event_loop()

    def made() -> SMTP:
        return SMTP(
            house,
            data_size_limit=_MOST_SIZE,
            hostname="mail.shop.example",
            tls_context=starttls,
            authenticator=house.authenticated if sign_in else None,
            auth_required=sign_in,
            auth_require_tls=False,
            loop=loop,
        )

    async def serve(listening: threading.Event, ended: asyncio.Event) -> None:
        server = await loop.create_server(made, "127.0.0.1", 0, ssl=tls)
        house.port = server.sockets[0].getsockname()[1]
        listening.set()
        async with server:
            await ended.wait()
        others = [task for task in asyncio.all_tasks(loop) if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    listening, ended = threading.Event(), asyncio.Event()
    thread = threading.Thread(target=lambda: loop.run_until_complete(serve(listening, ended)), name="mail house")
    with _quiet():
        thread.start()
        try:
            assert listening.wait(10), "the mail server does not listen"
            yield house
        finally:
            loop.call_soon_threadsafe(ended.set)
            thread.join(10)
            loop.close()


@contextmanager
def _quiet() -> Iterator[None]:
    """The library warns of the moods that a test asks for, and of its own old ways."""
    log = logging.getLogger("mail.log")
    before = log.level
    log.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", module=r"aiosmtpd\..*")
            yield
    finally:
        log.setLevel(before)


@dataclass(frozen=True)
class Authority:
    """An authority of the test's own, and a server's certificate for 127.0.0.1 that it signed."""

    ca_file: Path
    context: ssl.SSLContext


def authority(folder: Path) -> Authority:
    """Fresh keys and certificates in a folder."""
    ca_key, server_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test authority")])
    ca_id = x509.SubjectKeyIdentifier.from_public_key(ca_key.public_key())
    signs = x509.KeyUsage(
        digital_signature=True, key_cert_sign=True, crl_sign=True, content_commitment=False, key_encipherment=False,
        data_encipherment=False, key_agreement=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    ca = (
        _begun(ca_name, ca_name, ca_key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(signs, critical=True)
        .add_extension(ca_id, critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.shop.example")])
    certificate = (
        _begun(name, ca_name, server_key)
        .add_extension(address, critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(ca_id), critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    ca_file, server_file = folder / "ca.pem", folder / "server.pem"
    pem = serialization.Encoding.PEM
    ca_file.write_bytes(ca.public_bytes(pem))
    secret = server_key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    server_file.write_bytes(secret + certificate.public_bytes(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(server_file)
    return Authority(ca_file, context)


def _begun(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    now = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
    )
