"""The list of cameras being edited: chosen with keys or mouse, moved with Alt and arrows or by dragging."""

from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from vigint_core.domain.status import Health
from vigint_desktop.ui.dialogs.draft_model import DRAFT_ROW_ROLE, DraftModel, DraftRow
from vigint_desktop.ui.theme.signs import paint_health
from vigint_desktop.ui.theme.style import Theme
from vigint_desktop.ui.theme.tokens import RADIUS, Tokens

_PAD: Final = 8
_NUMBER_PX: Final = 26
_SIGN_PX: Final = 16
_ELIDE: Final = Qt.TextElideMode.ElideRight


class DraftDelegate(QStyledItemDelegate):
    """Paints number and name, below them group and place, and at the end a sign where something wants a look."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Two lines."""
        lines = QFontMetrics(option.font).height() + QFontMetrics(_small(option.font)).height()
        return QSize(120, lines + 2 * _PAD - 4)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """One camera."""
        row: DraftRow = index.data(DRAFT_ROW_ROLE)
        area: QRect = option.rect
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        focused = chosen and bool(option.state & QStyle.StateFlag.State_HasFocus)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter, area, filled=focused, outlined=chosen, raised=chosen or hovered)
        self._paint_words(painter, area.adjusted(_PAD, _PAD - 2, -_PAD, 2 - _PAD), row, option.font, on_accent=focused)
        painter.restore()

    def _paint_ground(self, painter: QPainter, area: QRect, *, filled: bool, outlined: bool, raised: bool) -> None:
        tokens = self._theme.tokens
        if not (filled or raised):
            return
        painter.setPen(QPen(QColor(tokens.accent), 1) if outlined else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.accent if filled else tokens.raised))
        painter.drawRoundedRect(QRectF(area).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)

    def _paint_words(self, painter: QPainter, inner: QRect, row: DraftRow, font: QFont, *, on_accent: bool) -> None:
        tokens = self._theme.tokens
        strong, quiet = _text_colours(tokens, on_accent=on_accent)
        metrics, small = QFontMetrics(font), _small(font)
        painter.setFont(font)
        painter.setPen(QColor(quiet))
        painter.drawText(inner, Qt.AlignmentFlag.AlignTop, str(row.number))
        words = inner.adjusted(_NUMBER_PX, 0, -(_SIGN_PX + _PAD) if row.remark else 0, 0)
        painter.setPen(QColor(strong))
        painter.drawText(words, Qt.AlignmentFlag.AlignTop, metrics.elidedText(row.name, _ELIDE, words.width()))
        painter.setFont(small)
        painter.setPen(QColor(quiet))
        below = words.adjusted(0, metrics.height(), 0, 4)
        painter.drawText(
            below, Qt.AlignmentFlag.AlignTop, QFontMetrics(small).elidedText(row.about, _ELIDE, words.width())
        )
        if row.remark:
            health = Health.DOWN if row.is_problem else Health.DEGRADED
            box = QRectF(inner.right() - _SIGN_PX, inner.center().y() - _SIGN_PX / 2, _SIGN_PX, _SIGN_PX)
            paint_health(painter, health, box, tokens.on_accent if on_accent else tokens.health(health))


class DraftList(QListView):
    """Shows a ``DraftModel``. A dragged camera follows the pointer at once; Escape puts it back.

    Signals:
        place_changed: another camera was chosen, or the chosen one moved; carries its place, -1 for none.
        move_requested: Alt and an arrow; carries -1 or 1.
        remove_requested: the Delete key.
    """

    place_changed = Signal(int)
    move_requested = Signal(int)
    remove_requested = Signal()

    def __init__(self, model: DraftModel, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("drafts")
        self._drafts = model
        self._delegate = DraftDelegate(theme)
        self._dragged_from = -1
        self._pressed_at: QPoint | None = None
        self.setModel(model)
        self.setItemDelegate(self._delegate)
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setUniformItemSizes(True)
        theme.changed.connect(self.viewport().update)

    @property
    def place(self) -> int:
        """The chosen camera's place, -1 for none."""
        return self.currentIndex().row()

    def choose(self, place: int) -> None:
        """Choose a camera and bring it into sight."""
        self.setCurrentIndex(self._drafts.index(place))
        self.place_changed.emit(self.place)

    def currentChanged(
        self, current: QModelIndex | QPersistentModelIndex, previous: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Tell who shows the chosen one."""
        super().currentChanged(current, previous)
        self.place_changed.emit(current.row())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Alt and an arrow move the camera, Delete removes it, Escape ends a drag where it began."""
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        if event.modifiers() & Qt.KeyboardModifier.AltModifier and event.key() in steps:
            self.move_requested.emit(steps[Qt.Key(event.key())])
        elif event.key() == Qt.Key.Key_Delete:
            self._end_drag()
            self.remove_requested.emit()
        elif event.key() == Qt.Key.Key_Escape and self._dragged_from >= 0:
            self._move_to(self._dragged_from)
            self._end_drag()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The chosen camera stays in sight."""
        super().resizeEvent(event)
        self.scrollTo(self.currentIndex())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose; what is chosen may be dragged."""
        super().mousePressEvent(event)
        at = event.position().toPoint()
        if event.button() is Qt.MouseButton.LeftButton and self.indexAt(at).isValid():
            self._pressed_at = at

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Let the dragged camera follow the pointer, over the list's ends as well."""
        at = event.position().toPoint()
        if self._pressed_at is None:
            super().mouseMoveEvent(event)
            return
        if self._dragged_from < 0:
            if (at - self._pressed_at).manhattanLength() < QApplication.startDragDistance():
                return
            self._dragged_from = self.place
            self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
        self._move_to(self._place_at(at))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Drop it."""
        self._end_drag()
        super().mouseReleaseEvent(event)

    def _place_at(self, at: QPoint) -> int:
        below = self.indexAt(QPoint(self.viewport().width() // 2, at.y()))
        if below.isValid():
            return below.row()
        return 0 if at.y() < 0 or not self._drafts.rowCount() else self._edge_place(at)

    def _edge_place(self, at: QPoint) -> int:
        """Below the last camera in sight: one further down, as far as there are any."""
        last = self._drafts.rowCount() - 1
        return min(self.place + 1, last) if at.y() >= self.viewport().height() else last

    def _move_to(self, to: int) -> None:
        if self._drafts.move(self.place, to):
            self.scrollTo(self.currentIndex())
            self.place_changed.emit(self.place)

    def _end_drag(self) -> None:
        self._dragged_from = -1
        self._pressed_at = None
        self.viewport().unsetCursor()


def _text_colours(tokens: Tokens, *, on_accent: bool) -> tuple[str, str]:
    return (tokens.on_accent, tokens.on_accent) if on_accent else (tokens.text, tokens.muted)


def _small(font: QFont) -> QFont:
    small = QFont(font)
    small.setPointSizeF(font.pointSizeF() - 1)
    return small
