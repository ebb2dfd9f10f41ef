"""Clients and their keys: who may ask, in whose name, and for what."""

import threading
import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Final, Literal

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from server.db.database import Database
from server.db.tables import ClientRow, KeyRow
from server.logs import journal
from server.services import known_keys
from server.services.failed_sign_ins import FailedSignIns
from server.services.keys import ApiKey, new_key, parse_key, renewed
from server.services.known_keys import KnownKey
from server.services.limits import THE_SERVERS, Holder, KeyLimits
from server.services.refusals import RefusedError
from vigint_core.clock import zone_name
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.scope import Scope
from vigint_core.policy.periods import zone_named
from vigint_core.ports import Clock
from vigint_core.texts import Language

DESK: Final = frozenset(Scope)
"""What a desk needs."""
NOTE_EVERY_S: Final = 60.0  # how exact "last used" is
_NOTE_AGAIN_S: Final = 5.0
_HOUR_S: Final = 3600.0
_AT_ONCE: Final = 500  # keys in one statement
_LIMITS: Final = tuple(field.name for field in fields(KeyLimits))
"""Each has a column of its name behind ``most_``."""
_log = journal(__name__)


@dataclass(frozen=True, slots=True)
class Client:
    """Somebody the server works for.

    ``created_s`` is Unix time, ``time_zone`` an IANA name, ``language`` that of what its people are sent.
    """

    id: str
    name: str
    created_s: float
    time_zone: str
    language: str = "en"


@dataclass(frozen=True, slots=True)
class KeyInfo:
    """What may be known about a key. Times are Unix time.

    Attributes:
        revoked_s: None while it is not.
        expires_s: it is good before that; None for no end.
        last_used_s: exact to a minute; None for never.
        old_until_s: until when the secret before the last rotation is good too; None where none is.
        limits: its own ones.
    """

    id: str
    client_id: str
    created_s: float
    revoked_s: float | None
    scopes: tuple[Scope, ...]
    expires_s: float | None
    last_used_s: float | None
    old_until_s: float | None
    state: Literal["good", "revoked", "expired"]
    limits: KeyLimits = THE_SERVERS


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Whose request this is, proven by a key, and what that key allows.

    Attributes:
        expires_s: when the key ends, Unix time, or None.
        note_due: that the key was used is to be noted (``Clients.note_use``) once nobody waits any more.
        limits: the key's own ones.
    """

    client: Client
    key_id: str
    scopes: frozenset[Scope]
    expires_s: float | None
    note_due: bool
    limits: KeyLimits = THE_SERVERS

    @property
    def holder(self) -> Holder:
        """Against whom the request is counted."""
        return Holder(self.client.id, self.key_id, self.client.time_zone, self.limits)


class UnknownError(LookupError):
    """There is no client, key or time zone of this name; the text says it in words."""


class TakenError(ValueError):
    """The name is taken; the text says it in words."""


class StateError(ValueError):
    """That can't be done to a key as it stands; the text says why in words."""


