"""The wall: tiles on the places of a layout, or one of them alone; keyboard and mouse go from place to place."""

from PySide6.QtCore import QModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QHideEvent, QKeyEvent, QMouseEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QMenu, QWidget

from vigint_core.domain.ids import CameraId
from vigint_core.ports import Clock
from vigint_desktop.ui.models.arrangement import Arrangement
from vigint_desktop.ui.models.cameras import CameraModel
from vigint_desktop.ui.rows.grid import Box, boxes, lattice, neighbour
from vigint_desktop.ui.rows.words import Words
from vigint_desktop.ui.theme.style import Theme
from vigint_desktop.ui.widgets.empty_place import EmptyPlace
from vigint_desktop.ui.widgets.number_pad import NumberPad
from vigint_desktop.ui.widgets.projection import Projection
from vigint_desktop.ui.widgets.tile import Tile
from vigint_desktop.ui.widgets.tile_drag import TileDrag
from vigint_desktop.ui.widgets.wish_keys import wish_of

_GAP = 4
_ARROWS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}
_SWAP = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


class Wall(QWidget):
    """The places of a page, each with a camera's tile or empty; or one camera over all of it.

    Attributes:
        pad: collects the digits of a camera's number.

    Signals:
        menu_made: carries the context menu of a place, so that more can be added to it.
    """

    menu_made = Signal(object)

    def __init__(
        self,
        projection: Projection,
        arrangement: Arrangement,
        model: CameraModel,
        words: Words,
        theme: Theme,
        clock: Clock,
    ) -> None:
        super().__init__()
        self._projection = projection
        self._arrangement = arrangement
        self._model = model
        self._words = words
        self._theme = theme
        self._clock = clock
        self._tiles: dict[CameraId, Tile] = {}
        self._empty: list[EmptyPlace] = []
        self._shown: list[Tile | EmptyPlace] = []
        self._boxes: list[Box] = []
        self._alone: CameraId | None = None
        self._turned_to: tuple[str, str, int] | None = None
        self._drag = TileDrag(theme, self)
        self.pad = NumberPad(model, words, self)
        self.pad.number_typed.connect(self._number_typed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        arrangement.changed.connect(self._rebuild)
        model.dataChanged.connect(self._refresh)
        self._rebuild()

    @property
    def alone(self) -> CameraId | None:
        """The camera that has the wall to itself."""
        return self._alone

    def tile(self, camera_id: CameraId) -> Tile:
        """The tile of a camera that is or was on this wall. Raises KeyError for any other."""
        return self._tiles[camera_id]

    def show_alone(self, camera_id: CameraId | None) -> None:
        """One camera over the whole wall, also one of another view or page; None shows the page again."""
        before = self._alone
        self._alone = camera_id if camera_id is not None and self._model.row_of(camera_id) else None
        self._arrange()
        focused = self._tiles.get(self._alone or before or CameraId(""))
        if focused is not None and focused in self._shown:
            focused.setFocus(Qt.FocusReason.OtherFocusReason)

    def go_back(self) -> bool:
        """Give up what was begun last: a drag, a number, one camera alone. False when there was nothing."""
        if self._drag.active:
            self._drag.end()
        elif self.pad.typing:
            self.pad.give_up()
        elif self._alone is not None:
            self.show_alone(None)
        else:
            return False
        return True

    def showEvent(self, _event: QShowEvent) -> None:
        """On screen: pictures are wanted."""
        self._project()

    def hideEvent(self, _event: QHideEvent) -> None:
        """Off screen: no pictures are wanted."""
        self._projection.show(self, {})

    def resizeEvent(self, _event: QResizeEvent) -> None:
        """Another grid may suit better."""
        self._arrange()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Where there is but one camera it is the chosen one."""
        if len(self._shown) == 1:
            self._shown[0].setFocus(event.reason())
        else:
            super().focusInEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go from place to place, with Ctrl+Shift they take the camera along; Enter and Escape."""
        key = Qt.Key(event.key())
        if wish_of(event) is not None:  # no tile had the keyboard
            self._projection.wish_missed.emit()
            return
        if key in _ARROWS:
            moved = self._swap if event.modifiers() & _SWAP == _SWAP else self._step
            moved(*_ARROWS[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.pad.typing:
            self.pad.take()
        elif key != Qt.Key.Key_Escape or not self.go_back():
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The button went down on a tile that has no use for it itself: perhaps a drag."""
        at = event.position().toPoint()
        place = self._place_at(at) if event.button() is Qt.MouseButton.LeftButton and self._alone is None else None
        if place is not None and isinstance(self._shown[place], Tile):
            self._drag.press(place, at)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """A tile follows the hand."""
        source = self._drag.source
        if source is None or source >= len(self._shown):
            return
        at = event.position().toPoint()
        target = self._place_at(at)
        self._drag.move(at, self._shown[source], None if target in (None, source) else _rect(self._boxes[target or 0]))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Two places change their cameras."""
        source, target = self._drag.end(), self._place_at(event.position().toPoint())
        if source is not None and target is not None and target != source:
            self._change(source, target)

    def sizeHint(self) -> QSize:
        """Most of the window."""
        return QSize(960, 560)

    def _rebuild(self) -> None:
        """Other cameras, or the same in another order. Who chose another view, layout or page wants to see it."""
        turned_to = (self._arrangement.key, self._arrangement.layout, self._arrangement.number)
        if turned_to != self._turned_to:
            self._turned_to, self._alone = turned_to, None
        for gone in [camera_id for camera_id in self._tiles if self._model.row_of(camera_id) is None]:
            self._remove(gone)
        for row in self._model.rows():
            if row.camera_id in self._tiles:
                self._tiles[row.camera_id].set_row(row)
        if self._alone not in self._tiles:
            self._alone = None
        self._drag.end()
        self._arrange()

    def _tile_of(self, camera_id: CameraId) -> Tile:
        if camera_id not in self._tiles:
            row = self._model.row_of(camera_id)
            if row is None:
                raise KeyError(camera_id)
            tile = Tile(row, self._words, self._theme, self._clock, self)
            tile.chosen.connect(lambda: self._choose(camera_id))
            tile.menu_made.connect(lambda menu: self._fill_menu(menu, tile))
            self._projection.adopt(tile)
            self._tiles[camera_id] = tile
        return self._tiles[camera_id]

    def _remove(self, camera_id: CameraId) -> None:
        tile = self._tiles.pop(camera_id)
        tile.hide()
        tile.deleteLater()

    def _refresh(self, first: QModelIndex, last: QModelIndex) -> None:
        for place in range(first.row(), last.row() + 1):
            camera_id = self._model.cameras()[place].id
            tile, row = self._tiles.get(camera_id), self._model.row_of(camera_id)
            if tile is not None and row is not None:
                tile.set_row(row)

    def _arrange(self) -> None:
        """Put everything in its place; who had the keyboard keeps it, or whoever takes over the place."""
        focused = next((place for place, widget in enumerate(self._shown) if widget.hasFocus()), None)
        before = self._shown
        self._place_all()
        for tile in self._tiles.values():
            tile.set_alone(self._alone == tile.row.camera_id)
        for widget in (*self._tiles.values(), *self._empty):
            widget.setVisible(widget in self._shown)
        if focused is not None and before[focused] not in self._shown and self._shown:
            self._shown[min(focused, len(self._shown) - 1)].setFocus(Qt.FocusReason.OtherFocusReason)
        if self.isVisible():
            self._project()

    def _place_all(self) -> None:
        if self._alone is not None:
            self._shown, self._boxes = [self._tile_of(self._alone)], [Box(0, 0, self.width(), self.height())]
        else:
            seats = self._arrangement.seats()
            free = iter(self._empty_places(seats.count(None)))
            self._shown = [next(free) if camera is None else self._tile_of(camera) for camera in seats]
            shape = lattice(self._arrangement.layout, len(seats), self.width(), self.height())
            self._boxes = boxes(shape, self.width(), self.height(), _GAP)[: len(seats)]
        for widget, box in zip(self._shown, self._boxes, strict=True):
            widget.setGeometry(_rect(box))

    def _empty_places(self, count: int) -> list[EmptyPlace]:
        while len(self._empty) < count:
            place = EmptyPlace(self._words, self._theme, self)
            place.menu_made.connect(lambda menu, place=place: self._fill_menu(menu, place))
            self._empty.append(place)
        return self._empty[:count]

    def _project(self) -> None:
        self._projection.show(self, {w.row.camera_id: w for w in self._shown if isinstance(w, Tile)})

    def _place_at(self, at: QPoint) -> int | None:
        return next((place for place, box in enumerate(self._boxes) if _rect(box).contains(at)), None)

    def _focused_place(self) -> int | None:
        return next((place for place, widget in enumerate(self._shown) if widget.hasFocus()), None)

    def _choose(self, camera_id: CameraId) -> None:
        """Enter or a double click on a tile; Enter takes a number that is being typed first."""
        if self.pad.typing:
            self.pad.take()
        else:
            self._toggle(camera_id)

    def _toggle(self, camera_id: CameraId) -> None:
        self.show_alone(None if self._alone == camera_id else camera_id)

    def _number_typed(self, number: int) -> None:
        cameras = self._model.cameras()
        if number == 0:
            self.show_alone(None)
        elif number <= len(cameras):
            self._toggle(cameras[number - 1].id)

    def _step(self, across: int, down: int) -> None:
        """The keyboard goes to the neighbour; with one camera alone, to the next camera of the view."""
        if self._alone is not None:
            self._step_alone(across or down)
            return
        start = self._focused_place()
        target = 0 if start is None else neighbour(self._boxes, start, across, down)
        if target is not None and self._shown:
            self._shown[target].setFocus(Qt.FocusReason.TabFocusReason)

    def _step_alone(self, step: int) -> None:
        cameras = self._arrangement.cameras()
        if self._alone in cameras:
            place = cameras.index(self._alone) + step
            if 0 <= place < len(cameras):
                self.show_alone(cameras[place])

    def _swap(self, across: int, down: int) -> None:
        start = self._focused_place()
        target = None if start is None or self._alone else neighbour(self._boxes, start, across, down)
        if start is not None and target is not None:
            self._change(start, target)

    def _change(self, source: int, target: int) -> None:
        """Swap two places; the camera that was moved has the keyboard."""
        moved = self._shown[source]
        self._arrangement.swap(source, target)
        if moved in self._shown:
            moved.setFocus(Qt.FocusReason.OtherFocusReason)

    def _fill_menu(self, menu: QMenu, widget: Tile | EmptyPlace) -> None:
        if self._alone is None and widget in self._shown:
            here = menu.addMenu(self._words("wall.show_here")) if isinstance(widget, Tile) else menu
            self._list_cameras(here, self._shown.index(widget))
        menu.addSeparator()
        self.menu_made.emit(menu)

    def _list_cameras(self, menu: QMenu, place: int) -> None:
        shown, offered = self._arrangement.seats()[place], set(self._arrangement.cameras())
        for number, camera in enumerate(self._model.cameras(), 1):
            if camera.id in offered:
                action = menu.addAction(self._words("wall.numbered", number=number, name=camera.name))
                action.setCheckable(True)
                action.setChecked(camera.id == shown)
                action.triggered.connect(lambda _, camera=camera: self._arrangement.seat(camera.id, place))


def _rect(box: Box) -> QRect:
    return QRect(box.x, box.y, box.width, box.height)
