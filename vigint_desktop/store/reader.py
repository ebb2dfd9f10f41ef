"""The read side of the desk's books: short queries on a connection of one's own."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vigint_core.domain.camera import CameraState
from vigint_core.domain.coverage import Cover, CoverRun
from vigint_core.domain.fault import Code
from vigint_core.domain.ids import CameraId, IncidentId, WindowId
from vigint_core.domain.incident import Decision, Incident
from vigint_core.domain.review import Review, ReviewChange
from vigint_core.domain.status import Activity, CameraHealth, ReviewTold, Snapshot, WindowRecord, WindowResult
from vigint_core.domain.verdict import IncidentType
from vigint_core.domain.window import Span
from vigint_desktop.store.ledger import read_incident, readable
from vigint_desktop.store.review_books import COLUMNS, batches, read_review
from vigint_desktop.store.schema import connect, store_error
from vigint_desktop.store.upload_books import UploadKind

MOST_ROWS = 20_000  # of windows or activities in one answer: some 28 h of one camera that never rests


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """An incident that the server has not acknowledged, and which revision of it this is."""

    incident: Incident
    revision: int


@dataclass(frozen=True, slots=True)
class UploadEntry:
    """A file that the server is to get, of an incident that it has taken."""

    incident: Incident
    kind: UploadKind


@dataclass(frozen=True, slots=True)
class WaitingReview:
    """What somebody here says of an incident and no server has taken.

    Attributes:
        seen: the review as that person saw it.
        tried: what this desk has sent of it without an answer; the server may have taken it.
    """

    incident_id: IncidentId
    change: ReviewChange
    seen: Review
    tried: tuple[ReviewChange, ...] = ()


class LateReader:
    """A ``Reader`` for a worker: opened on its thread at the first use, closed by whoever ended it."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._reader: Reader | None = None

    @property
    def is_open(self) -> bool:
        """Whether there is a connection."""
        return self._reader is not None

    def opened(self) -> "Reader":
        """The reader. Raises VigintError(STORE_FAILED)."""
        if self._reader is None:
            self._reader = Reader(self._file)
        return self._reader

    def close(self) -> None:
        """Close the connection, if there is one."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None


class Reader:
    """Reads the books. Used by one thread at a time; the file must have been migrated."""

    def __init__(self, file: Path) -> None:
        self._connection = connect(file, read_only=True)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def incidents(self, most: int) -> list[Incident]:
        """The latest incidents, newest first."""
        rows = self._listed(("body",), "FROM incidents ORDER BY opened_s DESC LIMIT ?", (most,))
        return readable(body for (body,) in rows)

    def incidents_in(self, span: Span) -> list[Incident]:
        """The incidents that were opened within ``span``, oldest first; at most the latest ``MOST_ROWS``."""
        rows = self._listed(
            ("body",),
            "FROM incidents WHERE opened_s >= ? AND opened_s < ? ORDER BY opened_s DESC LIMIT ?",
            (span.start_s, span.end_s, MOST_ROWS),
        )
        return readable(body for (body,) in reversed(rows))

    def incident(self, incident_id: IncidentId) -> Incident | None:
        """One incident, or None where there is none that can be read."""
        rows = self._rows("SELECT body FROM incidents WHERE id = ?", (incident_id,))
        return read_incident(rows[0][0]) if rows else None

    def windows(self, span: Span) -> list[WindowRecord]:
        """Accounts of the windows that ended within ``span``, oldest first; at most the latest ``MOST_ROWS``."""
        columns = ("start_s", "end_s", "id", "camera_id", "result", "reason", "type", "summary", "model")
        return [
            WindowRecord(
                WindowId(identity),
                CameraId(camera),
                Span(float(start), float(end)),
                WindowResult(result),
                Code(reason) if reason else None,
                IncidentType(kind) if kind else None,
                summary,
                model,
            )
            for start, end, identity, camera, result, reason, kind, summary, model in self._ended(
                "windows", columns, span
            )
        ]

    def activities(self, span: Span) -> list[Activity]:
        """When gates were open, until within ``span``, oldest first; at most the latest ``MOST_ROWS``."""
        columns = ("start_s", "end_s", "camera_id", "closed", "local_only")
        return [
            Activity(CameraId(camera), Span(float(start), float(end)), bool(closed), bool(local))
            for start, end, camera, closed, local in self._ended("activities", columns, span)
        ]

    def coverage(self, camera_id: CameraId, span: Span) -> list[CoverRun]:
        """The runs of a camera's seconds that touch ``span``, in order; at most the latest ``MOST_ROWS``."""
        rows = self._listed(
            ("start_s", "end_s", "cover", "reason"),
            "FROM coverage WHERE camera_id = ? AND end_s > ? AND start_s < ? ORDER BY start_s DESC LIMIT ?",
            (camera_id, span.start_s, span.end_s, MOST_ROWS),
        )
        return [
            CoverRun(int(start), int(end), Cover(cover), Code(reason) if reason else None)
            for start, end, cover, reason in reversed(rows)
        ]

    def health(self, span: Span) -> list[CameraHealth]:
        """When cameras were not well, until within ``span``, oldest first; at most the latest ``MOST_ROWS``."""
        columns = ("start_s", "end_s", "camera_id", "state", "code", "closed")
        return [
            CameraHealth(
                CameraId(camera),
                Span(float(start), float(end)),
                CameraState(state),
                Code(code) if code else None,
                bool(closed),
            )
            for start, end, camera, state, code, closed in self._ended("health", columns, span)
        ]

    def snapshots(self, span: Span) -> list[Snapshot]:
        """The snapshots of ``span``, oldest first; at most the latest ``MOST_ROWS``."""
        rows = self._ended("snapshots", ("camera_id", "at_s", "file", "width", "height"), span, by="at_s")
        return [Snapshot(CameraId(camera), float(at), *others) for camera, at, *others in rows]

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

    def is_outgoing(self, incident_id: IncidentId) -> bool:
        """Whether the server is still to be brought an incident, or something new of it."""
        return bool(self._rows("SELECT 1 FROM outbox WHERE incident_id = ?", (incident_id,)))

    def uploads(self, most: int) -> list[UploadEntry]:
        """Files that wait for the server, of incidents that it has: stills first, then the newest."""
        rows = self._rows(
            "SELECT body, kind FROM uploads JOIN incidents ON incidents.id = incident_id"
            " WHERE uploads.state = 'waiting' AND taken = 1 ORDER BY kind = 'alert', queued_s DESC LIMIT ?",
            (most,),
        )
        read = ((read_incident(body), UploadKind(kind)) for body, kind in rows)
        return [UploadEntry(incident, kind) for incident, kind in read if incident is not None]

    def own(self, incident_ids: Sequence[IncidentId]) -> frozenset[IncidentId]:
        """Which of these incidents are this desk's own."""
        found: set[IncidentId] = set()
        for some, marks in batches(incident_ids):
            rows = self._rows(f"SELECT id FROM incidents WHERE id IN ({marks})", tuple(some))  # noqa: S608 - marks
            found.update(IncidentId(row[0]) for row in rows)
        return frozenset(found)

    def reviews(self, incident_ids: Sequence[IncidentId]) -> Mapping[IncidentId, ReviewTold]:
        """What people say of these incidents; those of which nobody has said anything are left out."""
        found: dict[IncidentId, ReviewTold] = {}
        for some, marks in batches(incident_ids):
            query = f"SELECT {COLUMNS} FROM reviews WHERE incident_id IN ({marks})"  # noqa: S608 - names and marks
            told = (read_review(row).told() for row in self._rows(query, tuple(some)))
            found.update((each.incident_id, each) for each in told)
        return found

    def waiting_reviews(self, most: int) -> list[tuple[IncidentId, float]]:
        """Of which incidents the server is still to be told something, and since when (Unix time), oldest first."""
        query = "SELECT incident_id, asked_s FROM reviews WHERE wanted IS NOT NULL ORDER BY asked_s LIMIT ?"
        return [(IncidentId(name), float(asked_s)) for name, asked_s in self._rows(query, (most,))]

    def waiting_review(self, incident_id: IncidentId) -> WaitingReview | None:
        """What the server is still to be told of an incident, or None where that is nothing."""
        query = f"SELECT {COLUMNS} FROM reviews WHERE incident_id = ?"  # noqa: S608 - names
        booked = [read_review(row) for row in self._rows(query, (incident_id,))]
        waiting = [WaitingReview(b.incident_id, b.wanted, b.seen or Review(), b.tried) for b in booked if b.wanted]
        return waiting[0] if waiting else None

    def undecided(self, since_s: float) -> list[Incident]:
        """The incidents that were opened since, of whose windows one waits for its second look; oldest first."""
        rows = self._rows("SELECT body FROM incidents WHERE opened_s >= ? ORDER BY opened_s", (since_s,))
        found = readable(body for (body,) in rows)
        return [i for i in found if any(s.decision is Decision.PENDING for s in i.suspicions)]

    def _ended(self, table: str, columns: tuple[str, ...], span: Span, by: str = "end_s") -> list[list[Any]]:
        """Rows of a table whose time lies in ``span``, oldest first; at most the latest ``MOST_ROWS``."""
        rest = f"FROM {table} WHERE {by} BETWEEN ? AND ? ORDER BY {by} DESC LIMIT ?"
        return self._listed(columns, rest, (span.start_s, span.end_s, MOST_ROWS))[::-1]

    def _listed(self, columns: tuple[str, ...], rest: str, values: tuple[object, ...]) -> list[list[Any]]:
        """Many rows in one step of the library, as JSON; times come as text, to the last digit.

        For each step it gives Python's lock back, and with sixteen cameras gets it again a millisecond later: 350 rows
        of a slice of the day held the window up for 80 ms, in five steps for less than 10.
        """
        told = ", ".join(f"quote({name})" if name.endswith("_s") else name for name in columns)
        inner = f"SELECT {', '.join(columns)} {rest}"
        query = f"SELECT json_group_array(json_array({told})) FROM ({inner})"  # noqa: S608 - names and clauses of this module, no values
        rows: list[list[Any]] = json.loads(self._rows(query, values)[0][0])
        return rows

    def _rows(self, query: str, values: tuple[object, ...]) -> list[tuple[Any, ...]]:
        try:
            return self._connection.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise store_error(error) from error
