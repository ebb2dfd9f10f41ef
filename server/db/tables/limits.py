"""What keys have used of what they may."""

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from server.db.tables.base import Base


class KeyTallyRow(Base):
    """What a key took of one allowance (``policy/allowance.py``), in all processes together.

    Attributes:
        kind: ``requests`` or ``bytes``; ``looks`` counts nothing and is locked while its looks are counted.
        slots: units by the number of their slot, which JSON writes as a text.
    """

    __tablename__ = "key_tallies"

    client_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    key_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    slots: Mapped[dict[str, int]] = mapped_column(JSON)


class KeyLookRow(Base):
    """A request for a look that a key made.

    Attributes:
        at_s: when it came.
        until_s: it takes a place until then: the end of a lease while it is under way, the past afterwards. It is kept
            for longer only where the key's spending is limited: it says whose the window's calls are.
    """

    __tablename__ = "key_looks"
    __table_args__ = (
        Index("key_looks_by_key", "client_id", "key_id", "until_s"),
        Index("key_looks_by_window", "client_id", "window_id"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    client_id: Mapped[str] = mapped_column(String(64))
    key_id: Mapped[str] = mapped_column(String(64))
    window_id: Mapped[str] = mapped_column(String(64))
    at_s: Mapped[float]
    until_s: Mapped[float]
