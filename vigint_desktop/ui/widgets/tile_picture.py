"""The picture of a tile: the newest frame, where it lies, and which part of it is shown."""

import math

from PySide6.QtCore import QPointF, QRect, QSize
from PySide6.QtGui import QImage, QPainter

from vigint_core.domain.frame import Frame
from vigint_desktop.ui.rows.grid import Box, fit
from vigint_desktop.ui.rows.zoom import Zoom
from vigint_desktop.ui.theme.style import Theme
from vigint_desktop.ui.widgets.picture import VEIL, Placement, image_of, margins, paint_map, paint_placed, placed

_USUAL = (16, 9)  # the shape of a picture that nobody has seen yet


class TilePicture:
    """Knows nothing of words; the tile tells it its area and when to paint.

    Attributes:
        frame: the newest one, or None.
        zoom: which part of it is shown.
        wanted: device pixels at which frames are wanted; while zoomed, of the whole picture.
    """

    def __init__(self, theme: Theme) -> None:
        self.frame: Frame | None = None
        self.zoom = Zoom()
        self.wanted = QSize(0, 0)
        self._theme = theme
        self._image: QImage | None = None
        self._place: Placement | None = None
        self._area = QRect()
        self._ratio = 1.0

    @property
    def target(self) -> QRect:
        """Where the picture is, in logical pixels; empty while there is none."""
        return self._place.target if self._place else QRect()

    @property
    def native(self) -> float:
        """The zoom at which a pixel of the picture is one of the screen; 0 without a picture."""
        if self.frame is None or self.target.isEmpty():
            return 0.0
        return self.frame.width / (self.target.width() * self._ratio)

    def take(self, frame: Frame) -> bool:
        """Another frame, kept because its image shares its memory; tells whether it lies elsewhere than the last."""
        known = self.frame
        self.frame, self._image = frame, image_of(frame)
        if known is not None and (known.width, known.height) == (frame.width, frame.height):
            return False
        self._put()
        return True

    def drop(self) -> None:
        """No frame any more, until the next one."""
        self.frame, self._image = None, None
        self._put()

    def move_to(self, area: QRect, ratio: float) -> None:
        """Another area, or another screen."""
        self._area, self._ratio = area, ratio
        self._put()

    def zoom_to(self, zoom: Zoom) -> None:
        """Another part of the picture."""
        self.zoom = zoom
        self._put()

    def shares(self, at: QPointF) -> tuple[float, float]:
        """How far right and down a point is in what is shown, 0 to 1."""
        target = self.target
        across = (at.x() - target.left()) / max(target.width(), 1)
        down = (at.y() - target.top()) / max(target.height(), 1)
        return min(max(across, 0.0), 1.0), min(max(down, 0.0), 1.0)

    def paint(self, painter: QPainter, dirty: QRect, *, veiled: bool) -> None:
        """The picture, and the area round it: each pixel is painted once."""
        if self._image is None or self._place is None:
            painter.fillRect(self._area, self._theme.colour("picture"))
            return
        target = self._place.target
        if not target.contains(dirty):
            for margin in margins(self._area, target):
                painter.fillRect(margin, self._theme.colour("picture"))
        paint_placed(painter, self._image, self._place)
        if veiled:
            painter.fillRect(target, VEIL)
        if self.zoom.on:
            paint_map(painter, target, self.zoom, self._theme.colour("on_picture"))

    def _put(self) -> None:
        width, height = (self.frame.width, self.frame.height) if self.frame else _USUAL
        self._place = placed(width, height, self._area, self._ratio, self.zoom) if self.frame else None
        room = Box(0, 0, round(self._area.width() * self._ratio), round(self._area.height() * self._ratio))
        box = fit(width, height, room)
        self.wanted = QSize(box.width, box.height) * math.ceil(self.zoom.factor)
