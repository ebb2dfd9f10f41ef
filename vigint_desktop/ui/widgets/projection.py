"""What all walls share: the one timer that brings the newest frames to the tiles, once, and lets their words age."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from PySide6.QtCore import QObject, QSize, Qt, QTimer, Signal

from vigint_core.domain.frame import Frame
from vigint_core.domain.ids import CameraId, IncidentId
from vigint_core.domain.incident import Incident
from vigint_core.domain.status import Activity, CameraEffort, CameraRecording
from vigint_core.domain.verdict import Severity
from vigint_core.ports import Clock
from vigint_desktop.figures import Distribution
from vigint_desktop.ui.controls import Controls
from vigint_desktop.ui.models.cameras import CameraModel
from vigint_desktop.ui.rows.incident import marks_tile
from vigint_desktop.ui.widgets.tile import Tile

INTERVAL_MS = 20  # half of what cameras send: at 40 ms, one frame in ten was overwritten before it was taken
BEAT_TICKS = 12  # words age, and sizes are looked at again, four times a second
EARLY_S = 1.0  # before a camera came on screen; what is older waited in the mailbox while nobody looked
_NOWHERE = QSize(0, 0)


@dataclass(slots=True)
class TileFigures:
    """What was shown of one camera: frames painted, and how old (seconds) each was when it was painted first.

    Attributes:
        number: of the frame that was counted last; on two walls it counts once.
    """

    shown: int = 0
    age_s: Distribution = field(default_factory=Distribution)
    number: int | None = None


@dataclass(slots=True)
class WallFigures:
    """What the walls showed since the program started.

    Attributes:
        tiles: by camera, also of those that have left the wall.
        stall_s: by how much each tick of the timer came late, in seconds, since the window was painted first.
    """

    tiles: dict[CameraId, TileFigures] = field(default_factory=dict)
    stall_s: Distribution = field(default_factory=Distribution)


class Viewer(Protocol):
    """Somebody beside the walls who looks at one camera."""

    def set_frame(self, frame: Frame) -> None:
        """The newest frame."""

    def wanted_size(self) -> QSize:
        """Device pixels at which frames are wanted; empty for none."""


class Projection(QObject):
    """Brings cameras to tiles, wherever those are: one wall or two, and asks the capture for no more than they show.

    A tick costs nothing for a tile whose camera sent nothing. The timer rests while nobody looks.

    Attributes:
        figures: what was shown.

    Signals:
        first_frame_shown: once, when the first picture of any camera was painted.
        reconnect_requested: carries the id of a camera that somebody on any wall wants to be tried again.
        wished: carries a camera id and the ``TileWish`` that somebody on any wall has for it.
        wish_missed: somebody on any wall wishes for something, and has chosen no camera.
        beat: four times a second while a wall is on screen, for clocks and words that age.
    """

    first_frame_shown = Signal()
    reconnect_requested = Signal(str)
    wished = Signal(str, object)
    wish_missed = Signal()
    beat = Signal()

    def __init__(self, controls: Controls, model: CameraModel, clock: Clock, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.figures = WallFigures()
        self._controls = controls
        self._model = model
        self._clock = clock
        self._walls: dict[QObject, dict[CameraId, Tile]] = {}
        self._tiles: dict[CameraId, tuple[Tile, ...]] = {}
        self._viewers: dict[CameraId, Viewer] = {}
        self._since: dict[CameraId, float] = {}  # monotonic time at which each camera on screen came there
        self._told: dict[CameraId, QSize] = {}
        self._moving: set[CameraId] = set()
        self._saving: set[CameraId] = set()
        self._recording: set[CameraId] = set()
        self._marks: dict[IncidentId, Incident] = {}
        self._painted = False
        self._ticked_s: float | None = None
        self._ticks = 0
        self._sizes_are_due = False
        self._frame_shown = False
        self._timer = QTimer(self, interval=INTERVAL_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.tick)
        model.modelReset.connect(self._forget_sizes)

    def show(self, wall: QObject, tiles: Mapping[CameraId, Tile]) -> None:
        """From now on this wall shows these tiles and no others; none at all while it is not on screen.

        Their sizes are told with the next tick. Those of the same tiles only at the next beat: while a hand pulls at a
        window's edge, no decoder has to follow every pixel.
        """
        if tiles != self._walls.get(wall, {}):
            self._sizes_are_due = True
        if tiles:
            self._walls[wall] = dict(tiles)
        else:
            self._walls.pop(wall, None)
        self._tiles = self._by_camera()
        self._note_who_looks()
        self._mark(tiles.values())

    def lend(self, camera_id: CameraId, viewer: Viewer | None) -> None:
        """Bring a camera's frames to one viewer as well, on a wall or not; None for to nobody any more."""
        if viewer is not None:
            self._viewers[camera_id] = viewer
        else:
            self._viewers.pop(camera_id, None)
        self._sizes_are_due = True
        self._note_who_looks()

    def window_painted(self) -> None:
        """The window is there: from now on a late tick is a stall. What comes before is the start, measured apart."""
        self._painted, self._ticked_s = True, None

    def adopt(self, tile: Tile) -> None:
        """Count what a new tile shows from now on, and pass on what is asked of it."""
        camera_id = tile.row.camera_id
        figures = self.figures.tiles.setdefault(camera_id, TileFigures())
        tile.reconnect_requested.connect(lambda: self.reconnect_requested.emit(camera_id))
        tile.wished.connect(lambda wish: self.wished.emit(camera_id, wish))
        tile.outdated.connect(self._bring)
        tile.frame_shown.connect(lambda age_s: self._count(figures, tile, age_s))

    def set_activity(self, activity: Activity) -> None:
        """A gate opened or closed."""
        _note(self._moving, activity.camera_id, on=not activity.closed)
        self._mark(self._tiles.get(activity.camera_id, ()))

    def set_effort(self, effort: CameraEffort) -> None:
        """A decoder began or ceased to leave something out."""
        _note(self._saving, effort.camera_id, on=effort.saving)
        self._mark(self._tiles.get(effort.camera_id, ()))

    def set_recording(self, told: CameraRecording) -> None:
        """A camera's packets begin or cease to go to disk."""
        _note(self._recording, told.camera_id, on=told.recording)
        self._mark(self._tiles.get(told.camera_id, ()))

    def mark_incident(self, incident: Incident) -> None:
        """An incident is new or changed: the tiles of its camera show it for a minute."""
        self._marks[incident.id] = incident
        self._refresh_marks()

    def unmark_incident(self, incident_id: IncidentId) -> None:
        """It was nothing, or is gone."""
        if self._marks.pop(incident_id, None) is not None:
            self._refresh_marks()

    def tick(self) -> None:
        """Bring the new pictures; four times a second also let the words age and look at the sizes."""
        self._measure_stall()
        self._bring()
        self._ticks += 1
        if self._ticks >= BEAT_TICKS:
            self._ticks = 0
            self._beat()
        elif self._sizes_are_due:
            self._tell_sizes()

    def _bring(self) -> None:
        """The new pictures to their tiles; also just before a paint that a stall of this thread has held up."""
        since = self._since
        for camera_id, frame in self._controls.take_frames().items():
            if camera_id in since and frame.at.mono_s >= since[camera_id] - EARLY_S:
                for tile in self._tiles.get(camera_id, ()):
                    tile.set_frame(frame)
                if camera_id in self._viewers:
                    self._viewers[camera_id].set_frame(frame)

    def _beat(self) -> None:
        for tile in self._shown():
            tile.tick()
        if self._marks:
            self._refresh_marks()
        self._tell_sizes()
        self.beat.emit()

    def _note_who_looks(self) -> None:
        now_s = self._clock.monotonic()
        self._since = {seen: self._since.get(seen, now_s) for seen in (*self._tiles, *self._viewers)}
        self._run(bool(self._walls or self._viewers))

    def _run(self, wanted: bool) -> None:
        if wanted and not self._timer.isActive():
            self._timer.start()
        elif not wanted:
            self._timer.stop()
            self._ticked_s = None
            self._tell_sizes()

    def _by_camera(self) -> dict[CameraId, tuple[Tile, ...]]:
        found: dict[CameraId, tuple[Tile, ...]] = {}
        for tiles in self._walls.values():
            for camera_id, tile in tiles.items():
                found[camera_id] = (*found.get(camera_id, ()), tile)
        return found

    def _shown(self) -> Iterable[Tile]:
        return (tile for tiles in self._tiles.values() for tile in tiles)

    def _refresh_marks(self) -> None:
        now_s = self._clock.wall()
        self._marks = {known: i for known, i in self._marks.items() if marks_tile(i, now_s)}
        self._mark(self._shown())

    def _mark(self, tiles: Iterable[Tile]) -> None:
        """Tell tiles what is known of their cameras; a tile paints only what is new to it."""
        gravest = self._gravest()
        for tile in tiles:
            camera_id = tile.row.camera_id
            tile.set_moving(camera_id in self._moving)
            tile.set_saving(camera_id in self._saving)
            tile.set_recording(camera_id in self._recording)
            tile.set_severity(gravest.get(camera_id))

    def _gravest(self) -> dict[CameraId, Severity]:
        """The gravest incident of the last minute, by camera."""
        by_rank = sorted(self._marks.values(), key=lambda incident: incident.severity.rank)
        return {incident.camera_id: incident.severity for incident in by_rank}

    def _forget_sizes(self) -> None:
        """Other cameras, or one that was changed and begins anew: each has to be told what is wanted of it."""
        self._told.clear()
        self._tell_sizes()

    def _tell_sizes(self) -> None:
        self._sizes_are_due = False
        for camera in self._model.cameras():
            wanted = max((one.wanted_size() for one in self._looking_at(camera.id)), key=_area, default=_NOWHERE)
            if _differs(wanted, self._told.get(camera.id)):
                self._told[camera.id] = wanted
                self._controls.show_at(camera.id, wanted.width(), wanted.height())

    def _looking_at(self, camera_id: CameraId) -> Iterable[Tile | Viewer]:
        yield from self._tiles.get(camera_id, ())
        if camera_id in self._viewers:
            yield self._viewers[camera_id]

    def _measure_stall(self) -> None:
        now_s = self._clock.monotonic()
        if self._painted and self._ticked_s is not None:
            self.figures.stall_s.add(max(0.0, now_s - self._ticked_s - INTERVAL_MS / 1000))
        self._ticked_s = now_s

    def _count(self, figures: TileFigures, tile: Tile, age_s: float) -> None:
        number = tile.frame.number if tile.frame is not None else None
        if number == figures.number:
            return
        figures.number = number
        figures.shown += 1
        figures.age_s.add(age_s)
        if not self._frame_shown:
            self._frame_shown = True
            self.first_frame_shown.emit()


def _note(cameras: set[CameraId], camera_id: CameraId, *, on: bool) -> None:
    (cameras.add if on else cameras.discard)(camera_id)


def _area(size: QSize) -> int:
    return size.width() * size.height()


def _differs(wanted: QSize, told: QSize | None) -> bool:
    """Whether the capture has to be told. Up to 2 px come from rounding to even sizes, and would never settle."""
    if told is None or wanted.isEmpty() != told.isEmpty():
        return True
    return abs(wanted.width() - told.width()) > 2 or abs(wanted.height() - told.height()) > 2