class Clients:
    """Keeps clients and keys in the books. Nothing about a key is kept anywhere else: a change counts at once."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._failed = FailedSignIns(database, clock)
        self._lock = threading.Lock()
        self._noting: dict[str, float] = {}

    def sign_in(self, key_text: str, address: str = "") -> SignedIn:
        """Whose key this is; ``address`` is where the request came from. One read for a good key, no write.

        Raises RefusedError: AUTH_MISSING_KEY for an empty one, AUTH_INVALID_KEY for all else that is wrong (unknown,
        revoked and mistyped keys are not told apart), AUTH_KEY_EXPIRED to who has the secret of one that has ended, and
        AUTH_TOO_MANY instead of both after many failures with this id or from this address.
        """
        if not key_text:
            raise RefusedError(Code.AUTH_MISSING_KEY)
        key = parse_key(key_text)
        if key is None:
            self._failed.note("", address)
            raise RefusedError(Code.AUTH_INVALID_KEY)
        (found,) = self.recognise([key])
        if isinstance(found, SignedIn):
            return found
        self._failed.note(key.id, address)
        raise RefusedError(found)

    def recognise(self, keys: Sequence[ApiKey]) -> Sequence[SignedIn | Code]:
        """Whose each key is, or what is wrong with it, in their order: one read, nothing is counted.

        A wrong one is AUTH_INVALID_KEY or AUTH_KEY_EXPIRED.
        """
        now_s = self._clock.wall()
        with self._database.looking() as connection:
            rows = connection.execute(known_keys.SEVERAL, {"key_ids": list({key.id for key in keys})}).all()
        known = {row.id: row for row in map(KnownKey._make, rows)}
        return [self._recognised(key, known.get(key.id), now_s) for key in keys]

    def recognise_at_hand(self, key: ApiKey) -> SignedIn | Code | None:
        """As ``recognise``, without waiting for anybody; None where the books are not at hand."""
        rows = self._database.at_hand(known_keys.ONE, {"key_id": key.id})
        if rows is None:
            return None
        return self._recognised(key, KnownKey._make(rows[0]) if rows else None, self._clock.wall())

    def note_use(self, key_id: str) -> None:
        """Write down that a key was used, unless that was done within the last minute. Raises nothing."""
        now_s = self._clock.wall()
        due = or_(KeyRow.last_used_s.is_(None), KeyRow.last_used_s <= now_s - NOTE_EVERY_S)
        try:
            with self._database.writing() as session:
                session.execute(update(KeyRow).where(KeyRow.id == key_id, due).values(last_used_s=now_s))
        except VigintError as error:  # nobody waits for it, and the next use tries again
            _log.info("use of a key not noted", key_id=key_id, code=error.code, detail=error.detail)

    def add(self, name: str, time_zone: str | None = None, language: Language = "en") -> Client:
        """A new client, in the server's own time zone unless another is given. Raises TakenError, UnknownError."""
        zone = zone_name() if time_zone is None else _known_zone(time_zone)
        with self._database.writing() as session:
            if _by_name(session, name) is not None:
                raise TakenError(f"There is a client named {name} already.")
            row = self._new_client(session, name, zone)
            row.language = language
            return _client(row)

    def change(self, name: str, time_zone: str | None = None, language: Language | None = None) -> Client:
        """Change what is given of a client. Raises UnknownError.

        With another zone its usage is counted by that zone's days and months, past ones too.
        """
        zone = None if time_zone is None else _known_zone(time_zone)
        with self._database.writing() as session:
            row = _known(session, name)
            row.time_zone, row.language = zone or row.time_zone, language or row.language
            return _client(row)

    def named(self, name: str) -> Client:
        """The client of this name. Raises UnknownError."""
        with self._database.reading() as session:
            return _client(_known(session, name))

    def all(self) -> Sequence[Client]:
        """Every client, by name."""
        with self._database.reading() as session:
            return [_client(row) for row in session.scalars(select(ClientRow).order_by(ClientRow.name))]

    def good_keys(self, key_ids: Collection[str]) -> frozenset[str]:
        """Those of some keys that are good now: known, not revoked, not expired."""
        now_s = self._clock.wall()
        ids = list(key_ids)
        good: set[str] = set()
        with self._database.reading() as session:
            for start in range(0, len(ids), _AT_ONCE):
                found = session.scalars(select(KeyRow).where(KeyRow.id.in_(ids[start : start + _AT_ONCE])))
                good.update(row.id for row in found if known_keys.state(row, now_s) == "good")
        return frozenset(good)

    def add_key(self, client_name: str, scopes: Iterable[Scope] = DESK, expires_s: float | None = None) -> ApiKey:
        """A new key for a client; this is the only time it is seen whole.

        Raises UnknownError, and StateError for an end (Unix time) that has passed or a key that allows nothing.
        """
        key = new_key()
        scopes = frozenset(scopes)
        if not scopes:
            raise StateError("A key needs at least one scope.")
        if expires_s is not None and expires_s <= self._clock.wall():
            raise StateError("This end has passed already.")
        with self._database.writing() as session:
            client = _known(session, client_name)
            session.add(self._key_row(key, client.id, scopes, expires_s))
        return key

    def all_keys(self) -> Sequence[KeyInfo]:
        """Every key, oldest first."""
        now_s = self._clock.wall()
        with self._database.reading() as session:
            rows = session.scalars(select(KeyRow).order_by(KeyRow.created_s, KeyRow.id))
            return [_info(row, now_s) for row in rows]

    def key(self, key_id: str) -> KeyInfo:
        """What may be known about one key. Raises UnknownError."""
        with self._database.reading() as session:
            row = session.get(KeyRow, key_id)
            if row is None:
                raise UnknownError(f"There is no key {key_id}.")
            return _info(row, self._clock.wall())

    def revoke(self, key_id: str) -> None:
        """Make a key worthless from the next request on; a second time changes nothing. Raises UnknownError."""
        with self._database.writing() as session:
            row = _known_key(session, key_id)
            row.revoked_s = row.revoked_s or self._clock.wall()

    def rotate(self, key_id: str, overlap_h: float) -> ApiKey:
        """A new secret for a key, seen whole this once; the one before is good for ``overlap_h`` hours more.

        A secret from before an earlier rotation ends at once. Scopes and end stay. Raises UnknownError, and StateError
        for a key that is revoked or has expired.
        """
        key = renewed(key_id)
        now_s = self._clock.wall()
        with self._database.writing() as session:
            row = _known_key(session, key_id)
            state = known_keys.state(row, now_s)
            if state != "good":
                raise StateError(f"Key {key_id} is {state}; make a new one.")
            row.old_digest, row.old_until_s = row.digest, now_s + overlap_h * _HOUR_S
            row.digest = key.digest
        return key

    def set_limits(self, key_id: str, limits: KeyLimits) -> KeyInfo:
        """Give a key other limits of its own, from its next requests on. Raises UnknownError."""
        with self._database.writing() as session:
            row = _known_key(session, key_id)
            for name in _LIMITS:
                setattr(row, f"most_{name}", getattr(limits, name))
            return _info(row, self._clock.wall())

    def ensure(self, name: str, key: ApiKey) -> Client:
        """The client of this name with exactly this key as its good one; both are made or put right as needed."""
        with self._database.writing() as session:
            client = _by_name(session, name) or self._new_client(session, name, zone_name())
            session.flush()
            for other in session.scalars(select(KeyRow).where(KeyRow.client_id == client.id, KeyRow.id != key.id)):
                other.revoked_s = other.revoked_s or self._clock.wall()
            session.merge(self._key_row(key, client.id, DESK, None))
            return _client(client)

    def _recognised(self, key: ApiKey, known: KnownKey | None, now_s: float) -> SignedIn | Code:
        fits = key.fits(*known_keys.digests(known, now_s))
        if known is None or not fits or known.revoked_s is not None:
            return Code.AUTH_INVALID_KEY
        if known_keys.state(known, now_s) != "good":
            return Code.AUTH_KEY_EXPIRED
        due = known.last_used_s is None or now_s - known.last_used_s >= NOTE_EVERY_S
        due = due and self._nobody_notes(known.id)
        scopes, limits = known_keys.scope_set(known.scopes), known_keys.limits(known)
        return SignedIn(_client_of(known), known.id, scopes, known.expires_s, due, limits)

    def _nobody_notes(self, key_id: str) -> bool:
        """Of many requests at once, one notes the use; if nothing comes of it, a later one does."""
        now_s = self._clock.monotonic()
        with self._lock:
            if now_s - self._noting.get(key_id, float("-inf")) < _NOTE_AGAIN_S:
                return False
            self._noting[key_id] = now_s
            return True

    def _new_client(self, session: Session, name: str, time_zone: str) -> ClientRow:
        row = ClientRow(id=uuid.uuid4().hex, name=name, created_s=self._clock.wall(), time_zone=time_zone)
        session.add(row)
        return row

    def _key_row(self, key: ApiKey, client_id: str, scopes: frozenset[Scope], expires_s: float | None) -> KeyRow:
        return KeyRow(
            id=key.id,
            client_id=client_id,
            digest=key.digest,
            created_s=self._clock.wall(),
            revoked_s=None,
            scopes=" ".join(sorted(scopes)),
            expires_s=expires_s,
            last_used_s=None,
            old_digest=None,
            old_until_s=None,
        )


