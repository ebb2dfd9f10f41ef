"""The list of incidents: newest on top, a click plays the clip."""

from typing import Final

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QLabel,
    QListView,
    QStackedLayout,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from vigint_core.domain.ids import IncidentId
from vigint_core.domain.incident import IncidentState
from vigint_desktop.ui.models.incidents import ROW_ROLE, STILL_ROLE, IncidentModel
from vigint_desktop.ui.rows.grid import Box, fit
from vigint_desktop.ui.rows.incident import IncidentRow
from vigint_desktop.ui.rows.words import Words
from vigint_desktop.ui.theme.signs import paint_severity
from vigint_desktop.ui.theme.style import Theme

_PAD: Final = 10
_STILL: Final = QSize(112, 63)
_CHIP_PX: Final = 20


class IncidentDelegate(QStyledItemDelegate):
    """Paints a row: sign and word, time, camera and type, state, sentence, other acts, still."""

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
        vetoed = row.state is IncidentState.VETOED
        colour = self._theme.tokens.muted if vetoed else self._theme.tokens.severity(row.severity)
        filled = row.state is IncidentState.CONFIRMED
        paint_severity(painter, row.severity, QRectF(area.left(), area.top(), 18, 18), colour, filled=filled)
        painter.setFont(_weighted(font, QFont.Weight.Bold))
        painter.setPen(QColor(colour))
        first = QRect(area.left() + 24, area.top(), area.width() - 24, 18)
        painter.drawText(first, Qt.AlignmentFlag.AlignVCenter, row.severity_word)
        painter.setFont(font)
        painter.setPen(self._theme.colour("muted"))
        painter.drawText(first, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, row.time)
        painter.setPen(self._theme.colour("text"))
        second = QRect(area.left(), area.top() + 21, area.width(), 18)
        said = f"{row.camera_name} · {row.type_word}"
        said = painter.fontMetrics().elidedText(said, Qt.TextElideMode.ElideRight, second.width())
        painter.drawText(second, Qt.AlignmentFlag.AlignVCenter, said)
        self._paint_chip(painter, QRect(area.left(), area.top() + 43, area.width(), _CHIP_PX), row)

    def _paint_chip(self, painter: QPainter, area: QRect, row: IncidentRow) -> None:
        """The state: solid when confirmed, outlined when open, struck through when vetoed, dashed when unconfirmed."""
        metrics = painter.fontMetrics()
        width = min(metrics.horizontalAdvance(row.state_word) + 16, area.width())
        box = QRectF(area.left() + 0.5, area.top() + 0.5, width, area.height() - 1)
        tokens = self._theme.tokens
        colour = QColor(tokens.muted if row.state is IncidentState.VETOED else tokens.severity(row.severity))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        confirmed = row.state is IncidentState.CONFIRMED
        dashed = row.state is IncidentState.UNCONFIRMED
        painter.setPen(QPen(colour, 1.2, Qt.PenStyle.DashLine if dashed else Qt.PenStyle.SolidLine))
        painter.setBrush(colour if confirmed else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, 4, 4)
        font = QFont(painter.font())
        font.setStrikeOut(row.state is IncidentState.VETOED)
        painter.setFont(font)
        painter.setPen(self._theme.colour("panel") if confirmed else colour)
        painter.drawText(
            box,
            Qt.AlignmentFlag.AlignCenter,
            metrics.elidedText(row.state_word, Qt.TextElideMode.ElideRight, int(width) - 8),
        )
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)

    def _paint_summary(self, painter: QPainter, area: QRect, row: IncidentRow, font: QFont) -> None:
        painter.setFont(font)
        painter.setPen(self._theme.colour("muted" if row.state is IncidentState.VETOED else "text"))
        for place, line in enumerate(self._lines(painter, row, area.width())):
            top = area.top() + place * painter.fontMetrics().height()
            box = QRect(area.left(), top, area.width(), painter.fontMetrics().height())
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, line)

    @staticmethod
    def _lines(painter: QPainter, row: IncidentRow, width: int) -> list[str]:
        """Two lines of the sentence, or one of them and one of what else happened; the tool tip tells all."""
        if not row.also:
            return _two_lines(painter, row.summary, width)
        lines = (row.summary, row.also_brief)
        return [painter.fontMetrics().elidedText(line, Qt.TextElideMode.ElideRight, width) for line in lines]


