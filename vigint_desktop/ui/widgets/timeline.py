"""The timeline: a lane a camera with what moved, what was looked at, what was not and why, and the incidents."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QHelpEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from vigint_core.domain.incident import Incident
from vigint_core.ports import Clock
from vigint_desktop.ui.models.timeline import HISTORY_S, TimelineModel
from vigint_desktop.ui.rows.clocks import clock as time_of_day
from vigint_desktop.ui.rows.incident import incident_row, spoken
from vigint_desktop.ui.rows.timeline import (
    Lane,
    Mark,
    Run,
    View,
    lane_at,
    lay_out,
    mark_at,
    neighbour,
    run_at,
)
from vigint_desktop.ui.rows.words import Words
from vigint_desktop.ui.theme.style import Theme
from vigint_desktop.ui.widgets.timeline_paint import AXIS_PX, NAMES_PX, TimelinePainter

LANE_PX: Final = 30
_LEAST_LANE_PX: Final = 18
_FIRST_LENGTH_S: Final = 1800.0
_REFRESH_MS: Final = 500  # news waits this long at most; a busy wall makes dozens a second, each a repaint
_PRUNE_EVERY: Final = 120  # refreshes
_ZOOM: Final = 0.8


class TimelineView(QWidget):
    """Paints the lanes and forwards gestures. Wheel zooms, a drag pans, arrows and Enter go through the incidents.

    Attributes:
        view: the stretch of time on screen.
        following: whether it stays at now.

    Signals:
        incident_chosen: an incident was clicked or Enter was pressed on it; carries its id.
        following_changed: carries ``following``.
    """

    incident_chosen = Signal(str)
    following_changed = Signal(bool)

    def __init__(self, model: TimelineModel, words: Words, theme: Theme, clock: Clock) -> None:
        super().__init__()
        self.following = True
        self.view = View(clock.wall() - _FIRST_LENGTH_S, clock.wall()).following(clock.wall())
        self._model = model
        self._words = words
        self._theme = theme
        self._clock = clock
        self._current: Incident | None = None
        self._lanes: tuple[Lane, ...] = ()
        self._grip: QPointF | None = None
        self._dragged = False
        self._refreshes = 0
        self._stale = False
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(words("timeline.title"))
        self._timer = QTimer(self, interval=_REFRESH_MS)
        self._timer.timeout.connect(self._refresh)
        model.changed.connect(self._changed)
        self._changed()

    def sizeHint(self) -> QSize:
        """All lanes at full height, up to eight of them."""
        return QSize(800, AXIS_PX + LANE_PX * min(max(self._model.count, 2), 8))

    def zoom(self, factor: float, around_s: float | None = None) -> None:
        """Show ``factor`` times as much time; around now while following, else around the middle."""
        now_s = self._clock.wall()
        middle_s = (self.view.start_s + self.view.end_s) / 2
        around_s = now_s if self.following else middle_s if around_s is None else around_s
        zoomed = self.view.zoomed(factor, around_s)
        self.view = zoomed.following(now_s) if self.following else zoomed.within(now_s - HISTORY_S, now_s)
        self.update()

    def pan(self, by_s: float) -> None:
        """Move through time; away from now, following ends."""
        now_s = self._clock.wall()
        self.view = self.view.shifted(by_s).within(now_s - HISTORY_S, now_s)
        self._set_following(following=self.view.end_s >= now_s)
        self.update()

    def go_to_now(self) -> None:
        """Follow what happens."""
        self.view = self.view.following(self._clock.wall())
        self._set_following(following=True)
        self.update()

    def select(self, incident: Incident | None) -> None:
        """Mark an incident, and bring it on screen."""
        self._current = incident
        if incident is not None and not self.view.start_s <= incident.act_s <= self.view.end_s:
            self.pan(incident.act_s - (self.view.start_s + self.view.end_s) / 2)
        self.update()

    def lanes(self) -> tuple[Lane, ...]:
        """What is on screen now; ``top`` counts from below the axis, ``x`` from beside the names."""
        return self._lanes

    def showEvent(self, _event: QShowEvent) -> None:
        """On screen: time goes on."""
        self._timer.start()

    def hideEvent(self, _event: QHideEvent) -> None:
        """Off screen: nothing to do."""
        self._timer.stop()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom around the pointer; sideways or with Shift, pan."""
        delta = event.angleDelta()
        sideways = delta.x() or (delta.y() if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 0)
        if sideways:
            self.pan(-sideways / 120 * self.view.length_s * 0.1)
        elif delta.y():
            around_s = self.view.at(event.position().x() - NAMES_PX, self._width())
            self.zoom(_ZOOM if delta.y() > 0 else 1 / _ZOOM, around_s)
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a drag."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._grip, self._dragged = event.position(), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag through time, or show what can be clicked."""
        if self._grip is not None:
            moved = event.position().x() - self._grip.x()
            if self._dragged or abs(moved) > 3:
                self._dragged, self._grip = True, event.position()
                self.pan(-moved / self._width() * self.view.length_s)
            return
        shape = Qt.CursorShape.PointingHandCursor if self._mark(event.position()) else Qt.CursorShape.ArrowCursor
        self.setCursor(shape)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click on a sign chooses the incident, one on a stretch tells what it is."""
        clicked = self._grip is not None and not self._dragged
        self._grip = None
        if not clicked:
            return
        mark = self._mark(event.position())
        if mark is not None:
            self._choose(mark.incident)
            return
        said = self.told_at(event.position())
        if said:
            QToolTip.showText(event.globalPosition().toPoint(), said, self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go through the incidents, Page keys through time, + and - zoom, End is now."""
        action = self._key_actions().get(event.key())
        if action is None:
            super().keyPressEvent(event)
        else:
            action()

    def event(self, event: QEvent) -> bool:
        """Tool tips tell what lies under the pointer."""
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            said = self.told_at(QPointF(event.pos()))
            if said:
                QToolTip.showText(event.globalPos(), said, self)
            else:
                QToolTip.hideText()
            return True
        return super().event(event)

    def told_at(self, position: QPointF) -> str:
        """What lies under a point, in words; "" where nothing does."""
        mark = self._mark(position)
        if mark is not None:
            return spoken(incident_row(mark.incident, self._clock.wall(), self._words))
        lane = lane_at(self._lanes, position.y() - AXIS_PX)
        run = run_at(lane, position.x() - NAMES_PX) if lane else None
        return self._told(lane, run) if lane and run else ""

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Axis, lanes, now."""
        self._stale = False
        width, now_s = self._width(), self._clock.wall()
        data = self._model.lanes()
        self._lanes = lay_out(self.view, width, data, self._lane_height(len(data)), now_s)
        painter = QPainter(self)
        TimelinePainter(painter, self, self._theme).paint(self.view, self._lanes, now_s, self._current)
        if not self._lanes:
            painter.setPen(self._theme.colour("muted"))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._words("timeline.empty"))
        painter.end()

    def _width(self) -> float:
        return max(1.0, float(self.width() - NAMES_PX))

    def _lane_height(self, lanes: int) -> float:
        return min(float(LANE_PX), max(float(_LEAST_LANE_PX), (self.height() - AXIS_PX) / max(lanes, 1)))

    def _changed(self) -> None:
        self._stale = True
        self.setMinimumHeight(AXIS_PX + _LEAST_LANE_PX * max(self._model.count, 2))

    def _refresh(self) -> None:
        """Move with the time, once that is a pixel's worth: over a day, one is more than a minute."""
        now_s = self._clock.wall()
        self._refreshes += 1
        if self._refreshes % _PRUNE_EVERY == 0:
            self._model.prune(now_s)
            self._stale = True
        follows = self.view.following(now_s)
        if self.following and follows.end_s - self.view.end_s >= self.view.length_s / self._width():
            self.view = follows
            self._stale = True
        if self._stale:
            self.update()

    def _set_following(self, *, following: bool) -> None:
        if following != self.following:
            self.following = following
            self.following_changed.emit(following)

    def _choose(self, incident: Incident) -> None:
        self._current = incident
        self.incident_chosen.emit(incident.id)
        self.update()

    def _step(self, step: int) -> None:
        self.select(neighbour(self._model.lanes(), self._current, step))

    def _key_actions(self) -> dict[int, Callable[[], None]]:
        page_s = self.view.length_s / 2
        actions: dict[int, Callable[[], None]] = {
            Qt.Key.Key_Left: lambda: self._step(-1),
            Qt.Key.Key_Right: lambda: self._step(1),
            Qt.Key.Key_PageUp: lambda: self.pan(-page_s),
            Qt.Key.Key_PageDown: lambda: self.pan(page_s),
            Qt.Key.Key_Plus: lambda: self.zoom(_ZOOM),
            Qt.Key.Key_Minus: lambda: self.zoom(1 / _ZOOM),
            Qt.Key.Key_End: self.go_to_now,
        }
        if self._current is not None:
            current = self._current
            actions[Qt.Key.Key_Return] = actions[Qt.Key.Key_Enter] = lambda: self._choose(current)
        return actions

    def _mark(self, position: QPointF) -> Mark | None:
        lane = lane_at(self._lanes, position.y() - AXIS_PX)
        return mark_at(lane, position.x() - NAMES_PX) if lane and position.x() >= NAMES_PX else None

    def _told(self, lane: Lane, run: Run) -> str:
        key = f"timeline.told.{run.result}"
        head = self._words(
            "timeline.span",
            camera=lane.name,
            start=time_of_day(run.span.start_s),
            end=time_of_day(run.span.end_s),
            result=self._words(key, count=run.count),
        )
        if run.reason is None:
            return head
        return f"{head}\n{self._words.cause(run.reason)}\n{self._words.remedy(run.reason)}"
