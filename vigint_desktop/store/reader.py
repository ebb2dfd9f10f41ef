"""The read side of the desk's books: short queries on a connection of one's own."""

import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vigint_core.domain.camera import CameraState
from vigint_core.domain.fault import Code
from vigint_core.domain.ids import CameraId, IncidentId, WindowId
from vigint_core.domain.incident import Incident
from vigint_core.domain.status import Activity, CameraHealth, Snapshot, WindowRecord, WindowResult
from vigint_core.domain.verdict import IncidentType
from vigint_core.domain.window import Span
from vigint_desktop.store.ledger import read_incident, readable
from vigint_desktop.store.schema import connect, store_error

MOST_ROWS = 20_000  # of windows or activities in one answer: some 28 h of one camera that never rests


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """An incident that the server has not acknowledged, and which revision of it this is."""

    incident: Incident
    revision: int


class Reader:
    """Reads the books. Used by one thread at a time; the file must have been migrated."""

    def __init__(self, file: Path) -> None:
        self._connection = connect(file, read_only=True)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def incidents(self, most: int) -> list[Incident]:
        """The latest incidents, newest first."""
        rows = self._rows("SELECT body FROM incidents ORDER BY opened_s DESC LIMIT ?", (most,))
        return readable(body for (body,) in rows)

    def incidents_in(self, span: Span) -> list[Incident]:
        """The incidents that were opened within ``span``, oldest first; at most the latest ``MOST_ROWS``."""
        rows = self._rows(
            "SELECT body FROM incidents WHERE opened_s >= ? AND opened_s < ? ORDER BY opened_s DESC LIMIT ?",
            (span.start_s, span.end_s, MOST_ROWS),
        )
        return readable(body for (body,) in reversed(rows))

    def incident(self, incident_id: IncidentId) -> Incident | None:
        """One incident, or None where there is none that can be read."""
        rows = self._rows("SELECT body FROM incidents WHERE id = ?", (incident_id,))
        return read_incident(rows[0][0]) if rows else None

    def windows(self, span: Span) -> list[WindowRecord]:
        """Accounts of the windows that ended within ``span``, oldest first; at most the latest ``MOST_ROWS``."""
        rows = self._rows(
            "SELECT id, camera_id, start_s, end_s, result, reason, type, summary, model FROM windows"
            " WHERE end_s BETWEEN ? AND ? ORDER BY end_s DESC LIMIT ?",
            (span.start_s, span.end_s, MOST_ROWS),
        )
        return [
            WindowRecord(
                WindowId(identity),
                CameraId(camera),
                Span(start, end),
                WindowResult(result),
                Code(reason) if reason else None,
                IncidentType(kind) if kind else None,
                summary,
                model,
            )
            for identity, camera, start, end, result, reason, kind, summary, model in reversed(rows)
        ]

    def activities(self, span: Span) -> list[Activity]:
        """When gates were open, until within ``span``, oldest first; at most the latest ``MOST_ROWS``."""
        rows = self._rows(
            "SELECT camera_id, start_s, end_s, closed FROM activities WHERE end_s BETWEEN ? AND ?"
            " ORDER BY end_s DESC LIMIT ?",
            (span.start_s, span.end_s, MOST_ROWS),
        )
        return [
            Activity(CameraId(camera), Span(start, end), bool(closed)) for camera, start, end, closed in reversed(rows)
        ]

    def health(self, span: Span) -> list[CameraHealth]:
        """When cameras were not well, until within ``span``, oldest first; at most the latest ``MOST_ROWS``."""
        rows = self._rows(
            "SELECT camera_id, start_s, end_s, state, code, closed FROM health WHERE end_s BETWEEN ? AND ?"
            " ORDER BY end_s DESC LIMIT ?",
            (span.start_s, span.end_s, MOST_ROWS),
        )
        return [
            CameraHealth(
                CameraId(camera), Span(start, end), CameraState(state), Code(code) if code else None, bool(closed)
            )
            for camera, start, end, state, code, closed in reversed(rows)
        ]

    def snapshots(self, span: Span) -> list[Snapshot]:
        """The snapshots of ``span``, oldest first; at most the latest ``MOST_ROWS``."""
        rows = self._rows(
            "SELECT camera_id, at_s, file, width, height FROM snapshots WHERE at_s BETWEEN ? AND ?"
            " ORDER BY at_s DESC LIMIT ?",
            (span.start_s, span.end_s, MOST_ROWS),
        )
        return [Snapshot(CameraId(camera), *others) for camera, *others in reversed(rows)]

    def outbox(self, most: int) -> list[OutboxEntry]:
        """What waits for the server, oldest first."""
        rows = self._rows(
            "SELECT body, outbox.revision FROM outbox JOIN incidents ON incidents.id = incident_id"
            " WHERE outbox.revision = incidents.revision ORDER BY queued_s LIMIT ?",
            (most,),
        )
        read = ((read_incident(body), revision) for body, revision in rows)
        return [OutboxEntry(incident, revision) for incident, revision in read if incident is not None]

    def outbox_size(self) -> int:
        """How many incidents wait for the server."""
        return int(self._rows("SELECT count(*) FROM outbox", ())[0][0])

    def _rows(self, query: str, values: tuple[object, ...]) -> list[tuple[Any, ...]]:
        try:
            return self._connection.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise store_error(error) from error
