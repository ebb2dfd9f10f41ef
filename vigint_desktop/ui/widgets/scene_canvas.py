"""The picture of a camera with its zones and lines, to be drawn on with mouse or keys."""

from collections.abc import Callable
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from vigint_core.domain.frame import Frame
from vigint_core.domain.gate_view import GateView
from vigint_core.domain.zone import Crossing, Line, Point, Zone, ZoneUse
from vigint_desktop.ui.rows.drawing import Drawing
from vigint_desktop.ui.rows.grid import Box, fit
from vigint_desktop.ui.rows.words import Words
from vigint_desktop.ui.theme.style import Theme
from vigint_desktop.ui.widgets.picture import image_of

_HANDLE: Final = 5
_DOT: Final = 3
_REACH: Final = 12
_STEP: Final = 0.005
_STRIDE: Final = 0.05
_USUAL: Final = (16, 9)
_PATTERNS: Final = {
    ZoneUse.WATCH: Qt.BrushStyle.NoBrush,
    ZoneUse.IGNORE: Qt.BrushStyle.BDiagPattern,
    ZoneUse.PRIVACY: Qt.BrushStyle.Dense3Pattern,
}
"""So that no two uses look alike without their colours."""
_CURSORS: Final = {
    None: Qt.CursorShape.ArrowCursor,
    0: Qt.CursorShape.SizeAllCursor,
    1: Qt.CursorShape.PointingHandCursor,
    2: Qt.CursorShape.SizeAllCursor,
}
"""By how many corners a hand would take hold of; 0 is a whole shape."""
_COLOURS: Final = {ZoneUse.WATCH: "#62aef5", ZoneUse.IGNORE: "#ced4da", ZoneUse.PRIVACY: "#121518"}
_PENS: Final = {**_COLOURS, ZoneUse.PRIVACY: "#ffffff"}
_LINE: Final = "#f0c052"
_FAINT, _GLOWING = 0.2, 20.0
_CASING: Final = QColor(10, 12, 14, 150)
"""Round every stroke and name: no colour stands out from all that a camera may show."""
_NAME_PX: Final = 240


