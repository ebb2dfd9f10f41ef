"""The timeline: a lane a camera with what moved, what was looked at, what was not and why, and the incidents."""

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QHelpEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QRegion,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from vigint_core.domain.ids import CameraId
from vigint_core.domain.incident import Incident
from vigint_core.domain.status import Snapshot
from vigint_core.ports import Clock
from vigint_desktop.ui.models.timeline import HISTORY_S, TimelineModel
from vigint_desktop.ui.rows.legend import seen_on
from vigint_desktop.ui.rows.timeline import (
    Frame,
    Lane,
    Mark,
    Tick,
    View,
    lane_at,
    lay_out,
    lay_out_lane,
    mark_at,
    neighbour,
    snapshot_at,
    ticks,
)
from vigint_desktop.ui.rows.told import told_point
from vigint_desktop.ui.rows.words import Words
from vigint_desktop.ui.theme.signs import SignStore
from vigint_desktop.ui.theme.style import Theme
from vigint_desktop.ui.widgets.plate import Plate
from vigint_desktop.ui.widgets.timeline_paint import AXIS_PX, NAMES_PX, TimelinePainter

LANE_PX: Final = 30
_LEAST_LANE_PX: Final = 18
_FIRST_LENGTH_S: Final = 1800.0
_REFRESH_MS: Final = 62
_TURNS: Final = 8  # a refresh paints one lane in eight: news waits half a second, and no refresh is long
_PRUNE_EVERY: Final = 80  # refreshes: of 16 cameras, each every 80 s
_ZOOM: Final = 0.8


