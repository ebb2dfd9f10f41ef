"""Who is told of incidents: kept for each client; those of ``EMAIL_TO`` for every client that has none of its own.

Only who runs the server can name recipients (the command line, on the database or with the admin key): an address in
a private network is therefore that person's own word, and allowed.
"""

import base64
import hashlib
import ipaddress
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlsplit

from pydantic import SecretStr
from sqlalchemy import select

from server.config import MAIL_ADDRESS, Config, listed
from server.db.database import Database
from server.db.tables import ClientRow
from server.db.tenant import Tenant
from server.services.clients import UnknownError
from server.signing import derived_key
from vigint_core.domain.alert import TOLD_STATES, Channel, Recipient, Wishes
from vigint_core.policy.alerting import Pace
from vigint_core.ports import Clock
from vigint_core.texts import LANGUAGES

MOST_RECIPIENTS: Final = 50
"""Of one client."""
_MOST_ADDRESS: Final = 254
_MOST_URL: Final = 500


class WishError(ValueError):
    """A recipient that can't be told anything like that; the text says why in words."""


@dataclass(frozen=True, slots=True)
class Added:
    """A new recipient. ``secret``: what its webhooks are signed with, seen this once; None for mail."""

    recipient: Recipient
    secret: SecretStr | None


class Recipients:
    """Every change of who is told.

    Attributes:
        pace: how much each of them is told.
    """

    def __init__(self, database: Database, clock: Clock, config: Config) -> None:
        self._database = database
        self._clock = clock
        self._secret_key = config.secret_key
        self._insecure = config.vigint_webhook_insecure
        self.pace = Pace(config.vigint_alert_cooldown_s, config.vigint_alerts_an_hour)
        self._defaults = listed(config.email_to)

    def add(
        self,
        client_name: str,
        channel: Channel,
        address: str,
        wishes: Wishes = Wishes(),  # noqa: B008 - it is frozen
        language: str | None = None,
    ) -> Added:
        """A new recipient, in the client's language unless another is given. Raises UnknownError, WishError."""
        tenant, spoken = self._client(client_name)
        recipient = self._checked(
            Recipient(
                id=f"r-{secrets.token_hex(6)}",
                channel=channel,
                address=address,
                language=language or spoken,
                wishes=wishes,
                salt=secrets.token_hex(16) if channel is Channel.WEBHOOK else "",
            )
        )
        if len(tenant.recipients.all()) >= MOST_RECIPIENTS:
            raise WishError(f"A client has at most {MOST_RECIPIENTS} recipients.")
        tenant.recipients.add(recipient, self._clock.wall())
        return self._added(tenant, recipient)

    def all(self, client_name: str) -> Sequence[Recipient]:
        """Who is told of a client's incidents: its own recipients, or those of ``EMAIL_TO``. Raises UnknownError."""
        tenant, spoken = self._client(client_name)
        return self.told(tenant.recipients.all(), spoken)

    def one(self, client_name: str, recipient_id: str) -> Recipient:
        """One of a client's own recipients. Raises UnknownError."""
        tenant, _ = self._client(client_name)
        found = next((one for one in tenant.recipients.all() if one.id == recipient_id), None)
        if found is None:
            raise UnknownError(f"{client_name} has no recipient {recipient_id} of its own.")
        return found

    def set(self, client_name: str, recipient: Recipient) -> Recipient:
        """Write a recipient, changed by ``dataclasses.replace``, over what it was. Raises UnknownError, WishError."""
        before = self.one(client_name, recipient.id)
        changed = self._checked(replace(recipient, channel=before.channel, salt=before.salt))
        self._client(client_name)[0].recipients.replace(changed)
        return changed

    def renew_secret(self, client_name: str, recipient_id: str) -> Added:
        """A fresh secret for a webhook; the one before signs nothing any more. Raises UnknownError, WishError."""
        before = self.one(client_name, recipient_id)
        if before.channel is not Channel.WEBHOOK:
            raise WishError("Only webhooks are signed.")
        tenant, _ = self._client(client_name)
        renewed = replace(before, salt=secrets.token_hex(16))
        tenant.recipients.replace(renewed)
        return self._added(tenant, renewed)

    def remove(self, client_name: str, recipient_id: str) -> None:
        """Tell it nothing any more, not even what is under way. Raises UnknownError."""
        tenant, _ = self._client(client_name)
        if not tenant.recipients.remove(recipient_id):
            raise UnknownError(f"{client_name} has no recipient {recipient_id} of its own.")

    def told(self, own: Sequence[Recipient], language: str) -> Sequence[Recipient]:
        """A client's own recipients, or those of ``EMAIL_TO`` in its language where it has none."""
        return own or self.defaults(language)

    def defaults(self, language: str) -> Sequence[Recipient]:
        """Those of ``EMAIL_TO``."""
        return [
            Recipient(f"email-to-{_digest(address)}", Channel.MAIL, address, language) for address in self._defaults
        ]

    def _added(self, tenant: Tenant, recipient: Recipient) -> Added:
        if recipient.channel is not Channel.WEBHOOK:
            return Added(recipient, None)
        key = base64.b64encode(signing_key(self._secret_key, tenant.client_id, recipient)).decode()
        return Added(recipient, SecretStr(f"whsec_{key}"))

    def _client(self, name: str) -> tuple[Tenant, str]:
        """The client of this name, and its language. Raises UnknownError."""
        with self._database.reading() as session:
            found = session.execute(
                select(ClientRow.id, ClientRow.language).where(ClientRow.name == name)
            ).one_or_none()
        if found is None:
            raise UnknownError(f"There is no client named {name}.")
        return Tenant(self._database, found.id), found.language

    def _checked(self, recipient: Recipient) -> Recipient:
        """The recipient as it was given. Raises WishError where it could never be told anything."""
        _known(recipient.language)
        wishes = recipient.wishes
        if not wishes.states or not wishes.states <= TOLD_STATES:
            raise WishError("A recipient is told of confirmed incidents, of unconfirmed ones, or of both.")
        if wishes.hours is not None and (len(wishes.hours) != 7 or not any(wishes.hours)):
            raise WishError("Hours need at least one stretch in the week; leave them out to be told at any time.")
        if recipient.channel is Channel.MAIL:
            if len(recipient.address) > _MOST_ADDRESS or not MAIL_ADDRESS.fullmatch(recipient.address):
                raise WishError("This is no address of mail like owner@shop.example.")
        else:
            check_webhook(recipient.address, insecure=self._insecure)
        return recipient


