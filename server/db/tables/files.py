"""Files of clients: what lies in the storage, and what is on its way there."""

from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from server.db.tables.base import Base


class FileKind(StrEnum):
    """What a file is. Of each subject there is at most one whole file of a kind."""

    WINDOW = "window"  # the clip of a window
    CONTEXT = "context"  # the longer clip around a window, for its second look
    ALERT = "alert"  # the clip of an incident that mails and link pages show
    STILL = "still"  # the picture of an incident

    @property
    def of_incident(self) -> bool:
        """Whether it belongs to an incident; else to a window."""
        return self in {FileKind.ALERT, FileKind.STILL}


class FileState(StrEnum):
    """How far a file is. A row is there before the first of its bytes and goes after the last."""

    ARRIVING = "arriving"  # an upload in parts, which may go on in any process
    WRITING = "writing"  # one process writes the whole file
    COMPLETE = "complete"
    GONE = "gone"  # replaced or erased: nobody finds it any more, its bytes are to be removed


class FileRow(Base):
    """One file.

    Attributes:
        incident_id: whose file it is, for ``ALERT`` and ``STILL``; else None.
        window_id: whose file it is, for ``WINDOW`` and ``CONTEXT``; else None.
        path: where the whole file lies in the storage; parts of an upload lie beside it.
        bytes: 0 until it is complete, as ``media_type`` and ``sha256`` (hexadecimal digits) are "".
        touched_s: when something of it last arrived.
        received: bytes that arrived so far.
        parts: what arrived of an upload, in order: ``[[name, bytes], ...]``. Emptied when the parts are removed.
    """

    __tablename__ = "files"
    __table_args__ = (
        Index("files_by_incident", "client_id", "incident_id", "kind"),
        Index("files_by_window", "client_id", "window_id", "kind"),
        Index("files_by_camera", "client_id", "camera_id", "created_s"),
        Index("files_by_state", "state", "touched_s"),
    )

    client_id: Mapped[str] = mapped_column(ForeignKey("clients.id"), primary_key=True)
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    incident_id: Mapped[str | None] = mapped_column(String(64))
    window_id: Mapped[str | None] = mapped_column(String(64))
    camera_id: Mapped[str] = mapped_column(String(64))
    path: Mapped[str] = mapped_column(String(200))
    bytes: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[str] = mapped_column(String(64))
    sha256: Mapped[str] = mapped_column(String(64))
    created_s: Mapped[float]
    touched_s: Mapped[float]
    state: Mapped[str] = mapped_column(String(16))
    received: Mapped[int] = mapped_column(BigInteger)
    parts: Mapped[list[Any]] = mapped_column(JSON)
