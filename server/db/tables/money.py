"""What was spent and what is put aside."""

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from server.db.tables.base import Base


class AccountRow(Base):
    """What one client, or one of its cameras, has spent and put aside in a day or a month.

    Attributes:
        client_id: "" for the server's own probes.
        camera_id: "" for the client as a whole.
        period: ``2026-11-27`` or ``2026-11``.
    """

    __tablename__ = "accounts"

    client_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    camera_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    period: Mapped[str] = mapped_column(String(10), primary_key=True)
    spent: Mapped[int] = mapped_column(BigInteger)
    reserved: Mapped[int] = mapped_column(BigInteger)


class HoldRow(Base):
    """Money that was put aside for a call under way.

    Attributes:
        until_s: whoever holds it is dead after that; it then counts as spent.
    """

    __tablename__ = "holds"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    client_id: Mapped[str] = mapped_column(String(64))
    camera_id: Mapped[str] = mapped_column(String(64))
    amount: Mapped[int] = mapped_column(BigInteger)
    at_s: Mapped[float]
    until_s: Mapped[float] = mapped_column(index=True)
