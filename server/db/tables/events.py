"""What changed for a client, in order."""

from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from server.db.tables.base import Base


class EventKind(StrEnum):
    """Everything that a client's desks are told of."""

    INCIDENT_PUT = "incident.put"
    INCIDENT_DECIDED = "incident.decided"
    INCIDENT_REVIEWED = "incident.reviewed"
    INCIDENT_FILE = "incident.file"
    INCIDENT_ERASED = "incident.erased"
    ANALYSIS_SETTLED = "analysis.settled"
    ALERT_SENT = "alert.sent"
    ALERT_FAILED = "alert.failed"
    LINK_OPENED = "link.opened"


class EventRow(Base):
    """One change. The numbers of a client have no gap: they are counted on the client's row (``last_event``).

    Attributes:
        subject_id: the incident, window, alert or link that changed, as ``kind`` says.
        version: of the incident after the change, where the subject is one that has versions.
    """

    __tablename__ = "events"

    client_id: Mapped[str] = mapped_column(ForeignKey("clients.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at_s: Mapped[float] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(String(32))
    subject_id: Mapped[str] = mapped_column(String(64))
    version: Mapped[int | None]
