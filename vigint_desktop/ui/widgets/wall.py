"""The wall: a grid of tiles, and the one timer that brings all their pictures."""

from dataclasses import dataclass, field

from PySide6.QtCore import QModelIndex, QSize, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QResizeEvent, QShowEvent, Qt
from PySide6.QtWidgets import QWidget

from vigint_core.domain.ids import CameraId, IncidentId
from vigint_core.domain.incident import Incident
from vigint_core.domain.status import Activity, CameraEffort, CameraRecording
from vigint_core.ports import Clock
from vigint_desktop.figures import Distribution
from vigint_desktop.ui.controls import Controls
from vigint_desktop.ui.models.cameras import CameraModel
from vigint_desktop.ui.rows.grid import grid_shape
from vigint_desktop.ui.rows.incident import marks_tile
from vigint_desktop.ui.rows.words import Words
from vigint_desktop.ui.theme.style import Theme
from vigint_desktop.ui.widgets.tile import Tile

INTERVAL_MS = 20  # half of what cameras send: at 40 ms, one frame in ten was overwritten before it was taken
_GAP = 4


@dataclass(slots=True)
class TileFigures:
    """What one tile showed: frames painted, and how old (seconds) each was when it was."""

    shown: int = 0
    age_s: Distribution = field(default_factory=Distribution)


@dataclass(slots=True)
class WallFigures:
    """What the wall showed since the program started.

    Attributes:
        tiles: by camera, also of those that have left the wall.
        stall_s: by how much each tick of the timer came late, in seconds.
    """

    tiles: dict[CameraId, TileFigures] = field(default_factory=dict)
    stall_s: Distribution = field(default_factory=Distribution)


