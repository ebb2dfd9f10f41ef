"""Dragging a tile onto another place: a small picture follows the hand, a firm frame shows where it would land."""

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLabel, QWidget

from vigint_desktop.ui.theme.style import Theme

_PICTURE = QSize(220, 160)  # at most, in logical pixels
_BESIDE = QPoint(12, 12)  # from the pointer: the target stays in sight
_FRAME_PX = 4


class TargetFrame(QWidget):
    """A frame in the accent's colour over the place where a tile would land."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The frame, and a breath of its colour inside."""
        painter = QPainter(self)
        accent = self._theme.colour("accent")
        veil = self._theme.colour("accent")
        veil.setAlpha(48)
        inset = _FRAME_PX / 2
        painter.setPen(QPen(accent, _FRAME_PX))
        painter.setBrush(veil)
        painter.drawRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset))
        painter.end()


class TileDrag:
    """One drag at a time, from the press of the button to its release. Where a place is, the wall knows.

    Attributes:
        source: the place that was pressed, or None.
        active: whether the hand has moved far enough for a drag.
    """

    def __init__(self, theme: Theme, wall: QWidget) -> None:
        self.source: int | None = None
        self.active = False
        self._wall = wall
        self._pressed_at = QPoint()
        self._frame = TargetFrame(theme, wall)
        self._picture = QLabel(wall)
        self._picture.setObjectName("drag_picture")
        self._picture.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._picture.hide()

    def press(self, place: int, at: QPoint) -> None:
        """The button went down on a tile: perhaps a drag begins."""
        self.source, self._pressed_at = place, at

    def move(self, at: QPoint, dragged: QWidget, target: QRect | None) -> None:
        """The hand is at a point over a place (None: over none where the tile could land)."""
        if not self.active:
            if (at - self._pressed_at).manhattanLength() < QGuiApplication.styleHints().startDragDistance():
                return
            self._begin(dragged)
        self._picture.move(at + _BESIDE)
        self._frame.setVisible(target is not None)
        if target is not None:
            self._frame.setGeometry(target)
            self._frame.raise_()
            self._picture.raise_()

    def end(self) -> int | None:
        """The drag is over, or given up; returns where it began, or None when there was no drag."""
        source = self.source if self.active else None
        if self.active:
            self._wall.unsetCursor()
        self.source, self.active = None, False
        self._frame.hide()
        self._picture.hide()
        return source

    def _begin(self, dragged: QWidget) -> None:
        self.active = True
        ratio = dragged.devicePixelRatioF()
        grabbed = dragged.grab()
        room = (_PICTURE * ratio).boundedTo(grabbed.size())
        smooth = Qt.TransformationMode.SmoothTransformation
        picture = grabbed.scaled(room, Qt.AspectRatioMode.KeepAspectRatio, smooth)
        picture.setDevicePixelRatio(ratio)
        self._picture.setPixmap(picture)
        self._picture.adjustSize()
        self._picture.show()
        self._wall.setCursor(Qt.CursorShape.ClosedHandCursor)