class SceneCanvas(QWidget):
    """Paints and edits a ``Drawing``; a click adds a corner, a double click or Enter ends a shape, Escape forgets it.

    It takes frames as they come, and paints the newest when it is told what the gate sees.

    Signals:
        edited: the drawing is another one, or something else is selected.
    """

    edited = Signal()

    def __init__(self, drawing: Drawing, name_of: Callable[[str], str], words: Words, theme: Theme) -> None:
        """``name_of``: the name of a new shape, by its tool."""
        super().__init__()
        self.drawing = drawing
        self.show_heat = True
        self._name_of = name_of
        self._theme = theme
        self._frame: Frame | None = None
        self._painted: Frame | None = None  # its image shares its memory
        self._image: QImage | None = None
        self._heat: NDArray[np.float32] | None = None
        self._pointer: Point | None = None
        self._waiting = words("scene.waiting")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(QSize(320, 180))
        self.setAccessibleName(words("scene.canvas"))

    def sizeHint(self) -> QSize:
        """A picture on which one can draw."""
        return QSize(720, 405)

    @property
    def picture_size(self) -> tuple[int, int] | None:
        """Width and height of the picture, or None while there is none."""
        return (self._frame.width, self._frame.height) if self._frame else None

    def set_frame(self, frame: Frame) -> None:
        """The newest picture."""
        self._frame = frame

    def wanted_size(self) -> QSize:
        """Device pixels of the picture's place."""
        return self._target().size() * self.devicePixelRatioF() if self.isVisible() else QSize(0, 0)

    def show_view(self, view: GateView | None, times: float = 1.0) -> None:
        """Paint the newest picture, and what the gate sees in it, so many times as strong."""
        if self._frame is not None and self._frame is not self._painted:
            self._painted, self._image = self._frame, image_of(self._frame)
        self._heat = view.heat * np.float32(times) if view is not None and view.heat is not None else None
        self.update()

    def place_of(self, point: Point) -> QPointF:
        """Where a place of the picture is on the widget."""
        target = self._target()
        return QPointF(target.left() + point[0] * target.width(), target.top() + point[1] * target.height())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A corner of what is drawn; else take hold of what lies there."""
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        at = self._share(event.position())
        if self.drawing.tool is None:
            self.drawing.take_hold(at, self._reach())
        elif self.drawing.closes(at, self._reach()):
            self.drawing.finish(self._name_of(self.drawing.tool))
        else:
            self.drawing.add(at, self._name_of(self.drawing.tool))
        self._tell()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag; the pointer says what a hand would take hold of."""
        self._pointer = self._share(event.position())
        if self.drawing.tool is not None:
            self.setCursor(Qt.CursorShape.CrossCursor)
        elif event.buttons() & Qt.MouseButton.LeftButton:
            self.drawing.drag(self._pointer)
        else:
            self.setCursor(_CURSORS[self.drawing.under(self._pointer, self._reach())])
        self.update()

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """The drag is over."""
        self.drawing.let_go()
        self._tell()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """The shape is complete, the click before has set its last corner; on an edge, a corner more."""
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        if self.drawing.tool is not None:
            self._finish()
        elif self.drawing.split(self._share(event.position()), self._reach()):
            self._tell()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """All that a mouse can do: Enter ends a shape, arrows move, Page keys choose a corner, Insert, Delete."""
        step = _STRIDE if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else _STEP
        moves = {
            Qt.Key.Key_Left: (-step, 0.0),
            Qt.Key.Key_Right: (step, 0.0),
            Qt.Key.Key_Up: (0.0, -step),
            Qt.Key.Key_Down: (0.0, step),
        }
        key = Qt.Key(event.key())
        if key in moves:
            self._move(moves[key])
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self.drawing.tool is not None:
            self._finish()
        elif key == Qt.Key.Key_Space and self.drawing.tool is not None and self._pointer is not None:
            self.drawing.add(self._pointer, self._name_of(self.drawing.tool))
        elif key in {Qt.Key.Key_PageDown, Qt.Key.Key_PageUp}:
            self.drawing.next_corner(1 if key == Qt.Key.Key_PageDown else -1)
        elif key in {Qt.Key.Key_Delete, Qt.Key.Key_Backspace}:
            self._remove()
        elif key == Qt.Key.Key_Insert:
            self.drawing.add_corner()
        elif key != Qt.Key.Key_Escape or not self.drawing.cancel():
            super().keyPressEvent(event)
            return
        self._tell()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Picture, heat, zones, lines, what is being drawn."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.colour("picture"))
        target = self._target()
        if self._image is None:
            painter.setPen(self._theme.colour("on_picture_muted"))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._waiting)
        else:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(target, self._image)
        if self.show_heat and self._heat is not None:
            painter.drawImage(target, heat_image(self._heat))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for zone in self.drawing.scene.zones:
            self._paint_zone(painter, zone)
        for line in self.drawing.scene.lines:
            self._paint_line(painter, line)
        self._paint_pending(painter)
        painter.end()

    def _move(self, by: Point) -> None:
        """A shape that is selected; while something is drawn, the place of the next corner."""
        if self.drawing.tool is not None:
            x, y = self._pointer or (0.5, 0.5)
            self._pointer = (min(max(x + by[0], 0.0), 1.0), min(max(y + by[1], 0.0), 1.0))
        else:
            self.drawing.nudge(by)

    def _remove(self) -> None:
        if self.drawing.tool is not None:
            self.drawing.drop_last()
        else:
            self.drawing.drop()

    def _finish(self) -> None:
        if self.drawing.tool is not None and self.drawing.finish(self._name_of(self.drawing.tool)):
            self._tell()

    def _tell(self) -> None:
        self.update()
        self.edited.emit()

    def _paint_zone(self, painter: QPainter, zone: Zone) -> None:
        chosen = zone.id == self.drawing.selected
        shape = QPolygonF([self.place_of(point) for point in zone.points])
        colour = QColor(_COLOURS[zone.use])
        painter.setBrush(QBrush(colour, _PATTERNS[zone.use]))
        for pen in _cased(QPen(QColor(_PENS[zone.use]), 3 if chosen else 2)):
            painter.setPen(pen)
            painter.drawPolygon(shape)
            painter.setBrush(Qt.BrushStyle.NoBrush)
        corners = [self.place_of(point) for point in zone.points]
        if chosen:
            self._paint_middles(painter, corners)
        self._paint_corners(painter, corners, chosen=chosen)
        self._paint_name(painter, shape.boundingRect().center(), zone.name)

    def _paint_line(self, painter: QPainter, line: Line) -> None:
        """The line, and an arrow to each side that counts."""
        chosen = line.id == self.drawing.selected
        start, end = self.place_of(line.start), self.place_of(line.end)
        along = end - start
        length = max((along.x() ** 2 + along.y() ** 2) ** 0.5, 1.0)
        right = QPointF(-along.y(), along.x()) / length * 22
        middle = (start + end) / 2
        for pen in _cased(QPen(QColor(_LINE), 4 if chosen else 3)):
            painter.setPen(pen)
            painter.drawLine(start, end)
            for way, sign in ((Crossing.TO_RIGHT, 1), (Crossing.TO_LEFT, -1)):
                if line.crossing in {Crossing.BOTH, way}:
                    self._paint_arrow(painter, middle, right * sign, along / length * 7)
        self._paint_corners(painter, [start, end], chosen=chosen)
        self._paint_name(painter, start + along * 0.2, line.name)

    @staticmethod
    def _paint_arrow(painter: QPainter, start: QPointF, way: QPointF, across: QPointF) -> None:
        tip = start + way
        painter.drawLine(start, tip)
        painter.drawLine(tip, tip - way * 0.35 + across)
        painter.drawLine(tip, tip - way * 0.35 - across)

    @staticmethod
    def _paint_middles(painter: QPainter, corners: list[QPointF]) -> None:
        """A dot on each edge: it can be taken hold of."""
        painter.setPen(QPen(QColor("#121518"), 1))
        painter.setBrush(QColor("#ffffff"))
        for one, other in pairwise([*corners, corners[0]]):
            painter.drawEllipse((one + other) / 2, _DOT, _DOT)

    def _paint_corners(self, painter: QPainter, corners: list[QPointF], *, chosen: bool) -> None:
        if not chosen:
            return
        for place, corner in enumerate(corners):
            held = place == self.drawing.corner
            painter.setPen(QPen(QColor("#121518"), 1))
            painter.setBrush(QColor("#f0b94d") if held else QColor("#ffffff"))
            size = _HANDLE + (2 if held else 0)
            painter.drawRect(QRectF(corner.x() - size, corner.y() - size, 2 * size, 2 * size))

    def _paint_name(self, painter: QPainter, at: QPointF, name: str) -> None:
        """As much of a name as leaves the picture to be seen; the list has all of it."""
        metrics = painter.fontMetrics()
        name = metrics.elidedText(name, Qt.TextElideMode.ElideRight, _NAME_PX)
        box = QRectF(0, 0, metrics.horizontalAdvance(name) + 12, metrics.height() + 4)
        box.moveCenter(at)
        box.moveLeft(min(max(box.left(), 0.0), self.width() - box.width()))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(10, 12, 14, 190))
        painter.drawRoundedRect(box, 4, 4)
        painter.setPen(self._theme.colour("on_picture"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, name)

    def _paint_pending(self, painter: QPainter) -> None:
        if self.drawing.tool is None:
            return
        colour = QColor(_LINE if self.drawing.tool == "line" else _PENS[ZoneUse(self.drawing.tool)])
        corners = [self.place_of(point) for point in self.drawing.pending]
        ahead = [self.place_of(self._pointer)] if self._pointer else []
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for pen in _cased(QPen(colour, 2, Qt.PenStyle.DashLine)):
            painter.setPen(pen)
            painter.drawPolyline(QPolygonF([*corners, *ahead]))
            if ahead and self.hasFocus():
                painter.drawEllipse(ahead[0], 6, 6)
        self._paint_corners(painter, corners, chosen=True)

    def _target(self) -> QRect:
        width, height = self.picture_size or _USUAL
        box = fit(width, height, Box(0, 0, self.width(), self.height()))
        return QRect(box.x, box.y, box.width, box.height)

    def _share(self, at: QPointF) -> Point:
        target = self._target()
        across = (at.x() - target.left()) / max(target.width(), 1)
        down = (at.y() - target.top()) / max(target.height(), 1)
        return min(max(across, 0.0), 1.0), min(max(down, 0.0), 1.0)

    def _reach(self) -> Point:
        target = self._target()
        return _REACH / max(target.width(), 1), _REACH / max(target.height(), 1)


def _cased(pen: QPen) -> tuple[QPen, QPen]:
    """A wider dark stroke, and the pen to draw over it."""
    return QPen(_CASING, pen.widthF() + 2), pen


def heat_image(heat: NDArray[np.float32]) -> QImage:
    """Movement as a warm veil that grows with its logarithm, from a fifth of what opens the gate to twenty times that.

    The picture stays to be seen through it.
    """
    level = np.clip(np.log(np.maximum(heat, _FAINT) / _FAINT) / np.log(_GLOWING / _FAINT), 0.0, 1.0)
    pixels = np.zeros((*heat.shape, 4), np.uint8)
    pixels[..., 2], pixels[..., 1] = 255, (210 * (1 - level)).astype(np.uint8)
    pixels[..., 3] = np.where(heat < _FAINT, 0, 40 + 80 * level).astype(np.uint8)
    pixels[..., :3] = (pixels[..., :3].astype(np.uint16) * pixels[..., 3:] // 255).astype(np.uint8)
    rows, columns = heat.shape
    return QImage(pixels.data, columns, rows, 4 * columns, QImage.Format.Format_ARGB32_Premultiplied).copy()
