"""Incidents as their desks see them."""

from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from server.db.tables.base import Base


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
