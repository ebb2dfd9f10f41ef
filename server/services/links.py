"""Links to the page of one incident: signed, ending, revocable, counted. Who has one needs no key.

A link's token holds its id and its end, signed with a key of their own (``server/signing.py``). It is good only while
the signature fits **and** the books hold the link, neither revoked nor ended: to revoke one counts at once, everywhere.
"""

import base64
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from server.config import Config
from server.db.books.links import BY_ALERT, LinkEntry, Owner, found_by_id
from server.db.database import Database
from server.db.tables import LinkRight
from server.db.tenant import Tenant
from server.logs import journal
from server.services.refusals import RefusedError
from server.signing import derived_key, is_signed, signature
from vigint_core.domain.fault import Code, VigintError
from vigint_core.ports import Clock

PREFIX: Final = "/l/"
"""Where the pages of links begin."""
DAY_S: Final = 86_400.0
LONGEST_DAYS: Final = 365.0
MOST_LIVE: Final = 200
"""Good links of one incident that were made with keys. What alerts make is not counted among them, and never refused:
their number is bounded by that of recipients, and by what each of them is told of an incident."""
APART_S: Final = 60.0
"""Whoever looks again within this time is counted once."""
_ID_BYTES: Final = 10
_END_BYTES: Final = 6
_HEAD_BYTES: Final = _ID_BYTES + _END_BYTES
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{64}")  # 16 bytes and the signature's 32: no bits to spare, one spelling each
_log = journal(__name__)


@dataclass(frozen=True, slots=True)
class LinkMade:
    """A new link. ``url`` is whole, and seen this once."""

    id: str
    url: str
    expires_s: float


@dataclass(frozen=True, slots=True)
class OpenLink:
    """A good link: whose incident it shows, and what it allows."""

    owner: Owner
    tenant: Tenant
    entry: LinkEntry

    @property
    def may_review(self) -> bool:
        """Whether it allows to say what the incident was."""
        return self.entry.rights is LinkRight.REVIEW


@dataclass(frozen=True, slots=True)
class ClosedLink:
    """A link that was ours and is good no more: it has ended, was revoked, or what it showed is erased.

    Attributes:
        owner: whose it was, or None where the books no longer know.
    """

    owner: Owner | None
    why: Literal["ended", "revoked", "erased"]


class Links:
    """Makes links, reads tokens, counts who looks."""

    def __init__(self, database: Database, clock: Clock, config: Config) -> None:
        self._database = database
        self._clock = clock
        self._base = config.vigint_public_url
        self._days = config.vigint_link_days
        self._key = derived_key(config.secret_key.get_secret_value(), "links")

    def make(
        self, tenant: Tenant, incident_id: str, rights: LinkRight, days: float | None = None, made_by: str = BY_ALERT
    ) -> LinkMade:
        """A new link to an incident, good for ``days`` (``VIGINT_LINK_DAYS`` unless given).

        Raises RefusedError: LINK_NO_ADDRESS where nobody said under which address people reach this server,
        REQUEST_NOT_FOUND where the client has no such incident; VigintError(LINK_TOO_MANY) where keys made
        ``MOST_LIVE`` links to it that are good, never to an alert.
        """
        if not self._base:
            raise RefusedError(Code.LINK_NO_ADDRESS)
        now_s = self._clock.wall()
        end_s = int(now_s + min(self._days if days is None else days, LONGEST_DAYS) * DAY_S)
        identity = secrets.token_bytes(_ID_BYTES)
        entry = LinkEntry(identity.hex(), incident_id, rights, now_s, float(end_s), made_by)
        if not tenant.links.add(entry, None if made_by == BY_ALERT else MOST_LIVE):
            raise RefusedError(Code.REQUEST_NOT_FOUND)
        return LinkMade(entry.id, self._base + PREFIX + self._token(identity, end_s), entry.expires_s)

    def all(self, tenant: Tenant, incident_id: str) -> Sequence[LinkEntry]:
        """Every link to an incident, the newest first. Raises RefusedError(REQUEST_NOT_FOUND)."""
        found = tenant.links.of_incident(incident_id)
        if found is None:
            raise RefusedError(Code.REQUEST_NOT_FOUND)
        return found

    def revoke(self, tenant: Tenant, incident_id: str, link_id: str) -> None:
        """End a link at once, in every process; twice is as good as once. Raises RefusedError(REQUEST_NOT_FOUND)."""
        if not tenant.links.revoke(incident_id, link_id, self._clock.wall()):
            raise RefusedError(Code.REQUEST_NOT_FOUND)

    def read(self, token: str) -> OpenLink | ClosedLink | None:
        """What a token opens; None for one that we never made. Without a fitting signature nothing is looked up."""
        head = self._signed_head(token)
        if head is None:
            return None
        link_id, end_s = head[:_ID_BYTES].hex(), int.from_bytes(head[_ID_BYTES:])
        found = found_by_id(self._database, link_id)
        if found is None:
            return ClosedLink(None, "erased" if self._clock.wall() < end_s else "ended")
        owner, entry = found
        if entry.revoked_s is not None:
            return ClosedLink(owner, "revoked")
        if self._clock.wall() >= min(end_s, entry.expires_s):
            return ClosedLink(owner, "ended")
        return OpenLink(owner, Tenant(self._database, owner.client_id), entry)

    def note_fetch(self, link: OpenLink) -> None:
        """The page was asked for, by a person or by a machine. Raises nothing: a page is shown uncounted, too."""
        try:
            link.tenant.links.note_fetch(link.entry.id)
        except VigintError as error:
            _log.info("page of a link not counted", link_id=link.entry.id, code=error.code, detail=error.detail)

    def note_opening(self, link: OpenLink) -> bool:
        """Somebody played the clip, or stayed; whether it counts (``APART_S``)."""
        return link.tenant.links.note_opening(link.entry.id, self._clock.wall(), APART_S)

    def _token(self, identity: bytes, end_s: int) -> str:
        head = identity + end_s.to_bytes(_END_BYTES)
        return base64.urlsafe_b64encode(head + signature(self._key, head)).decode()

    def _signed_head(self, token: str) -> bytes | None:
        if not _TOKEN.fullmatch(token):
            return None
        whole = base64.urlsafe_b64decode(token)
        head, given = whole[:_HEAD_BYTES], whole[_HEAD_BYTES:]
        return head if is_signed(self._key, head, given) else None
