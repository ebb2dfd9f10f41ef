"""Today's coverage of every camera, summed as it changes: one camera at a time, so that nobody feels it."""

from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from vigint_core.domain.ids import CameraId
from vigint_core.policy.coverage import Totals, totals
from vigint_core.ports import Clock
from vigint_desktop.ui.models.timeline import TimelineModel
from vigint_desktop.ui.rows.coverage import today

_STEP_MS: Final = 250
"""Summing a busy day of one camera takes some 2 ms; with sixteen cameras each is at most 4 s old."""
_AHEAD_S: Final = 3600
"""The clock may have been set back since."""


class CoverageToday(QObject):
    """What today's seconds add up to, from midnight to what is known.

    Signals:
        changed: another sum.
    """

    changed = Signal()

    def __init__(self, timeline: TimelineModel, clock: Clock, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timeline = timeline
        self._clock = clock
        self._sums: dict[CameraId, Totals] = {}
        self._stale: dict[CameraId, None] = {}  # in the order in which they became so
        self._midnight_s = 0.0
        timeline.coverage_changed.connect(self._mark)
        timeline.changed.connect(self._mark_all)
        self._timer = QTimer(self, interval=_STEP_MS, singleShot=True)
        self._timer.timeout.connect(self.step)

    def totals(self, camera_id: CameraId | None = None) -> Totals:
        """Of one camera, or of all together."""
        summed = Totals()
        for of_camera, one in self._sums.items():
            if camera_id in {None, of_camera}:
                summed.seconds.update(one.seconds)
                summed.gaps.update(one.gaps)
                summed.spared.update(one.spared)
        return summed

    def step(self) -> None:
        """Sum one camera that has changed; after midnight all of them, anew."""
        day = today(self._clock.wall())
        if day.start_s != self._midnight_s:
            self._midnight_s = day.start_s
            self._mark_all()
        if not self._stale:
            return
        camera_id = next(iter(self._stale))
        del self._stale[camera_id]
        runs = self._timeline.coverage().get(camera_id)
        if runs is not None:
            self._sums[camera_id] = totals(runs, int(day.start_s), int(day.end_s) + _AHEAD_S)
            self.changed.emit()
        self._go_on()

    def _mark(self, camera_id: str) -> None:
        self._stale[CameraId(camera_id)] = None
        self._go_on()

    def _mark_all(self) -> None:
        known = self._timeline.coverage()
        self._stale = dict.fromkeys(known)
        for gone in self._sums.keys() - known.keys():
            del self._sums[gone]
        self._go_on()

    def _go_on(self) -> None:
        if not self._stale:
            self._timer.stop()
        elif not self._timer.isActive():
            self._timer.start()
