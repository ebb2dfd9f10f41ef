"""A client's sites, and where its cameras are.

Cameras are nowhere written down for their own sake: a camera is known from its windows and incidents. They are found
by stepping through an index from one to the next, which costs as much as there are cameras, not windows.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, aliased

from server.db.database import Database
from server.db.tables import AnalysisRow, CameraSiteRow, IncidentRow, SiteRow


@dataclass(frozen=True, slots=True)
class Site:
    """A place of a client, with how many cameras there are."""

    id: str
    name: str
    cameras: int


@dataclass(frozen=True, slots=True)
class Camera:
    """A camera as its desk called it last.

    Attributes:
        last_seen_s: end of its last window, or beginning of its last incident if that is later; Unix time.
        site: or None where nobody said where it is.
    """

    id: str
    name: str
    last_seen_s: float
    site: Site | None


class SiteBook:
    """The sites and cameras of one client."""

    def __init__(self, database: Database, client_id: str) -> None:
        self._database = database
        self._client_id = client_id

    def all(self) -> Sequence[Site]:
        """Every site, by name."""
        with self._database.reading() as session:
            return self._sites(session)

    def add(self, name: str) -> Site | None:
        """A new site; None where there is one of this name."""
        with self._database.writing() as session:
            if self._named(session, name) is not None:
                return None
            row = SiteRow(client_id=self._client_id, id=f"s-{uuid.uuid4().hex[:12]}", name=name)
            session.add(row)
            return Site(row.id, row.name, 0)

    def rename(self, site_id: str, name: str) -> bool:
        """Give a site another name; False where another one has it, or where the site is gone."""
        with self._database.writing() as session:
            row = session.get(SiteRow, (self._client_id, site_id), with_for_update=True)
            other = self._named(session, name)
            if row is None or (other is not None and other.id != site_id):
                return False
            row.name = name
            return True

    def remove(self, site_id: str) -> None:
        """Forget a site; its cameras are at none then."""
        mine = CameraSiteRow.client_id == self._client_id
        with self._database.writing() as session:
            session.execute(delete(CameraSiteRow).where(mine, CameraSiteRow.site_id == site_id))
            session.execute(delete(SiteRow).where(SiteRow.client_id == self._client_id, SiteRow.id == site_id))

    def assign(self, camera_id: str, site_id: str | None) -> None:
        """Say at which site a camera is; None for at none."""
        with self._database.writing() as session:
            if site_id is None:
                its = (CameraSiteRow.client_id == self._client_id, CameraSiteRow.camera_id == camera_id)
                session.execute(delete(CameraSiteRow).where(*its))
            else:
                session.merge(CameraSiteRow(client_id=self._client_id, camera_id=camera_id, site_id=site_id))

    def cameras(self) -> Sequence[Camera]:
        """Every camera that is known, by its id."""
        with self._database.reading() as session:
            sites = {site.id: site for site in self._sites(session)}
            placed = select(CameraSiteRow.camera_id, CameraSiteRow.site_id)
            placed = placed.where(CameraSiteRow.client_id == self._client_id)
            at = {camera_id: sites.get(site_id) for camera_id, site_id in session.execute(placed)}
            latest: dict[str, tuple[float, str]] = {}
            for camera_id in self._stepped(session, AnalysisRow):
                latest.update((camera_id, seen) for seen in self._in_windows(session, camera_id))
            for camera_id in self._stepped(session, IncidentRow):
                for seen in self._in_incidents(session, camera_id):
                    latest[camera_id] = max(latest.get(camera_id, seen), seen)
        return [Camera(each, name, last_s, at.get(each)) for each, (last_s, name) in sorted(latest.items())]

    def _sites(self, session: Session) -> Sequence[Site]:
        cameras = (
            select(func.count())
            .select_from(CameraSiteRow)
            .where(CameraSiteRow.client_id == self._client_id, CameraSiteRow.site_id == SiteRow.id)
            .scalar_subquery()
        )
        mine = select(SiteRow.id, SiteRow.name, cameras).where(SiteRow.client_id == self._client_id)
        return sorted((Site(*row) for row in session.execute(mine)), key=lambda site: site.name)

    def _named(self, session: Session, name: str) -> SiteRow | None:
        return session.scalars(
            select(SiteRow).where(SiteRow.client_id == self._client_id, SiteRow.name == name)
        ).one_or_none()

    def _stepped(self, session: Session, table: type[AnalysisRow | IncidentRow]) -> Sequence[str]:
        """The different cameras in a table, each found from the one before it."""
        first = select(func.min(table.camera_id).label("camera_id")).where(table.client_id == self._client_id)
        steps = first.cte("steps", recursive=True)
        further = aliased(table)
        following: Any = (
            select(func.min(further.camera_id))
            .where(further.client_id == self._client_id, further.camera_id > steps.c.camera_id)
            .scalar_subquery()
        )
        steps = steps.union_all(select(following).where(steps.c.camera_id.is_not(None)))
        found = session.scalars(select(steps.c.camera_id).where(steps.c.camera_id.is_not(None)))
        return list(found)

    def _in_windows(self, session: Session, camera_id: str) -> Sequence[tuple[float, str]]:
        """When its last window ended and what it was called then; nothing where it was erased meanwhile."""
        latest = (
            select(AnalysisRow.end_s, AnalysisRow.camera_name)
            .where(AnalysisRow.client_id == self._client_id, AnalysisRow.camera_id == camera_id)
            .order_by(AnalysisRow.end_s.desc())
            .limit(1)
        )
        return [(end_s, name) for end_s, name in session.execute(latest)]

    def _in_incidents(self, session: Session, camera_id: str) -> Sequence[tuple[float, str]]:
        latest = (
            select(IncidentRow.opened_s, IncidentRow.body)
            .where(IncidentRow.client_id == self._client_id, IncidentRow.camera_id == camera_id)
            .order_by(IncidentRow.opened_s.desc())
            .limit(1)
        )
        return [(opened_s, str(body.get("camera_name", ""))) for opened_s, body in session.execute(latest)]