class TimelineView(QWidget):
    """Paints the lanes and forwards gestures. Wheel zooms, a drag pans, arrows and Enter go through the incidents.

    Attributes:
        view: the stretch of time on screen.
        following: whether it stays at now.

    Signals:
        incident_chosen: an incident was clicked or Enter was pressed on it; carries its id.
        snapshot_chosen: a snapshot was clicked; carries it.
        recording_asked: a double click on a lane; carries the camera's id and the Unix time.
        following_changed: carries ``following``.
        seen_changed: carries the names of the patterns on screen, as the legend calls them.
    """

    incident_chosen = Signal(str)
    snapshot_chosen = Signal(object)
    recording_asked = Signal(str, float)
    following_changed = Signal(bool)
    seen_changed = Signal(object)

    def __init__(self, model: TimelineModel, words: Words, theme: Theme, clock: Clock) -> None:
        super().__init__()
        self.following = True
        self.view = View(clock.wall() - _FIRST_LENGTH_S, clock.wall()).following(clock.wall())
        self._model = model
        self._words = words
        self._theme = theme
        self._clock = clock
        self._current: Incident | None = None
        self._signs = SignStore(theme)
        self._lanes: list[Lane] = []
        self._plates: list[Plate] = []
        self._stale: set[CameraId] = set()  # cameras with news
        self._due: set[int] = set()  # places of lanes whose turn it is to be laid out anew
        self._frame: Frame | None = None
        self._now_s = clock.wall()  # of what is painted: moves by whole pixels, so that all lanes agree
        self._grip: QPointF | None = None
        self._dragged = False
        self._refreshes = 0
        self._seen: frozenset[str] = frozenset()
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(words("timeline.title"))
        self._timer = QTimer(self, interval=_REFRESH_MS)
        self._timer.timeout.connect(self._refresh)
        model.changed.connect(self._changed)
        model.lane_changed.connect(lambda camera_id: self._stale.add(CameraId(camera_id)))
        theme.changed.connect(self._changed)
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
        self._show_anew()

    def pan(self, by_s: float) -> None:
        """Move through time; away from now, following ends."""
        now_s = self._clock.wall()
        self.view = self.view.shifted(by_s).within(now_s - HISTORY_S, now_s)
        self._set_following(following=self.view.end_s >= now_s)
        self._show_anew()

    def go_to_now(self) -> None:
        """Follow what happens."""
        self.view = self.view.following(self._clock.wall())
        self._set_following(following=True)
        self._show_anew()

    def select(self, incident: Incident | None) -> None:
        """Mark an incident, and bring it on screen."""
        self._current = incident
        if incident is not None:
            self.show_moment(incident.act_s)
        self.update()

    def show_moment(self, at_s: float) -> None:
        """Bring a moment on screen, unless it is."""
        if not self.view.start_s <= at_s <= self.view.end_s:
            self.pan(at_s - (self.view.start_s + self.view.end_s) / 2)

    def lanes(self) -> tuple[Lane, ...]:
        """What is on screen now; ``top`` counts from below the axis, ``x`` from beside the names."""
        return tuple(self._lanes)

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
        at = event.position()
        can_click = self._mark(at) is not None or self._snapshot(at) is not None
        self.setCursor(Qt.CursorShape.PointingHandCursor if can_click else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click on a sign chooses the incident, one on a stretch tells what it is."""
        clicked = self._grip is not None and not self._dragged
        self._grip = None
        if not clicked:
            return
        snapshot, mark = self._snapshot(event.position()), self._mark(event.position())
        if snapshot is not None:
            self.snapshot_chosen.emit(snapshot)
            return
        if mark is not None:
            self._choose(mark.incident)
            return
        said = self.told_at(event.position())
        if said:
            QToolTip.showText(event.globalPosition().toPoint(), said, self)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Where no sign is: play what is kept of that camera from that time on."""
        at = event.position()
        lane, x = self._under(at)
        at_s = self.view.at(x, self._width())
        if lane is not None and self._mark(at) is None and self._snapshot(at) is None and at_s <= self._clock.wall():
            self.recording_asked.emit(lane.camera_id, at_s)

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
        lane, x = self._under(position)
        if lane is None:
            return ""
        return told_point(lane, x, position.y() - AXIS_PX - lane.top, self._clock.wall(), self._words)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Axis, lanes, now. Lanes come from their plates; only those that changed are laid out and painted anew."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.colour("panel"))
        if self._model.count:
            self._paint(painter, event.region())
        else:
            self._lanes, self._plates = [], []
            painter.setPen(self._theme.colour("muted"))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._words("timeline.empty"))
        painter.end()

    def _paint(self, painter: QPainter, region: QRegion) -> None:
        frame = self._framed()
        if self._frame is None or frame.shape != self._frame.shape or len(self._lanes) != self._model.count:
            self._lanes = list(lay_out(frame, self._model.lanes()))
            self._plates = [Plate() for _ in self._lanes]
            self._stale.clear()
            self._due.clear()
        self._frame = frame
        scale = ticks(frame.view, frame.width)
        self._on(painter).paint_axis(scale)
        for place in range(len(self._lanes)):
            if region.intersects(self._rect_of(place)):
                self._paint_lane(painter, place, frame, scale)
        self._on(painter).paint_now(frame.view, self._now_s, self.height())

    def _paint_lane(self, painter: QPainter, place: int, frame: Frame, scale: Sequence[Tick]) -> None:
        lane = self._lanes[place]
        if place in self._due:
            self._due.discard(place)
            self._stale.discard(lane.camera_id)
            lane = self._lanes[place] = lay_out_lane(frame, self._model.lane(place), place)
            self._plates[place] = Plate()
        rect = self._rect_of(place)
        plate = self._plates[place].pixmap(
            self._theme.name,
            rect.size(),
            self.devicePixelRatioF(),
            lambda onto: self._on(onto).paint_lane(lane, scale, frame.current),
        )
        painter.drawPixmap(rect.topLeft(), plate)

    def _on(self, painter: QPainter) -> TimelinePainter:
        return TimelinePainter(painter, self.width(), self.font(), self._theme, self._signs)

    def _framed(self) -> Frame:
        current = self._current.id if self._current else None
        height = self._lane_height(self._model.count)
        return Frame(self.view, self._width(), height, self._now_s, current)

    def _rect_of(self, place: int) -> QRect:
        lane = self._lanes[place]
        top, bottom = round(lane.top), round(lane.top + lane.height)
        return QRect(0, AXIS_PX + top, self.width(), bottom - top)

    def _width(self) -> float:
        return max(1.0, float(self.width() - NAMES_PX))

    def _lane_height(self, lanes: int) -> float:
        return min(float(LANE_PX), max(float(_LEAST_LANE_PX), (self.height() - AXIS_PX) / max(lanes, 1)))

    def _changed(self) -> None:
        self.setMinimumHeight(AXIS_PX + _LEAST_LANE_PX * max(self._model.count, 2))
        self._show_anew()

    def _refresh(self) -> None:
        """A part of the news, and the time where it is this one's turn."""
        self._refreshes += 1
        turn = self._refreshes % _TURNS
        if turn == 0:
            self._move_on()
            self._tell_seen()
        if self._refreshes % _PRUNE_EVERY == 0:
            self._model.prune_next(self._clock.wall())
        for place, lane in enumerate(self._lanes):
            if place % _TURNS == turn and lane.camera_id in self._stale:
                self._due.add(place)
                self.update(self._rect_of(place))

    def _move_on(self) -> None:
        """Move with the time, once that is a pixel's worth: over a day, one is more than a minute.

        Each lane follows when it is its turn: for a moment one is a pixel behind another, which nobody sees.
        """
        now_s = self._clock.wall()
        pixel_s = self.view.length_s / self._width()
        if now_s - self._now_s < pixel_s:
            return
        self._now_s = now_s
        if self.following:
            self.view = self.view.following(now_s)
        if self.view.end_s >= now_s - pixel_s:
            self._stale.update(lane.camera_id for lane in self._lanes)
            self.update()

    def _tell_seen(self) -> None:
        seen = seen_on(self._lanes)
        if seen != self._seen:
            self._seen = seen
            self.seen_changed.emit(seen)

    def _show_anew(self) -> None:
        """Another view by hand: all lanes at once."""
        self._frame = None
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

    def _under(self, position: QPointF) -> tuple[Lane | None, float]:
        """The lane under a point, and how far right in it; None beside all lanes."""
        inside = position.x() >= NAMES_PX
        return lane_at(self._lanes, position.y() - AXIS_PX) if inside else None, position.x() - NAMES_PX

    def _mark(self, position: QPointF) -> Mark | None:
        lane, x = self._under(position)
        return mark_at(lane, x) if lane else None

    def _snapshot(self, position: QPointF) -> Snapshot | None:
        lane, x = self._under(position)
        return snapshot_at(lane, x, position.y() - AXIS_PX - lane.top) if lane else None
