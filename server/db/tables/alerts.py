"""Who is told of a client's incidents, and what was sent to whom."""

from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from server.db.tables.base import Base


class AlertState(StrEnum):
    """How far a delivery is."""

    WAITING = "waiting"  # put down; put into words when it falls due
    SENDING = "sending"  # put into words, which stay the same from here on
    SENT = "sent"
    FAILED = "failed"  # given up, and the client is told so
    DROPPED = "dropped"  # nothing of it was news any more, or its recipient wants none


class RecipientRow(Base):
    """Somebody who is told.

    Attributes:
        channel: a ``Channel``; ``address`` is one of mail, or a URL.
        least, always, states: as in ``Wishes``; states with spaces between them.
        hours: seven days of ``[start_min, end_min]``, or None for at any time.
        salt: what the secret of a webhook is derived with, beside SECRET_KEY and the id; "" for mail.
    """

    __tablename__ = "recipients"

    client_id: Mapped[str] = mapped_column(ForeignKey("clients.id"), primary_key=True)
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    channel: Mapped[str] = mapped_column(String(16))
    address: Mapped[str] = mapped_column(String(500))
    least: Mapped[str] = mapped_column(String(16))
    always: Mapped[str | None] = mapped_column(String(16))
    states: Mapped[str] = mapped_column(String(64))
    hours: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    language: Mapped[str] = mapped_column(String(8))
    paused: Mapped[bool]
    salt: Mapped[str] = mapped_column(String(32))
    created_s: Mapped[float]


class AlertRow(Base):
    """One delivery to one recipient. While a try fails it is ``WAITING`` again, so the next one tells the newest facts.

    Attributes:
        recipient_id: of a ``RecipientRow``, or of one of ``EMAIL_TO``, who has none.
        about: the camera whose incidents it tells; "" for a digest.
        due_s: before this it is not put into words, nor tried again.
        round: counts how often ``due_s`` was set; part of the name of the workflow that attends to it then.
        composed_s: when it was last put into words, or None.
        finished_s: when it was sent, given up or dropped.
        message_id: what it is called, the same at every try; "" until it is put into words.
        follows: the message ids of what was sent before about its incidents, oldest first, with spaces between them.
        tries: to send it.
        failing_s, code, detail: since when sending it fails, and of what; None and "" while it does not.
    """

    __tablename__ = "alerts"
    __table_args__ = (
        Index("alerts_by_recipient", "client_id", "recipient_id", "composed_s"),
        Index("alerts_by_state", "state", "channel", "finished_s"),
    )

    client_id: Mapped[str] = mapped_column(ForeignKey("clients.id"), primary_key=True)
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    recipient_id: Mapped[str] = mapped_column(String(64))
    channel: Mapped[str] = mapped_column(String(16))
    about: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16))
    created_s: Mapped[float]
    due_s: Mapped[float]
    round: Mapped[int]
    composed_s: Mapped[float | None]
    finished_s: Mapped[float | None]
    message_id: Mapped[str] = mapped_column(String(320))
    follows: Mapped[str] = mapped_column(String(4000))
    tries: Mapped[int]
    failing_s: Mapped[float | None]
    code: Mapped[str] = mapped_column(String(64))
    detail: Mapped[str] = mapped_column(String(500))


class AlertItemRow(Base):
    """One incident within a delivery.

    Attributes:
        news, state, severity: what was told; "" until the delivery is put into words.
    """

    __tablename__ = "alert_items"
    __table_args__ = (Index("alert_items_by_incident", "client_id", "incident_id"),)

    client_id: Mapped[str] = mapped_column(ForeignKey("clients.id"), primary_key=True)
    alert_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    incident_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    camera_id: Mapped[str] = mapped_column(String(64))
    news: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16))
    severity: Mapped[str] = mapped_column(String(16))