class Wall(QWidget):
    """Tiles in a grid, or one of them alone.

    Attributes:
        figures: what was shown.

    Signals:
        first_frame_shown: once, when the first picture of any camera was painted.
        reconnect_requested: carries a camera id.
        wished: carries a camera id and a ``TileWish``.
    """

    first_frame_shown = Signal()
    reconnect_requested = Signal(str)
    wished = Signal(str, object)

    def __init__(self, controls: Controls, model: CameraModel, words: Words, theme: Theme, clock: Clock) -> None:
        super().__init__()
        self.figures = WallFigures()
        self._controls = controls
        self._model = model
        self._words = words
        self._theme = theme
        self._clock = clock
        self._tiles: dict[CameraId, Tile] = {}
        self._told: dict[CameraId, QSize] = {}
        self._marks: dict[IncidentId, Incident] = {}
        self._alone: CameraId | None = None
        self._ticked_s: float | None = None
        self._frame_shown = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._timer = QTimer(self, interval=INTERVAL_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.tick)
        model.modelReset.connect(self._rebuild)
        model.dataChanged.connect(self._refresh)
        self._rebuild()

    @property
    def alone(self) -> CameraId | None:
        """The camera that has the wall to itself."""
        return self._alone

    def tile(self, camera_id: CameraId) -> Tile:
        """The tile of a camera on the wall. Raises KeyError for any other."""
        return self._tiles[camera_id]

    def show_alone(self, camera_id: CameraId | None) -> None:
        """One camera over the whole wall, or all of them (None)."""
        self._alone = camera_id if camera_id in self._tiles else None
        self._arrange()
        if self._alone is not None:
            self._tiles[self._alone].setFocus(Qt.FocusReason.OtherFocusReason)

    def show_alone_at(self, place: int) -> None:
        """The camera at a place of the owner's order, from 0; the same once more goes back to all."""
        ids = list(self._tiles)
        if place < len(ids):
            self._toggle(ids[place])

    def set_activity(self, activity: Activity) -> None:
        """A gate opened or closed."""
        tile = self._tiles.get(activity.camera_id)
        if tile is not None:
            tile.set_moving(not activity.closed)

    def set_effort(self, effort: CameraEffort) -> None:
        """A decoder began or ceased to leave something out."""
        tile = self._tiles.get(effort.camera_id)
        if tile is not None:
            tile.set_saving(effort.saving)

    def set_recording(self, told: CameraRecording) -> None:
        """A camera's packets begin or cease to go to disk."""
        tile = self._tiles.get(told.camera_id)
        if tile is not None:
            tile.set_recording(told.recording)

    def mark_incident(self, incident: Incident) -> None:
        """An incident is new or changed: its tile shows it for a minute."""
        self._marks[incident.id] = incident
        self._refresh_marks()

    def tick(self) -> None:
        """Take the new pictures, let the words age, tell the capture what sizes are wanted."""
        self._measure_stall()
        for camera_id, frame in self._controls.take_frames().items():
            tile = self._tiles.get(camera_id)
            if tile is not None:
                tile.set_frame(frame)
        for tile in self._tiles.values():
            tile.tick()
        if self._marks:
            self._refresh_marks()
        self._tell_sizes()

    def showEvent(self, _event: QShowEvent) -> None:
        """On screen: pictures are wanted."""
        self._timer.start()

    def hideEvent(self, _event: QHideEvent) -> None:
        """Off screen: no pictures are wanted."""
        self._timer.stop()
        self._ticked_s = None
        self._tell_sizes()

    def resizeEvent(self, _event: QResizeEvent) -> None:
        """Another grid may suit better."""
        self._arrange()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape goes back to all cameras; arrows go from tile to tile."""
        steps = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}
        if event.key() == Qt.Key.Key_Escape and self._alone is not None:
            self.show_alone(None)
        elif event.key() in steps:
            self._step_focus(*steps[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        """Most of the window."""
        return QSize(960, 560)

    def _rebuild(self) -> None:
        rows = self._model.rows()
        kept = {row.camera_id for row in rows}
        for gone in [camera_id for camera_id in self._tiles if camera_id not in kept]:
            self._remove(gone)
        self._tiles = {row.camera_id: self._tiles.get(row.camera_id) or self._made(row.camera_id) for row in rows}
        for row in rows:
            self._tiles[row.camera_id].set_row(row)
        if self._alone not in self._tiles:
            self._alone = None
        self._arrange()

    def _made(self, camera_id: CameraId) -> Tile:
        row = self._model.row_of(camera_id)
        if row is None:
            raise KeyError(camera_id)
        tile = Tile(row, self._words, self._theme, self._clock, self)
        figures = self.figures.tiles.setdefault(camera_id, TileFigures())
        tile.chosen.connect(lambda: self._toggle(camera_id))
        tile.reconnect_requested.connect(lambda: self.reconnect_requested.emit(camera_id))
        tile.wished.connect(lambda wish: self.wished.emit(camera_id, wish))
        tile.frame_shown.connect(lambda age_s: self._count(figures, age_s))
        return tile

    def _remove(self, camera_id: CameraId) -> None:
        tile = self._tiles.pop(camera_id)
        tile.hide()
        tile.deleteLater()
        self._told.pop(camera_id, None)

    def _refresh(self, first: QModelIndex, last: QModelIndex) -> None:
        for row in self._model.rows()[first.row() : last.row() + 1]:
            self._tiles[row.camera_id].set_row(row)

    def _refresh_marks(self) -> None:
        now_s = self._clock.wall()
        self._marks = {known: i for known, i in self._marks.items() if marks_tile(i, now_s)}
        for camera_id, tile in self._tiles.items():
            mine = [i.severity for i in self._marks.values() if i.camera_id == camera_id]
            tile.set_severity(max(mine, key=lambda severity: severity.rank, default=None))

    def _toggle(self, camera_id: CameraId) -> None:
        self.show_alone(None if self._alone == camera_id else camera_id)

    def _arrange(self) -> None:
        shown = [self._tiles[self._alone]] if self._alone is not None else list(self._tiles.values())
        grid = grid_shape(len(shown), self.width(), self.height())
        for tile in self._tiles.values():
            tile.setVisible(tile in shown)
            tile.set_alone(self._alone is not None and tile in shown)
        for place, tile in enumerate(shown):
            row, column = divmod(place, grid.columns)
            left, right = (round(edge * (self.width() + _GAP) / grid.columns) for edge in (column, column + 1))
            top, bottom = (round(edge * (self.height() + _GAP) / grid.rows) for edge in (row, row + 1))
            tile.setGeometry(left, top, max(right - left - _GAP, 1), max(bottom - top - _GAP, 1))

    def _step_focus(self, across: int, down: int) -> None:
        shown = [tile for tile in self._tiles.values() if tile.isVisible()]
        places = [place for place, tile in enumerate(shown) if tile.hasFocus()]
        if not shown:
            return
        columns = grid_shape(len(shown), self.width(), self.height()).columns
        place = places[0] + across + down * columns if places else 0
        if 0 <= place < len(shown):
            shown[place].setFocus(Qt.FocusReason.TabFocusReason)

    def _tell_sizes(self) -> None:
        for camera_id, tile in self._tiles.items():
            wanted = tile.wanted_size() if self.isVisible() else QSize(0, 0)
            if _differs(wanted, self._told.get(camera_id)):
                self._told[camera_id] = wanted
                self._controls.show_at(camera_id, wanted.width(), wanted.height())

    def _measure_stall(self) -> None:
        now_s = self._clock.monotonic()
        if self._ticked_s is not None:
            self.figures.stall_s.add(max(0.0, now_s - self._ticked_s - INTERVAL_MS / 1000))
        self._ticked_s = now_s

    def _count(self, figures: TileFigures, age_s: float) -> None:
        figures.shown += 1
        figures.age_s.add(age_s)
        if not self._frame_shown:
            self._frame_shown = True
            self.first_frame_shown.emit()


def _differs(wanted: QSize, told: QSize | None) -> bool:
    """Whether the capture has to be told. Up to 2 px come from rounding to even sizes, and would never settle."""
    if told is None or wanted.isEmpty() != told.isEmpty():
        return True
    return abs(wanted.width() - told.width()) > 2 or abs(wanted.height() - told.height()) > 2
