"""Whose turn it is to ask the provider."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from server.db.tables.base import Base


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
