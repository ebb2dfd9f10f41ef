"""Which files of incidents the server is to get: each once, kept in the desk's books until the server has it."""

import sqlite3
from enum import StrEnum
from typing import Final

from vigint_core.domain.ids import IncidentId
from vigint_core.domain.incident import Incident, IncidentState
from vigint_core.policy.alert_clip import is_told

MOST_WAITING: Final = 1000
"""Files that wait for a server; where it stays away for longer, the oldest are given up."""
KEEP_WAITING_S: Final = 7 * 24 * 3600.0
"""A file that no server took for so long is given up: nobody would open it any more."""


class UploadKind(StrEnum):
    """Files of an incident that leave the shop, as the server calls them."""

    STILL = "still"
    ALERT = "alert"


class UploadBooks:
    """Writes which files the server is to get; on the connection, and in the transactions, of the desk's ledger."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def want(self, incident: Incident, now_s: float) -> int:
        """Note what the server should have of an incident; what was noted before stays as it is.

        The still of all but a vetoed one, because the server may tell people before the desk does; the alert clip of
        one that people are told of. What still waits of a vetoed one is withdrawn. Returns how many older files were
        given up for want of room.
        """
        if incident.state is IncidentState.VETOED:
            self._connection.execute("DELETE FROM uploads WHERE incident_id = ? AND state = 'waiting'", (incident.id,))
            return 0
        kinds = [UploadKind.STILL] if incident.still else []
        if is_told(incident):
            kinds.append(UploadKind.ALERT)
        added = sum(self._add(incident.id, kind, now_s) for kind in kinds)
        return self._make_room() if added else 0

    def settle(self, incident_id: IncidentId, kind: UploadKind, *, taken: bool) -> None:
        """The server has this file, or will never have it."""
        self._connection.execute(
            "UPDATE uploads SET state = ? WHERE incident_id = ? AND kind = ?",
            ("taken" if taken else "given_up", incident_id, kind.value),
        )

    def give_up_unless_taken(self, incident_id: IncidentId) -> None:
        """The server refuses the incident itself: unless it has an earlier revision, it wants no file of it either."""
        self._connection.execute(
            "UPDATE uploads SET state = 'given_up' WHERE incident_id = ? AND state = 'waiting'"
            " AND incident_id IN (SELECT id FROM incidents WHERE taken = 0)",
            (incident_id,),
        )

    def forget_old(self, now_s: float, keep_s: float) -> int:
        """Give up what waits for too long, and let old accounts go; returns how many were given up."""
        given_up = self._connection.execute(
            "UPDATE uploads SET state = 'given_up' WHERE state = 'waiting' AND queued_s < ?", (now_s - KEEP_WAITING_S,)
        ).rowcount
        self._connection.execute("DELETE FROM uploads WHERE state <> 'waiting' AND queued_s < ?", (now_s - keep_s,))
        return given_up

    def _add(self, incident_id: IncidentId, kind: UploadKind, now_s: float) -> int:
        return self._connection.execute(
            "INSERT OR IGNORE INTO uploads (incident_id, kind, queued_s, state) VALUES (?, ?, ?, 'waiting')",
            (incident_id, kind.value, now_s),
        ).rowcount

    def _make_room(self) -> int:
        return self._connection.execute(
            "UPDATE uploads SET state = 'given_up' WHERE state = 'waiting' AND (incident_id, kind) IN"
            " (SELECT incident_id, kind FROM uploads WHERE state = 'waiting' ORDER BY queued_s DESC LIMIT -1 OFFSET ?)",
            (MOST_WAITING,),
        ).rowcount
