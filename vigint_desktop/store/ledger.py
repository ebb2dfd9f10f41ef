"""The write side of the desk's books. One connection, owned by the desk's thread; one transaction per message."""

import logging
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from vigint_core.domain.fault import Code
from vigint_core.domain.ids import IncidentId
from vigint_core.domain.incident import Incident
from vigint_core.domain.status import Activity, CameraHealth, Snapshot, WindowRecord, WindowResult
from vigint_desktop.store.coverage_books import CoverageBooks
from vigint_desktop.store.review_books import ReviewBooks
from vigint_desktop.store.schema import connect, store_error, transaction
from vigint_desktop.store.upload_books import UploadBooks

INCIDENT_JSON = TypeAdapter(Incident)
_log = logging.getLogger(__name__)
KEEP_S = 90 * 24 * 3600.0  # accounts of windows, activity and health are kept for 90 days, incidents for ever


class Ledger:
    """Writes incidents, accounts of windows, activity, health and the outbox. Used by one thread alone.

    Attributes:
        coverage: where every second stands.
        uploads: which files the server is to get.
        reviews: what people say of incidents.
    """

    def __init__(self, file: Path) -> None:
        self._connection = connect(file, read_only=False)
        self.coverage = CoverageBooks(self._connection)
        self.uploads = UploadBooks(self._connection)
        self.reviews = ReviewBooks(self._connection)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing. Raises VigintError(STORE_FAILED or DISK_FULL) after rolling back."""
        with transaction(self._connection):
            yield

    def put_window(self, record: WindowRecord) -> None:
        """Write the account of a window; a later one of the same window replaces it."""
        self._connection.execute(
            "INSERT INTO windows (id, camera_id, start_s, end_s, result, reason, type, summary, model)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET result = excluded.result, reason = excluded.reason,"
            " type = excluded.type, summary = excluded.summary, model = excluded.model",
            (
                record.id,
                record.camera_id,
                record.span.start_s,
                record.span.end_s,
                record.result.value,
                record.reason,
                record.type,
                record.summary,
                record.model,
            ),
        )

    def put_activity(self, activity: Activity) -> None:
        """Write when a gate was open; a growing activity keeps its start."""
        self._connection.execute(
            "INSERT INTO activities (camera_id, start_s, end_s, closed, local_only, reason) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (camera_id, start_s) DO UPDATE SET end_s = excluded.end_s, closed = excluded.closed",
            (
                activity.camera_id,
                activity.span.start_s,
                activity.span.end_s,
                int(activity.closed),
                int(activity.local_only),
                activity.reason,
            ),
        )

    def put_health(self, health: CameraHealth) -> None:
        """Write when a camera was not well; a trouble that goes on keeps its start."""
        self._connection.execute(
            "INSERT INTO health (camera_id, start_s, end_s, state, code, closed) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (camera_id, start_s) DO UPDATE SET end_s = excluded.end_s, state = excluded.state,"
            " code = excluded.code, closed = excluded.closed",
            (
                health.camera_id,
                health.span.start_s,
                health.span.end_s,
                health.state.value,
                health.code,
                int(health.closed),
            ),
        )

    def put_snapshot(self, snapshot: Snapshot) -> None:
        """Write that a snapshot was taken; kept for ever, as incidents are."""
        self._connection.execute(
            "INSERT OR REPLACE INTO snapshots (file, camera_id, at_s, width, height) VALUES (?, ?, ?, ?, ?)",
            (snapshot.file, snapshot.camera_id, snapshot.at_s, snapshot.width, snapshot.height),
        )

    def put_incident(self, incident: Incident, now_s: float) -> None:
        """Write an incident, its outbox entry, and which files of it the server is to get.

        Call inside one ``transaction``.
        """
        self._connection.execute(
            "INSERT INTO incidents (id, camera_id, state, opened_s, end_s, revision, body)"
            " VALUES (?, ?, ?, ?, ?, 1, ?)"
            " ON CONFLICT (id) DO UPDATE SET state = excluded.state, end_s = excluded.end_s,"
            " revision = incidents.revision + 1, body = excluded.body",
            (
                incident.id,
                incident.camera_id,
                incident.state.value,
                incident.opened_s,
                incident.span.end_s,
                INCIDENT_JSON.dump_json(incident).decode(),
            ),
        )
        self._connection.execute(
            "INSERT INTO outbox (incident_id, revision, queued_s)"
            " SELECT id, revision, ? FROM incidents WHERE id = ?"
            " ON CONFLICT (incident_id) DO UPDATE SET revision = excluded.revision",
            (now_s, incident.id),
        )
        _tell_given_up(self.uploads.want(incident, now_s))

    def mark_sent(self, incident_id: IncidentId, revision: int, *, taken: bool = True) -> None:
        """Take an incident off the outbox, unless it changed after ``revision`` was sent.

        ``taken``: the server has it, so that it can get its files; else it has refused this revision for good.
        """
        self._connection.execute("DELETE FROM outbox WHERE incident_id = ? AND revision = ?", (incident_id, revision))
        if taken:
            self._connection.execute("UPDATE incidents SET taken = 1 WHERE id = ?", (incident_id,))
        else:
            self.uploads.give_up_unless_taken(incident_id)

    def recent_incidents(self, since_s: float) -> list[Incident]:
        """Incidents that ended after ``since_s`` or still wait for a second look. Raises VigintError(STORE_FAILED)."""
        try:
            rows = self._connection.execute(
                "SELECT body FROM incidents WHERE end_s >= ? OR state = 'suspected' ORDER BY opened_s", (since_s,)
            ).fetchall()
        except sqlite3.Error as error:
            raise store_error(error) from error
        return readable(body for (body,) in rows)

    def incident(self, incident_id: IncidentId) -> Incident | None:
        """One incident, however old, or None where there is none that can be read. Raises VigintError(STORE_FAILED)."""
        try:
            row = self._connection.execute("SELECT body FROM incidents WHERE id = ?", (incident_id,)).fetchone()
        except sqlite3.Error as error:
            raise store_error(error) from error
        return read_incident(row[0]) if row else None

    def close_the_books(self) -> int:
        """After a restart: what was waiting was not looked at; open activity and troubles are over.

        Returns how many windows were still waiting. Call inside one ``transaction``.
        """
        waiting = self._connection.execute(
            "UPDATE windows SET result = ?, reason = ? WHERE result = ?",
            (WindowResult.NOT_ANALYSED.value, Code.PIPELINE_STOPPED.value, WindowResult.WAITING.value),
        ).rowcount
        self._connection.execute(
            "UPDATE activities SET closed = 1, reason = CASE local_only WHEN 1 THEN reason ELSE ? END WHERE closed = 0",
            (Code.PIPELINE_STOPPED.value,),
        )
        self._connection.execute("UPDATE health SET closed = 1 WHERE closed = 0")
        return waiting

    def forget_old(self, now_s: float) -> None:
        """Let accounts of windows, activity, health, seconds, files and reviews go that are older than ``KEEP_S``.

        Call inside one ``transaction``.
        """
        self._connection.execute("DELETE FROM windows WHERE end_s < ?", (now_s - KEEP_S,))
        self._connection.execute("DELETE FROM activities WHERE end_s < ?", (now_s - KEEP_S,))
        self._connection.execute("DELETE FROM health WHERE end_s < ?", (now_s - KEEP_S,))
        self.coverage.forget_old(now_s, KEEP_S)
        self.reviews.forget_old(now_s, KEEP_S)
        _tell_given_up(self.uploads.forget_old(now_s, KEEP_S))


def _tell_given_up(files: int) -> None:
    if files:
        _log.info("%d files of incidents were given up: no server has taken them", files)


def read_incident(body: str) -> Incident | None:
    """An incident as it lies in the books; None, and an error in the log, for one this version can't read.

    One unreadable row must not keep all the others from the desk.
    """
    try:
        return INCIDENT_JSON.validate_json(body)
    except ValidationError as error:
        _log.error("an incident in the books can't be read: %d fields differ", error.error_count())
        return None


def readable(bodies: Iterable[str]) -> list[Incident]:
    """Those incidents that this version can read, in the same order."""
    return [incident for incident in map(read_incident, bodies) if incident is not None]
