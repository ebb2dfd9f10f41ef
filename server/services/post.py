"""Carries alerts: gathers what a message shows, and hands it to the mail server or the webhook of its recipient."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from functools import partial
from typing import Any, Final, cast

from server.config import Config
from server.db.tables import FileKind, LinkRight
from server.db.tenant import Tenant
from server.logs import journal
from server.mail.letter import MOST_SHOWN, MOST_STILLS, Entry, Letter, written
from server.mail.smtp import hand_in
from server.mail.webhook import Hook, post
from server.services.alerts import Message, Telling
from server.services.beside import Errands
from server.services.files import Files
from server.services.links import LinkMade, Links
from server.services.mail_probe import MailProbe
from server.services.metrics import Metrics
from server.services.recipients import WishError, check_webhook, signing_key
from vigint_core.domain.alert import TOLD_STATES, Channel
from vigint_core.domain.fault import Code, VigintError
from vigint_core.ports import Clock
from vigint_core.texts import Language

EVENT: Final = "incidents.told"
AWAY_S: Final = 10.0
"""A mail server that did not answer is not asked for so long: else everything would wait for it, in turn."""
LOCKED_S: Final = 180.0
"""The same for one that refused the sign-in: who is refused again and again is locked out."""
_QUIET_S: Final = {Code.MAIL_UNREACHABLE: AWAY_S, Code.MAIL_REFUSED_SIGN_IN: LOCKED_S}
_NOT_ASKED: Final = " (a moment ago, so it was not asked again)"
_MOST_STILL_BYTES: Final = 1024 * 1024  # five of them and the rest stay below what mail servers take
_MOST_READING: Final = 8
_READ_S: Final = 3.0  # an alert waits no longer for a storage that hangs
_log = journal(__name__)


@dataclass(frozen=True, slots=True)
class Sources:
    """Where pictures come from, and links."""

    files: Files
    links: Links


class PostOffice:
    """``alerts.Post`` on mail and webhooks. Thread-safe; blocks."""

    def __init__(self, config: Config, clock: Clock, sources: Sources, probe: MailProbe, metrics: Metrics) -> None:
        """``probe`` knows the mail server, and is told what mails meet on their way."""
        self._probe = probe
        self._server = probe.server
        self._insecure = config.vigint_webhook_insecure
        self._linked = bool(config.vigint_public_url)
        self._clock = clock
        self._files = sources.files
        self._links = sources.links
        self._metrics = metrics
        self._quiet = VigintError(Code.MAIL_UNREACHABLE), float("-inf")
        self._secret_key = config.secret_key
        self._reading = Errands(_MOST_READING, _READ_S)

    def lacks_still(self, tenant: Tenant, incident_id: str) -> bool:
        """Whether the picture of an incident has not come yet."""
        return self._files.find(tenant, incident_id, FileKind.STILL) is None

    def message_id(self, alert_id: str) -> str:
        """What a delivery is called, the same each time."""
        return f"<alert-{alert_id}@{self._server.here if self._server else 'vigint.invalid'}>"

    def send(self, message: Message) -> None:
        """Send a message. Raises UndeliverableError, and VigintError where another try may succeed."""
        channel, gravest_first = message.recipient.channel, sorted(message.tellings, key=_gravity)
        carry = self._send_mail if channel is Channel.MAIL else self._send_webhook
        try:
            carry(message, gravest_first)
        except Exception:
            self._metrics.alerted(channel, delivered=False)
            raise
        self._metrics.alerted(channel, delivered=True)

    def _send_mail(self, message: Message, tellings: Sequence[Telling]) -> None:
        if self._server is None:
            raise VigintError(Code.MAIL_NOT_CONFIGURED)
        met, until_mono_s = self._quiet
        if self._clock.monotonic() < until_mono_s and self._probe.way.code is not None:
            raise VigintError(met.code, f"{met.detail}{_NOT_ASKED}")
        sender, shown = self._server.sender, tellings[:MOST_SHOWN]
        with self._links_of(message.tenant, shown) as made:

            def write() -> EmailMessage:
                entries = [
                    self._entry(message.tenant, each, link, with_still=number < MOST_STILLS)
                    for number, (each, link) in enumerate(zip(shown, made(), strict=True))
                ]
                return written(self._letter(message, sender, entries))

            try:
                hand_in(self._server, message.recipient.address, write)
            except VigintError as error:
                self._probe.note_failure(error)
                quiet_s = _QUIET_S.get(error.code)
                if quiet_s is not None:
                    self._quiet = error, self._clock.monotonic() + quiet_s
                raise
        self._probe.note_mail()

    def _send_webhook(self, message: Message, tellings: Sequence[Telling]) -> None:
        recipient, alert = message.recipient, message.alert
        try:
            check_webhook(recipient.address, insecure=self._insecure)
        except WishError as error:
            raise VigintError(Code.WEBHOOK_UNSAFE, str(error)) from error
        hook = Hook(recipient.address, signing_key(self._secret_key, message.tenant.client_id, recipient))
        with self._links_of(message.tenant, tellings) as made:
            incidents = [_document(each, link) for each, link in zip(tellings, made(), strict=True)]
            body = {
                "type": EVENT,
                "timestamp": _iso(alert.composed_s or 0.0),
                "data": {
                    "alert": alert.id,
                    "client": message.client.name,
                    "digest": not alert.about,
                    "incidents": incidents,
                },
            }
            post(hook, f"alert-{alert.id}", int(self._clock.wall()), body)

    @contextmanager
    def _links_of(
        self, tenant: Tenant, tellings: Sequence[Telling]
    ) -> Iterator[Callable[[], Sequence[LinkMade | None]]]:
        """What makes a link for each telling (or none); links of a message that was not taken are good no more."""
        made: list[tuple[str, LinkMade]] = []

        def make() -> Sequence[LinkMade | None]:
            return [self._link(tenant, each, made) for each in tellings]

        try:
            yield make
        except Exception:
            for incident_id, link in made:
                with suppress(VigintError):  # it is erased, or the books are what failed
                    self._links.revoke(tenant, incident_id, link.id)
            raise

    def _link(self, tenant: Tenant, telling: Telling, made: list[tuple[str, LinkMade]]) -> LinkMade | None:
        if not self._linked:
            return None
        incident_id = telling.told.fact.incident_id
        try:
            link = self._links.make(tenant, incident_id, LinkRight.REVIEW)
        except VigintError as error:  # an alert without a link is better than none
            _log.info("an alert goes without a link", incident=incident_id, code=error.code, detail=error.detail)
            return None
        made.append((incident_id, link))
        return link

    def _letter(self, message: Message, sender: str, entries: Sequence[Entry]) -> Letter:
        return Letter(
            sender=sender,
            to=message.recipient.address,
            message_id=message.alert.message_id,
            follows=message.alert.follows.split(),
            at_s=message.alert.composed_s or 0.0,
            language=cast("Language", message.recipient.language),
            zone=message.client.time_zone,
            client=message.client.name,
            entries=entries,
            count=len(message.tellings),
            digest=not message.alert.about,
        )

    def _entry(self, tenant: Tenant, telling: Telling, link: LinkMade | None, *, with_still: bool) -> Entry:
        body = telling.body
        start_s = body.start.timestamp()
        return Entry(
            told=telling.told,
            camera=body.camera_name,
            type=body.type,
            by_rule=body.source == "rule",
            summary=body.summary,
            act_s=body.act.timestamp(),
            moments=[(start_s + each.at_s, each.text) for each in body.observations],
            link=link.url if link else "",
            link_ends_s=link.expires_s if link else 0.0,
            still=self._still(tenant, telling) if with_still else None,
        )

    def _still(self, tenant: Tenant, telling: Telling) -> bytes | None:
        if telling.told.fact.state not in TOLD_STATES:
            return None
        try:
            return self._reading.do(partial(self._picture, tenant, telling.told.fact.incident_id))
        except TimeoutError:
            _log.warning("an alert goes without its picture", code=Code.SERVER_FILES, detail="no answer in time")
            return None
        except VigintError as error:  # an alert without a picture is better than none
            if error.code is not Code.REQUEST_NOT_FOUND:
                _log.warning("an alert goes without its picture", code=error.code, detail=error.detail)
            return None

    def _picture(self, tenant: Tenant, incident_id: str) -> bytes | None:
        file = self._files.current(tenant, incident_id, FileKind.STILL)
        return b"".join(file.read()) if file.size <= _MOST_STILL_BYTES else None


def _gravity(telling: Telling) -> tuple[bool, int, float]:
    """The gravest first, what is withdrawn last."""
    fact = telling.told.fact
    return fact.state not in TOLD_STATES, -fact.severity.rank, telling.body.act.timestamp()


def _document(telling: Telling, link: LinkMade | None) -> Mapping[str, Any]:
    """An incident as a webhook tells it."""
    body, fact = telling.body, telling.told.fact
    start_s = body.start.timestamp()
    return {
        "id": fact.incident_id,
        "news": telling.told.news,
        "state": fact.state,
        "severity": fact.severity,
        "type": body.type,
        "source": body.source,
        "camera": {"id": body.camera_id, "name": body.camera_name},
        "summary": body.summary,
        "act": _iso(body.act.timestamp()),
        "observations": [{"at": _iso(start_s + each.at_s), "text": each.text} for each in body.observations],
        "link": link.url if link else None,
    }


def _iso(at_s: float) -> str:
    return datetime.fromtimestamp(at_s, UTC).isoformat()
