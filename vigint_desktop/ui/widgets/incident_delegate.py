"""How an incident's row on the list is painted."""

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from vigint_core.domain.incident import IncidentState
from vigint_core.domain.review import ReviewStanding
from vigint_core.domain.status import Health
from vigint_desktop.ui.models.incidents import ROW_ROLE, STILL_ROLE
from vigint_desktop.ui.rows.grid import Box, fit
from vigint_desktop.ui.rows.incident import IncidentRow
from vigint_desktop.ui.rows.words import Words
from vigint_desktop.ui.theme.signs import paint_health, paint_severity
from vigint_desktop.ui.theme.style import Theme

_PAD: Final = 10
_STILL: Final = QSize(112, 63)
_CHIP_PX: Final = 20
_LEAST_CHIP_PX: Final = 44
_AT_RIGHT: Final = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
_SIGNS: Final = {ReviewStanding.WAITING: Health.UNKNOWN, ReviewStanding.REFUSED: Health.DEGRADED}


class IncidentDelegate(QStyledItemDelegate):
    """Paints a row: sign and word, time, camera and type, state and review, sentence, other acts, still."""

    def __init__(self, theme: Theme, words: Words) -> None:
        super().__init__()
        self._theme = theme
        self._words = words

    def sizeHint(self, option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Every row is as high as any other, so that the eye finds the same thing at the same place."""
        line = option.fontMetrics.height()
        return QSize(280, 2 * _PAD + max(_STILL.height(), 3 * line + 4) + 2 * line + 8)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """One incident."""
        row = index.data(ROW_ROLE)
        if not isinstance(row, IncidentRow):
            return
        painter.save()
        area: QRect = option.rect
        self._paint_ground(painter, area, option)
        inner = area.adjusted(_PAD + 4, _PAD, -_PAD, -_PAD)
        still = QRect(inner.topLeft(), _STILL)
        self._paint_still(painter, still, index.data(STILL_ROLE))
        beside = QRect(still.right() + _PAD, inner.top(), inner.right() - still.right() - _PAD, still.height())
        self._paint_facts(painter, beside, row, option.font)
        below = QRect(inner.left(), still.bottom() + 6, inner.width(), inner.bottom() - still.bottom() - 4)
        self._paint_summary(painter, below, row, option.font)
        painter.restore()

    def _paint_ground(self, painter: QPainter, area: QRect, option: QStyleOptionViewItem) -> None:
        state: QStyle.StateFlag = option.state
        selected = bool(state & QStyle.StateFlag.State_Selected)
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        painter.fillRect(area, self._theme.colour("raised" if selected or hovered else "panel"))
        painter.fillRect(QRect(area.left(), area.bottom(), area.width(), 1), self._theme.colour("line"))
        if selected:
            painter.fillRect(QRect(area.left(), area.top(), 3, area.height()), self._theme.colour("accent"))

    def _paint_still(self, painter: QPainter, area: QRect, still: object) -> None:
        painter.fillRect(area, self._theme.colour("picture"))
        if isinstance(still, QImage):
            box = fit(still.width(), still.height(), Box(area.x(), area.y(), area.width(), area.height()))
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(QRect(box.x, box.y, box.width, box.height), still)
            return
        painter.setPen(self._theme.colour("on_picture_muted"))
        painter.drawText(
            area, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._words("incident.no_still")
        )

    def _paint_facts(self, painter: QPainter, area: QRect, row: IncidentRow, font: QFont) -> None:
        colour = self._colour(row)
        filled = row.state is IncidentState.CONFIRMED
        paint_severity(painter, row.severity, QRectF(area.left(), area.top(), 18, 18), colour, filled=filled)
        painter.setFont(_weighted(font, QFont.Weight.Bold))
        painter.setPen(QColor(colour))
        first = QRect(area.left() + 24, area.top(), area.width() - 24, 18)
        painter.drawText(first, Qt.AlignmentFlag.AlignVCenter, row.severity_word)
        painter.setFont(font)
        painter.setPen(self._theme.colour("muted"))
        painter.drawText(first, _AT_RIGHT, row.time)
        second = QRect(area.left(), area.top() + 21, area.width(), 18)
        if row.review.standing is not ReviewStanding.SHARED:
            self._paint_standing(painter, second, row.review.standing)
            second = second.adjusted(0, 0, -24, 0)
        said = f"{row.camera_name} · {row.type_word}"
        painter.setPen(self._theme.colour("text"))
        said = painter.fontMetrics().elidedText(said, Qt.TextElideMode.ElideRight, second.width())
        painter.drawText(second, Qt.AlignmentFlag.AlignVCenter, said)
        self._paint_chips(painter, QRect(area.left(), area.top() + 43, area.width(), _CHIP_PX), row)

    def _paint_chips(self, painter: QPainter, area: QRect, row: IncidentRow) -> None:
        """How it was judged; beside it what people say.

        Where there is no room for both words, that of people is whole: the other one has its outline.
        """
        said = row.review.chip
        if not said:
            self._paint_state(painter, area, row)
            return
        wanted = min(_chip_width(painter, said), area.width() - _LEAST_CHIP_PX)
        used = self._paint_state(painter, area.adjusted(0, 0, -wanted - 6, 0), row)
        pen, text = QPen(self._theme.colour("muted"), 1.0), self._theme.colour("text")
        _paint_chip(painter, area.adjusted(used + 6, 0, 0, 0), _Chip(said, pen, text))

    def _paint_state(self, painter: QPainter, area: QRect, row: IncidentRow) -> int:
        """Solid when confirmed, outlined when open, struck through when nothing came of it, dashed when unconfirmed.

        Returns its width.
        """
        colour = QColor(self._colour(row))
        dashed = row.state is IncidentState.UNCONFIRMED
        pen = QPen(colour, 1.2, Qt.PenStyle.DashLine if dashed else Qt.PenStyle.SolidLine)
        if row.state is not IncidentState.CONFIRMED or row.muted:
            return _paint_chip(painter, area, _Chip(row.state_word, pen, colour, struck=row.muted))
        return _paint_chip(painter, area, _Chip(row.state_word, pen, self._theme.colour("panel"), colour))

    def _paint_standing(self, painter: QPainter, area: QRect, standing: ReviewStanding) -> None:
        """Three dots while it waits for the server, a warning where it was not taken over."""
        health = _SIGNS.get(standing)
        if health is not None:
            box = QRectF(area.right() - 16, area.top() + 1, 16, 16)
            paint_health(painter, health, box, self._theme.tokens.health(health))

    def _paint_summary(self, painter: QPainter, area: QRect, row: IncidentRow, font: QFont) -> None:
        """Two lines; that it is another desk's is said first, because the words above are often long."""
        painter.setFont(font)
        origin = f"{row.desk_word} · " if row.desk_word else ""
        indent = painter.fontMetrics().horizontalAdvance(origin)
        height = painter.fontMetrics().height()
        painter.setPen(self._theme.colour("muted"))
        painter.drawText(QRect(area.left(), area.top(), indent, height), Qt.AlignmentFlag.AlignVCenter, origin)
        painter.setPen(self._theme.colour("muted" if row.muted else "text"))
        for place, line in enumerate(self._lines(painter, row, area.width(), indent)):
            left = area.left() + (0 if place else indent)
            box = QRect(left, area.top() + place * height, area.right() - left + 1, height)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, line)

    def _colour(self, row: IncidentRow) -> str:
        return self._theme.tokens.muted if row.muted else self._theme.tokens.severity(row.severity)

    @staticmethod
    def _lines(painter: QPainter, row: IncidentRow, width: int, indent: int) -> list[str]:
        """Two lines of the sentence, or one of them and one of what else happened; the tool tip tells all."""
        if not row.also:
            return _two_lines(painter, row.summary, width, indent)
        metrics, cut = painter.fontMetrics(), Qt.TextElideMode.ElideRight
        return [metrics.elidedText(row.summary, cut, width - indent), metrics.elidedText(row.also_brief, cut, width)]


