"""Links to the page of one incident."""

from enum import StrEnum

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from server.db.tables.base import Base


class LinkRight(StrEnum):
    """What a link allows whoever has it: to see its incident, or also to say what it was."""

    VIEW = "view"
    REVIEW = "review"


class LinkRow(Base):
    """A link that was handed out. Its signature stands nowhere: only who has ``SECRET_KEY`` can make it.

    Attributes:
        id: 20 hexadecimal digits, the only one of its kind over all clients.
        rights: a ``LinkRight``.
        fetched: how often the page was asked for; scanners of mail do that too.
        opened: how often somebody played the clip or stayed on the page.
        made_by: id of the key that asked for it, or a word of ours: ``"alert"``.
    """

    __tablename__ = "links"
    __table_args__ = (
        ForeignKeyConstraint(["client_id", "incident_id"], ["incidents.client_id", "incidents.id"]),
        Index("links_by_incident", "client_id", "incident_id"),
        Index("links_by_id", "id", unique=True),
        Index("links_by_end", "expires_s"),
    )

    client_id: Mapped[str] = mapped_column(ForeignKey("clients.id"), primary_key=True)
    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    incident_id: Mapped[str] = mapped_column(String(64))
    rights: Mapped[str] = mapped_column(String(16))
    created_s: Mapped[float]
    expires_s: Mapped[float]
    revoked_s: Mapped[float | None]
    fetched: Mapped[int] = mapped_column(server_default="0")
    opened: Mapped[int] = mapped_column(server_default="0")
    last_opened_s: Mapped[float | None]
    made_by: Mapped[str] = mapped_column(String(64))
