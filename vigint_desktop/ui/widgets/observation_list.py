"""What was seen in a clip, each with its time; a click goes there."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QResizeEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from vigint_desktop.ui.rows.incident import ObservationRow
from vigint_desktop.ui.theme.style import Theme

_ROW_ROLE: Final = int(Qt.ItemDataRole.UserRole)
_PAD: Final = 8
_LEAST_PX: Final = 80
_WRAP: Final = Qt.TextFlag.TextWordWrap


class ObservationDelegate(QStyledItemDelegate):
    """Paints the time above the sentence, which is never cut."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.width = 200

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """As high as the wrapped sentence needs at the list's width."""
        metrics = QFontMetrics(option.font)
        room = QRect(0, 0, self.width - 2 * _PAD, 4000)
        sentence = metrics.boundingRect(room, _WRAP, _row(index).text).height()
        return QSize(self.width, metrics.height() + sentence + 2 * _PAD)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """One observation."""
        row = _row(index)
        area: QRect = option.rect
        painter.save()
        if option.state & (QStyle.StateFlag.State_MouseOver | QStyle.StateFlag.State_Selected):
            painter.fillRect(area, self._theme.colour("raised"))
        inner = area.adjusted(_PAD, _PAD, -_PAD, -_PAD)
        painter.setFont(option.font)
        painter.setPen(self._theme.colour("accent"))
        painter.drawText(inner, Qt.AlignmentFlag.AlignTop, row.time)
        painter.setPen(self._theme.colour("text"))
        painter.drawText(inner.adjusted(0, QFontMetrics(option.font).height(), 0, 0), _WRAP, row.text)
        painter.restore()


class ObservationList(QListWidget):
    """The observations of one incident.

    Signals:
        observation_chosen: by click or Enter; carries the Unix time of the observation.
    """

    observation_chosen = Signal(float)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._delegate = ObservationDelegate(theme)
        self.setItemDelegate(self._delegate)
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.itemClicked.connect(self._chosen)
        self.itemActivated.connect(self._chosen)

    def show_observations(self, rows: Sequence[ObservationRow]) -> None:
        """Replace what is listed."""
        self.clear()
        for row in rows:
            item = QListWidgetItem(f"{row.time} {row.text}", self)
            item.setData(_ROW_ROLE, row)

    def sizeHint(self) -> QSize:
        """One of them and the beginning of the next; it takes what room there is."""
        return QSize(200, _LEAST_PX)

    def minimumSizeHint(self) -> QSize:
        """No less: where there is less room, everything around it scrolls."""
        return self.sizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Sentences wrap anew."""
        self._delegate.width = self.viewport().width()
        self.scheduleDelayedItemsLayout()
        super().resizeEvent(event)

    def _chosen(self, item: QListWidgetItem) -> None:
        row: ObservationRow = item.data(_ROW_ROLE)
        self.observation_chosen.emit(row.at_s)


def _row(index: QModelIndex | QPersistentModelIndex) -> ObservationRow:
    row: ObservationRow = index.data(_ROW_ROLE)
    return row
