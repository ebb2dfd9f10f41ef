"""Clients and their keys: who may ask, and in whose name."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.db.database import Database
from server.db.tables import ClientRow, KeyRow
from server.services.keys import ApiKey, new_key, parse_key
from server.services.refusals import RefusedError
from vigint_core.domain.fault import Code
from vigint_core.ports import Clock


@dataclass(frozen=True, slots=True)
class Client:
    """Somebody the server works for. ``created_s`` is Unix time."""

    id: str
    name: str
    created_s: float


@dataclass(frozen=True, slots=True)
class KeyInfo:
    """What may be known about a key. Times are Unix time; ``revoked_s`` is None while it is good."""

    id: str
    client_id: str
    created_s: float
    revoked_s: float | None


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Whose request this is, proven by a key."""

    client: Client
    key_id: str


class UnknownError(LookupError):
    """There is no client or key of this name; the text says it in words."""


class TakenError(ValueError):
    """The name is taken; the text says it in words."""


class Clients:
    """Keeps clients and keys in the books."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def sign_in(self, key_text: str) -> SignedIn:
        """Whose key this is.

        Raises RefusedError(AUTH_MISSING_KEY) for an empty one and RefusedError(AUTH_INVALID_KEY) for all else that is
        wrong: unknown, revoked and mistyped keys are not told apart.
        """
        if not key_text:
            raise RefusedError(Code.AUTH_MISSING_KEY)
        key = parse_key(key_text)
        if key is None:
            raise RefusedError(Code.AUTH_INVALID_KEY)
        with self._database.reading() as session:
            row = session.get(KeyRow, key.id)
            good = key.fits(row.digest if row else None)
            if row is None or not good or row.revoked_s is not None:
                raise RefusedError(Code.AUTH_INVALID_KEY)
            return SignedIn(_client(session.get_one(ClientRow, row.client_id)), row.id)

    def add(self, name: str) -> Client:
        """A new client. Raises TakenError where the name is taken."""
        with self._database.writing() as session:
            if _by_name(session, name) is not None:
                raise TakenError(f"There is a client named {name} already.")
            return _client(self._new_client(session, name))

    def all(self) -> Sequence[Client]:
        """Every client, by name."""
        with self._database.reading() as session:
            return [_client(row) for row in session.scalars(select(ClientRow).order_by(ClientRow.name))]

    def add_key(self, client_name: str) -> ApiKey:
        """A new key for a client; this is the only time it is seen whole. Raises UnknownError."""
        key = new_key()
        with self._database.writing() as session:
            client = _by_name(session, client_name)
            if client is None:
                raise UnknownError(f"There is no client named {client_name}.")
            session.add(self._key_row(key, client.id))
        return key

    def all_keys(self) -> Sequence[KeyInfo]:
        """Every key, oldest first."""
        with self._database.reading() as session:
            rows = session.scalars(select(KeyRow).order_by(KeyRow.created_s, KeyRow.id))
            return [KeyInfo(row.id, row.client_id, row.created_s, row.revoked_s) for row in rows]

    def revoke(self, key_id: str) -> None:
        """Make a key worthless from the next request on; a second time changes nothing. Raises UnknownError."""
        with self._database.writing() as session:
            row = session.get(KeyRow, key_id)
            if row is None:
                raise UnknownError(f"There is no key {key_id}.")
            row.revoked_s = row.revoked_s or self._clock.wall()

    def ensure(self, name: str, key: ApiKey) -> Client:
        """The client of this name with exactly this key as its good one; both are made or put right as needed."""
        with self._database.writing() as session:
            client = _by_name(session, name) or self._new_client(session, name)
            session.flush()
            for other in session.scalars(select(KeyRow).where(KeyRow.client_id == client.id, KeyRow.id != key.id)):
                other.revoked_s = other.revoked_s or self._clock.wall()
            session.merge(self._key_row(key, client.id))
            return _client(client)

    def _new_client(self, session: Session, name: str) -> ClientRow:
        row = ClientRow(id=uuid.uuid4().hex, name=name, created_s=self._clock.wall())
        session.add(row)
        return row

    def _key_row(self, key: ApiKey, client_id: str) -> KeyRow:
        return KeyRow(id=key.id, client_id=client_id, digest=key.digest, created_s=self._clock.wall(), revoked_s=None)


def _by_name(session: Session, name: str) -> ClientRow | None:
    return session.scalars(select(ClientRow).where(ClientRow.name == name)).one_or_none()


def _client(row: ClientRow) -> Client:
    return Client(row.id, row.name, row.created_s)
