"""Keeps the account of every second: which seconds are to be counted again after what the desk has heard."""

from collections.abc import Iterable

from vigint_core.domain.camera import Camera
from vigint_core.domain.coverage import Cover, CoverageCounted, Watch
from vigint_core.domain.fault import Code
from vigint_core.domain.ids import CameraId
from vigint_core.domain.schedule import Mode
from vigint_core.domain.status import Activity, CameraStatus
from vigint_core.domain.window import Span
from vigint_core.policy.coverage import whole
from vigint_core.policy.hours import off_spans
from vigint_desktop.pipeline.messages import Looked
from vigint_desktop.pipeline.presence import Presence
from vigint_desktop.store.coverage_books import PENDING_S, PICTURE_S, CoverageBooks


class CoverageKeeper:
    """Part of the desk: everything but ``note`` runs inside a transaction of its ledger.

    A camera's seconds are counted up to its *horizon*, the end of what is known of it; what claims later seconds is
    counted when the horizon has reached them.
    """

    def __init__(self, books: CoverageBooks) -> None:
        self._books = books
        self._presence = Presence()
        self._extents: dict[CameraId, tuple[int, int] | None] = {}
        self._wall: frozenset[CameraId] | None = None

    def settle(self, unsettled: Iterable[tuple[CameraId, Span]]) -> None:
        """Count again what an earlier run has left waiting."""
        for camera_id, span in unsettled:
            self.changed(camera_id, span)

    def note(self, status: CameraStatus) -> None:
        """A camera says how it is."""
        self._presence.note(status)

    def arranged(self, cameras: tuple[Camera, ...], now_s: float) -> list[CoverageCounted]:
        """Other cameras, or other plans.

        What lies between the end of the run before and this one is told: nobody looked, as the program did not run. A
        camera that was taken off the wall and has come back was off.
        """
        self._presence.arranged(cameras, now_s)
        before, self._wall = self._wall, frozenset(camera.id for camera in cameras)
        fresh = [camera for camera in cameras if camera.id not in (before or ())]
        reason = Code.PIPELINE_STOPPED if before is None else None
        return [counted for camera in fresh if (counted := self._bridged(camera, reason, now_s))]

    def _bridged(self, camera: Camera, reason: Code | None, now_s: float) -> CoverageCounted | None:
        extent = self._extent(camera.id)
        if extent is None or extent[1] >= whole(now_s):
            return None
        gap = Span(extent[1], now_s)
        if reason is None or camera.plan.mode is Mode.AI_OFF:
            return self._extend(Watch(camera.id, gap, Cover.OFF), gap.start_s)
        for off in off_spans(camera.hours, gap):
            self._books.put_watch(Watch(camera.id, off, Cover.OFF))
        return self._extend(Watch(camera.id, gap, Cover.NOT_LOOKED_AT, reason), gap.start_s)

    def looked(self, message: Looked) -> CoverageCounted | None:
        """A camera was looked at."""
        return self._extend(Watch(message.camera_id, message.span, Cover.QUIET), message.fresh_s)

    def moved(self, activity: Activity) -> CoverageCounted | None:
        """A gate opened, is still open, or has closed."""
        return self.changed(activity.camera_id, Span(activity.span.end_s - PENDING_S - 2.0, activity.span.end_s))

    def changed(self, camera_id: CameraId, span: Span) -> CoverageCounted | None:
        """Something else is known of a span of Unix time now; None where that changes no second that was counted."""
        extent = self._extent(camera_id)
        if extent is None:
            return None
        start_s = max(whole(span.start_s - PICTURE_S), extent[0])
        end_s = min(whole(span.end_s), extent[1])
        return self._books.recount(camera_id, start_s, end_s) if start_s < end_s else None

    def has_news(self, now_s: float) -> bool:
        """Whether ``write_presence`` has something to write."""
        return bool(self._presence.due(now_s))

    def write_presence(self, now_s: float) -> list[CoverageCounted]:
        """Write what cameras were while nobody looked; ``wrote_presence`` says that it is on the disk."""
        extended = [self._extend(watch, fresh_s) for watch, fresh_s in self._presence.due(now_s)]
        return [counted for counted in extended if counted]

    def wrote_presence(self, now_s: float) -> None:
        """It is."""
        self._presence.done(now_s)

    def forget(self) -> None:
        """A transaction failed: what the books hold counts."""
        self._extents.clear()

    def end(self, now_s: float) -> None:
        """The program ends; the next ``write_presence`` writes what goes on until now."""
        self._presence.end(now_s)

    def _extent(self, camera_id: CameraId) -> tuple[int, int] | None:
        if camera_id not in self._extents:
            self._extents[camera_id] = self._books.extent(camera_id)
        return self._extents[camera_id]

    def _extend(self, watch: Watch, fresh_s: float) -> CoverageCounted | None:
        """Write what a camera was, and count the seconds of which that tells something new: from ``fresh_s`` on."""
        self._books.put_watch(watch)
        first_s = whole(fresh_s)
        extent = self._extent(watch.camera_id) or (first_s, first_s)
        start_s = max(min(first_s, extent[1]), extent[0])
        end_s = max(whole(watch.span.end_s), extent[1])
        self._extents[watch.camera_id] = (extent[0], end_s)
        return self._books.recount(watch.camera_id, start_s, end_s)
