"""What stands over a tile's picture when it is not live: cause in bold, remedy and next try below it."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter

from vigint_desktop.ui.theme.style import Theme
from vigint_desktop.ui.widgets.picture import VEIL

_PAD: Final = 8
_LINE_GAP: Final = 4


class WordsPainter:
    """Paints paragraphs into a picture's area, the first one bold; those that do not fit are left out."""

    def __init__(self, painter: QPainter, size: QSize, font: QFont, theme: Theme) -> None:
        self._painter = painter
        self._size = size
        self._theme = theme
        self._plain, self._bold = QFont(font), QFont(font)
        self._bold.setWeight(QFont.Weight.DemiBold)

    def paint(self, lines: Sequence[str], *, as_caption: bool) -> None:
        """In the middle of the area; as a caption, on a veil of their own along its lower edge."""
        width = self._size.width() - 4 * _PAD
        heights = self._fitting([line for line in lines if line], width)
        total = sum(height for _, height in heights)
        if as_caption:
            top = self._size.height() - total - _PAD
            self._painter.fillRect(QRect(0, top - _PAD, self._size.width(), total + 2 * _PAD), VEIL)
        else:
            top = max(0, self._size.height() - total) // 2
        for place, (line, height) in enumerate(heights):
            self._painter.setFont(self._font(place))
            self._painter.setPen(self._theme.colour("on_picture" if place == 0 else "on_picture_muted"))
            box = QRect(2 * _PAD, top, width, height)
            self._painter.drawText(box, Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap, line)
            top += height

    def _fitting(self, lines: Sequence[str], width: int) -> list[tuple[str, int]]:
        """A small tile tells the cause; the tool tip and the status bar tell the rest."""
        measured = [(line, self._height(line, place, width)) for place, line in enumerate(lines)]
        while len(measured) > 1 and sum(height for _, height in measured) > self._size.height() - 2 * _PAD:
            measured.pop()
        return measured

    def _height(self, line: str, place: int, width: int) -> int:
        metrics = QFontMetrics(self._font(place))
        return metrics.boundingRect(QRect(0, 0, width, 4000), Qt.TextFlag.TextWordWrap, line).height() + _LINE_GAP

    def _font(self, place: int) -> QFont:
        return self._plain if place else self._bold