def signing_key(secret_key: SecretStr, client_id: str, recipient: Recipient) -> bytes:
    """What the webhooks of a recipient are signed with, 32 bytes: derived each time, and written down nowhere."""
    return derived_key(secret_key.get_secret_value(), f"webhook:{client_id}:{recipient.id}:{recipient.salt}")


def check_webhook(url: str, *, insecure: bool) -> None:
    """Refuse a URL that alerts must not be sent to. ``insecure``: plain HTTP is the owner's own word. Raises WishError.

    Alerts go over HTTPS, or over HTTP to this machine itself.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise WishError("This is no address like https://shop.example/alerts.") from None
    fits = url.isascii() and url.isprintable() and " " not in url and len(url) <= _MOST_URL and port != 0
    if not fits or parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc or parts.fragment:
        raise WishError("This is no address like https://shop.example/alerts.")
    if parts.scheme == "http" and not insecure and not _is_this_machine(parts.hostname):
        raise WishError("Alerts go over https; VIGINT_WEBHOOK_INSECURE=true allows plain http.")


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _known(language: str) -> str:
    if language not in LANGUAGES:
        raise WishError(f"Alerts are written in {' or '.join(LANGUAGES)}.")
    return language


def _digest(address: str) -> str:
    return hashlib.sha256(address.encode()).hexdigest()[:12]
