"""Where a client's cameras are."""

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from server.db.tables.base import Base


class SiteRow(Base):
    """A place of a client: a shop, a warehouse. Its name is the owner's choice; no two of a client have the same."""

    __tablename__ = "sites"
    __table_args__ = (UniqueConstraint("client_id", "name", name="sites_by_name"),)

    client_id: Mapped[str] = mapped_column(ForeignKey("clients.id"), primary_key=True)
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))


class CameraSiteRow(Base):
    """At which site a camera is. Cameras themselves are known from the windows and incidents that their desk sent."""

    __tablename__ = "camera_sites"
    __table_args__ = (Index("camera_sites_by_site", "client_id", "site_id"),)

    client_id: Mapped[str] = mapped_column(ForeignKey("clients.id"), primary_key=True)
    camera_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    site_id: Mapped[str] = mapped_column(String(64))
