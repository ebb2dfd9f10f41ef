"""What the daily job has erased."""

from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from server.db.tables.base import Base


class RetentionRunRow(Base):
    """One day's work. It names nothing that was erased, and belongs to no client.

    Attributes:
        day: ``2026-11-29``.
        finished_s: None while it is under way.
        erased: how many of what: ``{"incidents": 3, "files": 9, "bytes": 1234, ...}``.
    """

    __tablename__ = "retention_runs"

    day: Mapped[str] = mapped_column(String(10), primary_key=True)
    begun_s: Mapped[float]
    finished_s: Mapped[float | None]
    erased: Mapped[dict[str, Any]] = mapped_column(JSON)
