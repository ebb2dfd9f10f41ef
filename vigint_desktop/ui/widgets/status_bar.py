"""The status bar: a segment a part, each with colour, sign and word; a click tells cause, remedy and since when."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from vigint_core.domain.status import Health
from vigint_core.ports import Clock
from vigint_desktop.ui.rows.clocks import when
from vigint_desktop.ui.rows.status import Segment, until
from vigint_desktop.ui.rows.words import Words
from vigint_desktop.ui.theme.signs import paint_health, paint_note
from vigint_desktop.ui.theme.style import Theme

BAR_PX: Final = 32
_PAD: Final = 10
_SIGN: Final = 14
_POPUP_WIDTH: Final = 360
_FAULT_PX: Final = 240  # the worst fault is worth that much room before others say all they know
_LASTING: Final = frozenset({"cameras", "fault"})  # told since when they are as they are, not when they were checked


class SegmentButton(QAbstractButton):
    """One segment: sign, title, word. ``stretches`` takes the room that is left and cuts its words."""

    def __init__(self, segment: Segment, words: Words, theme: Theme, *, stretches: bool = False) -> None:
        super().__init__()
        self.segment = segment
        self._words = words
        self._theme = theme
        self._stretches = stretches
        self._is_brief = False
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        across = QSizePolicy.Policy.Ignored if stretches else QSizePolicy.Policy.Maximum
        self.setSizePolicy(across, QSizePolicy.Policy.Fixed)
        self.show_segment(segment)

    def show_segment(self, segment: Segment) -> None:
        """Other words, perhaps of another width."""
        self.segment = segment
        said = self._words("status.noted", said=segment.said) if segment.noted else segment.said
        self.setAccessibleName(said)
        self.setToolTip(said)
        self.updateGeometry()
        self.update()

    def show_brief(self, *, brief: bool) -> None:
        """Say less, or all; tool tip and popup tell all."""
        if brief != self._is_brief:
            self._is_brief = brief
            self.updateGeometry()
            self.update()

    def word(self) -> str:
        """What it says beside its title."""
        return self.segment.brief or self.segment.word if self._is_brief else self.segment.word

    def width_of(self, word: str) -> int:
        """Pixels it needs to say a word."""
        return self.minimumSizeHint().width() + self.fontMetrics().horizontalAdvance(word) + 2

    def sizeHint(self) -> QSize:
        """Exactly what the words need."""
        return QSize(self.width_of(self.word()), BAR_PX)

    def minimumSizeHint(self) -> QSize:
        """Sign and title; the word is cut before the window has to grow."""
        return QSize(2 * _PAD + _SIGN + 6 + self._title_width() + self._note_width(), BAR_PX)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Sign, title, word, and a line to the right neighbour."""
        painter = QPainter(self)
        if self.underMouse() or self.hasFocus():
            painter.fillRect(self.rect(), self._theme.colour("raised"))
        colour = self._theme.tokens.health(self.segment.health)
        box = QRectF(_PAD, (self.height() - _SIGN) / 2, _SIGN, _SIGN)
        paint_health(painter, self.segment.health, box, colour)
        left = _PAD + _SIGN + 6
        painter.setPen(self._theme.colour("muted"))
        if not self._stretches:
            title = QRect(left, 0, self._title_width(), self.height())
            painter.drawText(title, Qt.AlignmentFlag.AlignVCenter, self.segment.title)
            left += title.width()
        painter.setPen(QColor(colour))
        room = QRect(left, 0, max(0, self.width() - left - _PAD + 4 - self._note_width()), self.height())
        word = painter.fontMetrics().elidedText(self.word(), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, word)
        if self.segment.noted:
            note = QRectF(self.width() - _PAD + 2 - _SIGN, (self.height() - _SIGN) / 2, _SIGN, _SIGN)
            paint_note(painter, note, self._theme.tokens.attention)
        painter.fillRect(QRect(self.width() - 1, 6, 1, self.height() - 12), self._theme.colour("line"))
        painter.end()

    def _title_width(self) -> int:
        return 0 if self._stretches else self.fontMetrics().horizontalAdvance(self.segment.title) + 6

    def _note_width(self) -> int:
        return _SIGN + 6 if self.segment.noted else 0


