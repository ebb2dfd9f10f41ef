"""A painted thing that is kept until what it shows changes: words cost a hundred times what their pixels do."""

from collections.abc import Callable, Hashable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPixmap


class Plate:
    """Keeps one pixmap and the key it was painted for."""

    def __init__(self) -> None:
        self._key: Hashable = None
        self._pixmap = QPixmap()

    def pixmap(self, key: Hashable, size: QSize, ratio: float, paint: Callable[[QPainter], None]) -> QPixmap:
        """The pixmap of ``size`` logical pixels, painted anew where key, size or ratio differ from the last time.

        It begins transparent; an empty size gives a null pixmap.
        """
        whole = (key, size.width(), size.height(), ratio)
        if whole != self._key:
            self._key = whole
            self._pixmap = self._painted(size, ratio, paint)
        return self._pixmap

    @staticmethod
    def _painted(size: QSize, ratio: float, paint: Callable[[QPainter], None]) -> QPixmap:
        if size.isEmpty():
            return QPixmap()
        made = QPixmap(size * ratio)
        made.setDevicePixelRatio(ratio)
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        paint(painter)
        painter.end()
        return made
