"""Fields to choose in: one of a few values, and a time of day. The wheel changes neither while a page is scrolled."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Generic, TypeVar

from PySide6.QtCore import QSignalBlocker, Qt, QTime, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox, QSizePolicy, QTimeEdit

_TIME_PX = 76
_Value = TypeVar("_Value", bound=StrEnum)


class QuietComboBox(QComboBox):
    """A box that the wheel changes only after it was clicked: a page that is scrolled changes nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Let the page scroll."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class Choice(QuietComboBox, Generic[_Value]):
    """One of a few values, each with its words.

    Signals:
        chosen: the user took another one.
    """

    chosen = Signal()

    def __init__(self, words: Mapping[_Value, str]) -> None:
        super().__init__()
        self._values = list(words)
        self.addItems(list(words.values()))
        self.activated.connect(lambda _place: self.chosen.emit())

    @property
    def value(self) -> _Value:
        """What is chosen."""
        return self._values[self.currentIndex()]

    def show_value(self, value: _Value) -> None:
        """Choose without telling."""
        self.setCurrentIndex(self._values.index(value))


class MinuteField(QTimeEdit):
    """A time of day, as minutes after midnight.

    Signals:
        edited: it shows another time.
    """

    edited = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setDisplayFormat("HH:mm")
        self.setWrapping(True)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setFixedWidth(_TIME_PX)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(name)
        self.timeChanged.connect(lambda _time: self.edited.emit())

    @property
    def minute(self) -> int:
        """Minutes after midnight."""
        return self.time().hour() * 60 + self.time().minute()

    def show_minute(self, minute: int) -> None:
        """Show a time without telling."""
        with QSignalBlocker(self):
            self.setTime(QTime(minute // 60, minute % 60))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Let the page scroll."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()
