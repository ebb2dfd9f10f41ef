"""The tables. What belongs to a client has ``client_id`` in its primary key: the same id of two clients is two rows.

Times are Unix seconds, money is millionths of a US dollar.
"""

from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Integer, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

_Serial = BigInteger().with_variant(Integer, "sqlite")


class Base(DeclarativeBase):
    """Base of all tables."""


class ClientRow(Base):
    """Somebody the server works for."""

    __tablename__ = "clients"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    created_s: Mapped[float]


class KeyRow(Base):
    """A key of a client; of its secret only the hash is kept."""

    __tablename__ = "api_keys"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    client_id: Mapped[str] = mapped_column(ForeignKey("clients.id"), index=True)
    digest: Mapped[str] = mapped_column(String(64))
    created_s: Mapped[float]
    revoked_s: Mapped[float | None]


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

    id: Mapped[int] = mapped_column(_Serial, primary_key=True)
    client_id: Mapped[str | None] = mapped_column(ForeignKey("clients.id"), index=True)
    window_id: Mapped[str | None] = mapped_column(String(64))
    at_s: Mapped[float] = mapped_column(index=True)
    look: Mapped[str] = mapped_column(String(16))
    model: Mapped[str] = mapped_column(String(100))
    prompt_version: Mapped[str] = mapped_column(String(100))
    tokens_in: Mapped[int]
    tokens_out: Mapped[int]
    cost_micro_usd: Mapped[int] = mapped_column(BigInteger)
    latency_s: Mapped[float]
    error: Mapped[str | None] = mapped_column(String(64))


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
