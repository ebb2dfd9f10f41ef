"""Incidents as their desks see them, what the second looks made of them, and what people say about them."""

from typing import Any

from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint, Index, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from server.db.tables.base import Base


class IncidentRow(Base):
    """An incident. Its desk makes it and repeats ``body``; a repeat never touches what people said.

    Attributes:
        state, severity: of the desk's word and the second looks together (``server/services/incidents.py``).
        body: the ``IncidentBody`` as its desk sent it last, as JSON.
        version: counts every change that can be seen from outside, from 1.
        reviews: the last reviews, oldest first; the last one counts.
        shown: the incident as a list shows it, as JSON that was made when it was written; None where an older program
            wrote it.
        review_state, locked: of the review that counts; ``locked`` keeps the incident from being swept away.
    """

    __tablename__ = "incidents"
    __table_args__ = (
        Index("incidents_by_time", "client_id", "opened_s", "id"),
        Index("incidents_by_camera", "client_id", "camera_id", "opened_s"),
    )

    client_id: Mapped[str] = mapped_column(ForeignKey("clients.id"), primary_key=True)
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    camera_id: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16))
    severity: Mapped[str] = mapped_column(String(16))
    opened_s: Mapped[float]
    updated_s: Mapped[float]
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    version: Mapped[int] = mapped_column(server_default="1")
    reviews: Mapped[list[dict[str, Any]]] = mapped_column(JSON, server_default="[]")
    review_state: Mapped[str] = mapped_column(String(16), server_default="new")
    locked: Mapped[bool] = mapped_column(server_default=false())
    shown: Mapped[str | None] = mapped_column(Text)


class IncidentWindowRow(Base):
    """That a window belongs to an incident, so that what becomes of the window finds the incident."""

    __tablename__ = "incident_windows"
    __table_args__ = (
        ForeignKeyConstraint(["client_id", "incident_id"], ["incidents.client_id", "incidents.id"], ondelete="CASCADE"),
        Index("incident_windows_by_window", "client_id", "window_id"),
    )

    client_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    incident_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    window_id: Mapped[str] = mapped_column(String(64), primary_key=True)