@dataclass(frozen=True, slots=True)
class _Chip:
    """A word in a round box.

    Attributes:
        fill: None for none.
        text: colour of the word.
    """

    word: str
    pen: QPen
    text: QColor
    fill: QColor | None = None
    struck: bool = False


def _paint_chip(painter: QPainter, area: QRect, chip: _Chip) -> int:
    """Paint it at the left of an area; returns its width."""
    metrics = painter.fontMetrics()
    width = min(_chip_width(painter, chip.word), area.width())
    box = QRectF(area.left() + 0.5, area.top() + 0.5, width, area.height() - 1)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(chip.pen)
    painter.setBrush(chip.fill or Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(box, 4, 4)
    font = QFont(painter.font())
    font.setStrikeOut(chip.struck)
    painter.setFont(font)
    painter.setPen(chip.text)
    word = metrics.elidedText(chip.word, Qt.TextElideMode.ElideRight, width - 8)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, word)
    painter.restore()
    return width


def _chip_width(painter: QPainter, word: str) -> int:
    return painter.fontMetrics().horizontalAdvance(word) + 16


def _weighted(font: QFont, weight: QFont.Weight) -> QFont:
    made = QFont(font)
    made.setWeight(weight)
    return made


def _two_lines(painter: QPainter, text: str, width: int, indent: int) -> list[str]:
    """The text broken at a word into at most two lines, the first indented; the second is cut with an ellipsis."""
    metrics, first, rest = painter.fontMetrics(), "", text.split()
    while rest and metrics.horizontalAdvance(f"{first} {rest[0]}".strip()) <= width - indent:
        first = f"{first} {rest.pop(0)}".strip()
    if not first:
        return [metrics.elidedText(text, Qt.TextElideMode.ElideRight, width - indent)]
    return [first, metrics.elidedText(" ".join(rest), Qt.TextElideMode.ElideRight, width)]