class SegmentPopup(QFrame):
    """Facts, cause, remedy, technical detail, since and until when, above the segment that was clicked."""

    def __init__(self, segment: Segment, words: Words, theme: Theme, now_s: float, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("popup")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box = QVBoxLayout(self)
        box.setContentsMargins(16, 12, 16, 12)
        box.setSpacing(6)
        title = self._label(segment.title, "heading")
        box.addWidget(title)
        if segment.word != segment.cause:
            word = self._label(segment.word, "")
            word.setStyleSheet(f"color: {theme.tokens.health(segment.health)}; font-weight: 600")
            box.addWidget(word)
        if segment.facts:
            box.addLayout(self._facts(segment))
        expected = until(segment.until_s, now_s, words)
        for text, name in ((segment.cause, ""), (segment.remedy, ""), (expected, ""), (segment.detail, "detail")):
            if text:
                box.addWidget(self._label(text, name))
        if segment.since_s:
            at = when(segment.since_s, now_s, words)
            key = "status.since_fault" if segment.key in _LASTING else "status.since"
            box.addWidget(self._label(words(key, at=at), "quiet"))
        for said in self.findChildren(QLabel):
            said.ensurePolished()  # else its height is that of another font
        self.setFixedSize(
            _POPUP_WIDTH, box.totalHeightForWidth(_POPUP_WIDTH)
        )  # what Qt adjusts to leaves room that grows

    def _facts(self, segment: Segment) -> QGridLayout:
        """Labels at the left, one below the other, what they say beside them."""
        grid = QGridLayout()
        grid.setContentsMargins(0, 2, 0, 4)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        for row, (title, said) in enumerate(segment.facts):
            name = self._label(title, "quiet")
            name.setWordWrap(False)
            grid.addWidget(name, row, 0)
            grid.addWidget(self._label(said, ""), row, 1)
        return grid

    @staticmethod
    def _label(text: str, name: str) -> QLabel:
        label = QLabel(text)
        label.setObjectName(name)
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return label


class StatusBar(QFrame):
    """Segments from left to right, then the worst open fault in one sentence.

    Signals:
        popup_opened: carries the segment whose popup was opened.
    """

    popup_opened = Signal(object)

    def __init__(self, words: Words, theme: Theme, clock: Clock) -> None:
        super().__init__()
        self.setObjectName("status_bar")
        self.setFixedHeight(BAR_PX + 1)
        self._words = words
        self._theme = theme
        self._clock = clock
        self._buttons: dict[str, SegmentButton] = {}
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 1, 0, 0)
        self._row.setSpacing(0)
        self._row.addStretch(1)

    def show_segments(self, segments: Sequence[Segment], fault: Segment | None) -> None:
        """Replace what the bar says; buttons stay where their part stays, so that a click hits what it meant."""
        shown = (*segments, *((fault,) if fault else ()))
        keys = [segment.key for segment in shown]
        if keys != list(self._buttons):
            self._rebuild(shown)
        for segment in shown:
            if self._buttons[segment.key].segment != segment:
                self._buttons[segment.key].show_segment(segment)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More room, or less."""
        super().resizeEvent(event)
        self._fit()

    def segment(self, key: str) -> Segment:
        """What a segment says now. Raises KeyError for one that is not shown."""
        return self._buttons[key].segment

    def open_popup(self, key: str) -> SegmentPopup:
        """Tell more about a segment."""
        button = self._buttons[key]
        popup = SegmentPopup(button.segment, self._words, self._theme, self._clock.wall(), self)
        place = button.mapToGlobal(QPoint(0, 0))
        right_edge = self.mapToGlobal(QPoint(self.width(), 0)).x()
        left = max(min(place.x(), right_edge - popup.width() - 4), self.mapToGlobal(QPoint(4, 0)).x())
        popup.move(left, place.y() - popup.height() - 4)
        popup.show()
        self.popup_opened.emit(button.segment)
        return popup

    def _fit(self) -> None:
        """Where room is short, first what is well says less, then everything: words that are whole beat cut ones."""
        told = [button for key, button in self._buttons.items() if key != "fault"]
        well = [button for button in told if button.segment.health is Health.OK]
        fault = self._buttons.get("fault")
        room = self.width() - (min(fault.sizeHint().width(), _FAULT_PX) if fault else 0)
        for brief in ([], well, told):
            words = {
                button: (button.segment.brief if button in brief else "") or button.segment.word for button in told
            }
            if sum(button.width_of(word) for button, word in words.items()) <= room:
                break
        for button in told:
            button.show_brief(brief=button in brief)

    def _rebuild(self, shown: Sequence[Segment]) -> None:
        for button in self._buttons.values():
            self._row.removeWidget(button)
            button.hide()  # at once: while it waits to be deleted, another lies in its place
            button.deleteLater()
        while self._row.count():
            self._row.takeAt(0)
        self._buttons = {segment.key: self._made(segment) for segment in shown}
        for key, button in self._buttons.items():
            self._row.addWidget(button, 1 if key == "fault" else 0)
        if "fault" not in self._buttons:
            self._row.addStretch(1)

    def _made(self, segment: Segment) -> SegmentButton:
        button = SegmentButton(segment, self._words, self._theme, stretches=segment.key == "fault")
        button.clicked.connect(lambda: self.open_popup(segment.key))
        return button