def _known_key(session: Session, key_id: str) -> KeyRow:
    row = session.get(KeyRow, key_id, with_for_update=True)
    if row is None:
        raise UnknownError(f"There is no key {key_id}.")
    return row


def _by_name(session: Session, name: str) -> ClientRow | None:
    return session.scalars(select(ClientRow).where(ClientRow.name == name)).one_or_none()


def _known(session: Session, name: str) -> ClientRow:
    row = _by_name(session, name)
    if row is None:
        raise UnknownError(f"There is no client named {name}.")
    return row


def _known_zone(name: str) -> str:
    try:
        zone_named(name)
    except ValueError as error:
        raise UnknownError(f"{error}.") from None
    return name


def _client(row: ClientRow) -> Client:
    return Client(row.id, row.name, row.created_s, row.time_zone, row.language or "en")


def _client_of(known: KnownKey) -> Client:
    """Whose key it is, beside the key."""
    language = known.client_language or "en"
    return Client(known.client_id, known.client_name, known.client_created_s, known.client_time_zone, language)


def _info(row: KeyRow, now_s: float) -> KeyInfo:
    return KeyInfo(
        id=row.id,
        client_id=row.client_id,
        created_s=row.created_s,
        revoked_s=row.revoked_s,
        scopes=known_keys.scopes(row.scopes),
        expires_s=row.expires_s,
        last_used_s=row.last_used_s,
        old_until_s=known_keys.old_until_s(row, now_s) if row.revoked_s is None else None,
        state=known_keys.state(row, now_s),
        limits=known_keys.limits(row),
    )