class IncidentList(QFrame):
    """Heading with the count, the rows, and what belongs here while there are none.

    Signals:
        incident_chosen: a row was clicked or Enter was pressed on it; carries the id.
        incident_selected: another row is current; carries the id.
    """

    incident_chosen = Signal(str)
    incident_selected = Signal(str)

    def __init__(self, model: IncidentModel, words: Words, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("pane")
        self._model = model
        self._words = words
        self.view = QListView()
        self.view.setModel(model)
        self._delegate = IncidentDelegate(theme, words)
        self.view.setItemDelegate(self._delegate)
        self.view.setMouseTracking(True)
        self.view.setUniformItemSizes(True)
        self.view.setFrameShape(QFrame.Shape.NoFrame)
        self.view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setAccessibleName(words("incident.title"))
        self._count = QLabel()
        self._count.setObjectName("quiet")
        self._stack = QStackedLayout()
        self._lay_out()
        self.view.clicked.connect(self._chosen)
        self.view.activated.connect(self._chosen)
        self.view.selectionModel().currentChanged.connect(self._selected)
        for signal in (model.rowsInserted, model.rowsRemoved, model.modelReset):
            signal.connect(self._recount)
        self._recount()

    def select(self, incident_id: IncidentId) -> None:
        """Make an incident's row the current one."""
        place = self._model.place_of(incident_id)
        if place is not None:
            index = self._model.index(place)
            self.view.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
            self.view.scrollTo(index)

    def sizeHint(self) -> QSize:
        """Wide enough for a still and two lines of words."""
        return QSize(340, 600)

    def _lay_out(self) -> None:
        heading = QHBoxLayout()
        heading.setContentsMargins(12, 8, 12, 8)
        title = QLabel(self._words("incident.title"))
        title.setObjectName("heading")
        heading.addWidget(title)
        heading.addStretch(1)
        heading.addWidget(self._count)
        self._stack.addWidget(self._empty_page())
        self._stack.addWidget(self.view)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addLayout(heading)
        box.addLayout(self._stack, 1)

    def _empty_page(self) -> QWidget:
        page = QWidget()
        box = QVBoxLayout(page)
        box.setContentsMargins(24, 24, 24, 24)
        box.addStretch(1)
        for name, key in (("heading", "incident.empty_title"), ("quiet", "incident.empty")):
            label = QLabel(self._words(key))
            label.setObjectName(name)
            label.setWordWrap(True)
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            box.addWidget(label)
        box.addStretch(2)
        return page

    def _chosen(self, index: QModelIndex) -> None:
        row = index.data(ROW_ROLE)
        if isinstance(row, IncidentRow):
            self.incident_chosen.emit(row.id)

    def _selected(self, index: QModelIndex) -> None:
        row = index.data(ROW_ROLE)
        if isinstance(row, IncidentRow):
            self.incident_selected.emit(row.id)

    def _recount(self) -> None:
        count = self._model.rowCount()
        self._count.setText(str(count) if count else "")
        self._stack.setCurrentIndex(1 if count else 0)


def _weighted(font: QFont, weight: QFont.Weight) -> QFont:
    made = QFont(font)
    made.setWeight(weight)
    return made


def _two_lines(painter: QPainter, text: str, width: int) -> list[str]:
    """The text broken at a word into at most two lines; the second one is cut with an ellipsis."""
    metrics, first, rest = painter.fontMetrics(), "", text.split()
    while rest and metrics.horizontalAdvance(f"{first} {rest[0]}".strip()) <= width:
        first = f"{first} {rest.pop(0)}".strip()
    lines = [first, " ".join(rest)] if first else [text]
    return [metrics.elidedText(line, Qt.TextElideMode.ElideRight, width) for line in lines if line]
