"""Where every second of every camera stands in the books: what is claimed of it, and the runs that were counted."""

import sqlite3
from collections.abc import Iterator
from typing import Any, Final

from vigint_core.domain.coverage import Cover, CoverageCounted, CoverRun, Watch
from vigint_core.domain.fault import Code
from vigint_core.domain.ids import CameraId
from vigint_core.domain.status import WindowResult
from vigint_core.domain.window import Span
from vigint_core.policy.coverage import Claim, Layer, count, splice

PENDING_S: Final = 45.0
"""Movement of an open gate waits for a window for so long: the longest window and the longest stride are 20 s each."""
PICTURE_S: Final = 0.5
"""Pictures are so far apart: each stands for the time since the one before it, so also the first of a window."""
_WATCHES: Final = (
    "SELECT start_s, end_s, cover, reason FROM watches WHERE camera_id = ? AND end_s >= ? AND start_s <= ?"
)
_ACTIVITIES: Final = (
    "SELECT start_s, end_s, closed, local_only, reason FROM activities"
    " WHERE camera_id = ? AND end_s >= ? AND start_s <= ?"
)
_WINDOWS: Final = (
    "SELECT start_s, end_s, result, reason FROM windows WHERE camera_id = ? AND end_s >= ? AND start_s <= ?"
)
_RULE_INCIDENTS: Final = (
    "SELECT json_extract(body, '$.span.start_s') AS start_s, end_s FROM incidents"
    " WHERE camera_id = ? AND end_s >= ? AND start_s <= ? AND json_extract(body, '$.source') = 'rule'"
)
_KEEP_WATCHES_S: Final = 2 * 24 * 3600.0
"""No second is counted again later than this."""
_COVERS: Final = {
    WindowResult.WAITING: Cover.WAITING,
    WindowResult.CLEAR: Cover.CLEAR,
    WindowResult.SUSPECTED: Cover.INCIDENT,
    WindowResult.VETOED: Cover.VETOED,
    WindowResult.NOT_ANALYSED: Cover.NOT_LOOKED_AT,
}


_WITH_REASON: Final = frozenset({Cover.NOT_LOOKED_AT, Cover.CLEAR})


class CoverageBooks:
    """Part of the ledger: used on its connection, by its thread, inside its transactions."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def put_watch(self, watch: Watch) -> None:
        """Write what a camera was; one that goes on keeps its start."""
        self._connection.execute(
            "INSERT INTO watches (camera_id, start_s, end_s, cover, reason) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (camera_id, start_s, cover) DO UPDATE SET end_s = excluded.end_s, reason = excluded.reason",
            (watch.camera_id, watch.span.start_s, watch.span.end_s, watch.cover.value, watch.reason),
        )

    def extent(self, camera_id: CameraId) -> tuple[int, int] | None:
        """First second that was counted of a camera, and the one after the last; None before there is any."""
        first, last = self._connection.execute(
            "SELECT min(start_s), max(end_s) FROM coverage WHERE camera_id = ?", (camera_id,)
        ).fetchone()
        return None if first is None else (int(first), int(last))

    def runs(self, camera_id: CameraId, span: Span) -> list[CoverRun]:
        """What was counted of a camera within a span of Unix time, in order."""
        return read_runs(self._connection, camera_id, span)

    def recount(self, camera_id: CameraId, start_s: int, end_s: int) -> CoverageCounted | None:
        """Count the seconds ``[start_s, end_s)`` from all that is claimed of them, and write what came of it.

        None when it came to what was written before: most of what is told changes no second.
        """
        counted = count(self._claims(camera_id, Span(start_s, end_s)), start_s, end_s)
        runs = self.runs(camera_id, Span(start_s, end_s))
        before = set(runs)
        splice(runs, counted, start_s, end_s)
        if before == set(runs):
            return None
        self._connection.executemany(
            "DELETE FROM coverage WHERE camera_id = ? AND start_s = ?",
            [(camera_id, run.start_s) for run in before.difference(runs)],
        )
        self._connection.executemany(
            "INSERT INTO coverage (camera_id, start_s, end_s, cover, reason) VALUES (?, ?, ?, ?, ?)",
            [(camera_id, r.start_s, r.end_s, r.cover.value, r.reason) for r in runs if r not in before],
        )
        return CoverageCounted(camera_id, start_s, end_s, counted)

    def unsettled(self) -> list[tuple[CameraId, Span]]:
        """What a run that did not end in order left waiting; to be asked before the books are closed."""
        rows = self._connection.execute(
            "SELECT camera_id, start_s, end_s FROM windows WHERE result = ?"
            " UNION ALL SELECT camera_id, max(start_s, end_s - ?), end_s FROM activities WHERE closed = 0",
            (WindowResult.WAITING.value, PENDING_S),
        ).fetchall()
        return [(CameraId(camera), Span(float(start) - PICTURE_S, float(end))) for camera, start, end in rows]

    def forget_old(self, now_s: float, keep_s: float) -> None:
        """Let runs go that are older than ``keep_s``, and claims that no second is counted from any more."""
        self._connection.execute("DELETE FROM coverage WHERE end_s < ?", (now_s - keep_s,))
        self._connection.execute("DELETE FROM watches WHERE end_s < ?", (now_s - _KEEP_WATCHES_S,))

    def _claims(self, camera_id: CameraId, span: Span) -> Iterator[Claim]:
        for start, end, cover, reason in self._of(_WATCHES, camera_id, span):
            yield Claim(Layer.BASE, Span(start, end), Cover(cover), Code(reason) if reason else None)
        for row in self._of(_ACTIVITIES, camera_id, span):
            yield from _movement(*row)
        for start, end, result, reason in self._of(_WINDOWS, camera_id, span):
            cover = _COVERS[WindowResult(result)]
            because = Code(reason) if reason and cover in _WITH_REASON else None
            yield Claim(Layer.WINDOW, Span(start - PICTURE_S, end), cover, because)
        for start, end in self._of(_RULE_INCIDENTS, camera_id, span):
            yield Claim(Layer.WINDOW, Span(start, end), Cover.INCIDENT)

    def _of(self, query: str, camera_id: CameraId, span: Span) -> list[tuple[Any, ...]]:
        """Rows of a camera that touch a span."""
        return self._connection.execute(query, (camera_id, span.start_s, span.end_s + PICTURE_S)).fetchall()


def read_runs(connection: sqlite3.Connection, camera_id: CameraId, span: Span) -> list[CoverRun]:
    """The runs of a camera that touch a span of Unix time, in order."""
    rows = connection.execute(
        "SELECT start_s, end_s, cover, reason FROM coverage"
        " WHERE camera_id = ? AND end_s >= ? AND start_s <= ? ORDER BY start_s",
        (camera_id, span.start_s, span.end_s),
    )
    return [CoverRun(start, end, Cover(cover), Code(reason) if reason else None) for start, end, cover, reason in rows]


def _movement(start: float, end: float, closed: int, local_only: int, reason: str | None) -> Iterator[Claim]:
    """Movement waits for a window while its gate is open; what no window covers by then was left out."""
    if local_only:
        yield Claim(Layer.ACTIVITY, Span(start, end), Cover.LOCAL_ONLY, Code(reason) if reason else None)
        return
    if not closed:
        yield Claim(Layer.ACTIVITY, Span(max(start, end - PENDING_S), end), Cover.WAITING)
    left = Code(reason) if reason else Code.PIPELINE_STRIDE
    yield Claim(Layer.ACTIVITY, Span(start, end), Cover.NOT_LOOKED_AT, left)
