"""Which processes of the server are alive."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from server.db.tables.base import Base


class LeaseRow(Base):
    """A process that does durable work says here that it lives. Belongs to no client.

    Attributes:
        executor_id: the name under which the process does its work; a new one at each start.
        until_s: Unix time after which it counts as dead, and its work is anybody's.
    """

    __tablename__ = "leases"

    executor_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    until_s: Mapped[float]
