"""The tables. What belongs to a client has ``client_id`` in its primary key: the same id of two clients is two rows.

Times are Unix seconds, money is millionths of a US dollar.
"""

from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Integer, String, false
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

_Serial = BigInteger().with_variant(Integer, "sqlite")


class Base(DeclarativeBase):
    """Base of all tables."""


class ClientRow(Base):
    """Somebody the server works for. ``time_zone`` is an IANA name; days and months of usage are those of that zone."""

    __tablename__ = "clients"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    created_s: Mapped[float]
    time_zone: Mapped[str] = mapped_column(String(64), server_default="UTC")


class KeyRow(Base):
    """A key of a client; of its secrets only the hashes are kept.

    Attributes:
        scopes: words of ``vigint_core.domain.scope`` with spaces between them.
        last_used_s: when it last signed in, exact to a minute; None for never.
        old_digest: hash of the secret before the last rotation, good until ``old_until_s``.
    """

    __tablename__ = "api_keys"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    client_id: Mapped[str] = mapped_column(ForeignKey("clients.id"), index=True)
    digest: Mapped[str] = mapped_column(String(64))
    created_s: Mapped[float]
    revoked_s: Mapped[float | None]
    scopes: Mapped[str] = mapped_column(String(200))
    expires_s: Mapped[float | None]
    last_used_s: Mapped[float | None]
    old_digest: Mapped[str | None] = mapped_column(String(64))
    old_until_s: Mapped[float | None]


class FailedSignInRow(Base):
    """How often sign-ins with one key's id, or from one address, failed since ``window_s``."""

    __tablename__ = "failed_sign_ins"

    mark: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int]
    window_s: Mapped[float] = mapped_column(index=True)


class AnalysisRow(Base):
    """One window's account: claimed while it is looked at, answered afterwards.

    Attributes:
        fingerprint: SHA-256 of everything that was sent; the same id with another one is a conflict.
        claim: random mark of the request that is looking now, or "" when nobody is.
        claimed_until_s: a claim that is older is void: whoever made it is dead.
        answer: the ``AnalysisResponse`` as JSON, or None before the first answer.
        final: whether every look that was needed came to a verdict; if not, the window may be asked again.
    """

    __tablename__ = "analyses"
    __table_args__ = (Index("analyses_by_time", "client_id", "start_s"),)

    client_id: Mapped[str] = mapped_column(ForeignKey("clients.id"), primary_key=True)
    window_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    camera_id: Mapped[str] = mapped_column(String(64))
    camera_name: Mapped[str] = mapped_column(String(200))
    start_s: Mapped[float]
    end_s: Mapped[float]
    claim: Mapped[str] = mapped_column(String(64))
    claimed_until_s: Mapped[float]
    answer: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    final: Mapped[bool]


class CallRow(Base):
    """One call to a model and what it cost. Probes of the server itself belong to no client."""

    __tablename__ = "calls"
    __table_args__ = (Index("calls_by_time", "client_id", "at_s"),)

    id: Mapped[int] = mapped_column(_Serial, primary_key=True)
    client_id: Mapped[str | None] = mapped_column(ForeignKey("clients.id"))
    window_id: Mapped[str | None] = mapped_column(String(64))
    camera_id: Mapped[str | None] = mapped_column(String(64))
    at_s: Mapped[float] = mapped_column(index=True)
    look: Mapped[str] = mapped_column(String(16))
    model: Mapped[str] = mapped_column(String(100))
    prompt_version: Mapped[str] = mapped_column(String(100))
    tokens_in: Mapped[int]
    tokens_out: Mapped[int]
    cost_micro_usd: Mapped[int] = mapped_column(BigInteger)
    latency_s: Mapped[float]
    error: Mapped[str | None] = mapped_column(String(64))
    tokens_video: Mapped[int] = mapped_column(server_default="0")
    tokens_cached: Mapped[int] = mapped_column(server_default="0")
    tokens_thought: Mapped[int] = mapped_column(server_default="0")
    unsettled_micro_usd: Mapped[int] = mapped_column(BigInteger, server_default="0")
    outcome: Mapped[str] = mapped_column(String(16), server_default="")
    flagged: Mapped[bool] = mapped_column(server_default=false())
    thrifty: Mapped[bool] = mapped_column(server_default=false())


class AccountRow(Base):
    """What one client, or one of its cameras, has spent and put aside in a day or a month.

    Attributes:
        client_id: "" for the server's own probes.
        camera_id: "" for the client as a whole.
        period: ``2026-11-27`` or ``2026-11``.
    """

    __tablename__ = "accounts"

    client_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    camera_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    period: Mapped[str] = mapped_column(String(10), primary_key=True)
    spent: Mapped[int] = mapped_column(BigInteger)
    reserved: Mapped[int] = mapped_column(BigInteger)


class HoldRow(Base):
    """Money that was put aside for a call under way.

    Attributes:
        until_s: whoever holds it is dead after that; it then counts as spent.
    """

    __tablename__ = "holds"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    client_id: Mapped[str] = mapped_column(String(64))
    camera_id: Mapped[str] = mapped_column(String(64))
    amount: Mapped[int] = mapped_column(BigInteger)
    at_s: Mapped[float]
    until_s: Mapped[float] = mapped_column(index=True)


class PaceRow(Base):
    """How fast the provider lets a key ask a model (``policy/pace.py``). ``key_mark`` tells keys apart, and is none."""

    __tablename__ = "paces"

    key_mark: Mapped[str] = mapped_column(String(16), primary_key=True)
    model: Mapped[str] = mapped_column(String(100), primary_key=True)
    interval_s: Mapped[float]
    next_s: Mapped[float]
    paused_until_s: Mapped[float]
    reason: Mapped[str] = mapped_column(String(64))


class TicketRow(Base):
    """Somebody waits for a turn. ``seen_s``: when it asked last; who asks no more is gone."""

    __tablename__ = "tickets"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    key_mark: Mapped[str] = mapped_column(String(16))
    model: Mapped[str] = mapped_column(String(100))
    party: Mapped[str] = mapped_column(String(64))
    asked_s: Mapped[float]
    seen_s: Mapped[float]


class ServedRow(Base):
    """When a party had its last turn while turns were short."""

    __tablename__ = "served"

    key_mark: Mapped[str] = mapped_column(String(16), primary_key=True)
    model: Mapped[str] = mapped_column(String(100), primary_key=True)
    party: Mapped[str] = mapped_column(String(64), primary_key=True)
    at_s: Mapped[float]


class IncidentRow(Base):
    """An incident as its desk sees it; the server never makes one."""

    __tablename__ = "incidents"
    __table_args__ = (Index("incidents_by_time", "client_id", "opened_s"),)

    client_id: Mapped[str] = mapped_column(ForeignKey("clients.id"), primary_key=True)
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    camera_id: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16))
    severity: Mapped[str] = mapped_column(String(16))
    opened_s: Mapped[float]
    updated_s: Mapped[float]
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
