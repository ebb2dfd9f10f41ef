"""What the books say of a key and of the client it belongs to: the one row that every request asks for."""

from functools import lru_cache
from typing import Any, Final, Literal, NamedTuple

from sqlalchemy import Select, bindparam, select

from server.db.tables import ClientRow, KeyRow
from server.services.limits import THE_SERVERS, KeyLimits
from vigint_core.domain.scope import Scope


class KnownKey(NamedTuple):
    """A row of ``ONE`` or ``SEVERAL``: the columns of ``KeyRow``, and those of ``ClientRow`` behind ``client_``."""

    id: str
    client_id: str
    digest: str
    revoked_s: float | None
    scopes: str
    expires_s: float | None
    last_used_s: float | None
    old_digest: str | None
    old_until_s: float | None
    most_requests_minute: int | None
    most_bytes_hour: int | None
    most_looks: int | None
    most_spend_day: int | None
    most_spend_month: int | None
    client_name: str
    client_created_s: float
    client_time_zone: str
    client_language: str | None


def _column(name: str) -> Any:
    of_key = getattr(KeyRow, name, None)
    return getattr(ClientRow, name.removeprefix("client_")) if of_key is None else of_key


_ASKED: Final = select(*map(_column, KnownKey._fields)).join(ClientRow, ClientRow.id == KeyRow.client_id)
ONE: Final[Select[*tuple[Any, ...]]] = _ASKED.where(KeyRow.id == bindparam("key_id"))
"""Of the key with ``key_id``."""
SEVERAL: Final[Select[*tuple[Any, ...]]] = _ASKED.where(KeyRow.id.in_(bindparam("key_ids", expanding=True)))
"""Of each key of ``key_ids``."""


def digests(known: KnownKey | None, now_s: float) -> tuple[str | None, str | None]:
    """Hashes of the secrets that are good now; always two, so that every key costs the same."""
    if known is None:
        return None, None
    return known.digest, None if old_until_s(known, now_s) is None else known.old_digest


def old_until_s(of: KnownKey | KeyRow, now_s: float) -> float | None:
    """Until when the secret before the last rotation is good too; None where none is."""
    return of.old_until_s if of.old_until_s is not None and now_s < of.old_until_s else None


def state(of: KnownKey | KeyRow, now_s: float) -> Literal["good", "revoked", "expired"]:
    """Whether a key is good now."""
    if of.revoked_s is not None:
        return "revoked"
    return "expired" if of.expires_s is not None and of.expires_s <= now_s else "good"


@lru_cache(maxsize=64)
def scopes(words: str) -> tuple[Scope, ...]:
    """What a column of scopes allows; a word of a newer program is none of ours."""
    known = words.split()
    return tuple(scope for scope in Scope if scope in known)


@lru_cache(maxsize=64)
def scope_set(words: str) -> frozenset[Scope]:
    """The same, to look into."""
    return frozenset(scopes(words))


def limits(of: KnownKey | KeyRow) -> KeyLimits:
    """The limits that a key has of its own."""
    own = (of.most_requests_minute, of.most_bytes_hour, of.most_looks, of.most_spend_day, of.most_spend_month)
    return THE_SERVERS if own == _NONE else KeyLimits(*own)


_NONE: Final = (None,) * 5
