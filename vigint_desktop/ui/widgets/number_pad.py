"""The number of a camera while it is typed: shown in the middle of the wall, taken after a short wait or on Enter."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QLabel, QWidget

from vigint_desktop.ui.models.cameras import CameraModel
from vigint_desktop.ui.rows.typed_number import TypedNumber
from vigint_desktop.ui.rows.words import Words

WAIT_MS = 1200  # for a second digit; long enough for one finger


class NumberPad(QLabel):
    """Collects digits. Hidden while nobody types.

    Signals:
        number_typed: carries a camera's number in the owner's order, from 1, or 0 for all cameras.
    """

    number_typed = Signal(int)

    def __init__(self, model: CameraModel, words: Words, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("typed")
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._model = model
        self._room = parent
        self._words = words
        self._typed = TypedNumber(0)
        self._timer = QTimer(self, interval=WAIT_MS, singleShot=True)
        self._timer.timeout.connect(self.take)
        self.hide()

    @property
    def typing(self) -> bool:
        """Whether a number has begun and is not taken yet."""
        return self._timer.isActive()

    def type_digit(self, digit: str) -> None:
        """One more digit; the number is taken at once when no other camera's number begins like it."""
        if not self.typing:
            self._typed = TypedNumber(self._model.rowCount())
        self._typed = self._typed.and_then(digit)
        self._show_typed()
        self._timer.start()
        if self._typed.complete and self._name():
            self.take()

    def take(self) -> None:
        """Take the number as it stands."""
        number, name = self._typed.number, self._name()
        self.give_up()
        if number is not None and name:
            self.number_typed.emit(number)

    def give_up(self) -> None:
        """Forget what was typed."""
        self._timer.stop()
        self._typed = TypedNumber(0)
        self.hide()

    def _name(self) -> str:
        number, cameras = self._typed.number, self._model.cameras()
        if number == 0:
            return self._words("wall.typed_all")
        return cameras[number - 1].name if number is not None and number <= len(cameras) else ""

    def _show_typed(self) -> None:
        name = self._name() or self._words("wall.typed_none")
        self.setText(f"{self._typed.digits}   {name}")
        self.adjustSize()
        self.move((self._room.width() - self.width()) // 2, (self._room.height() - self.height()) // 2)
        self.raise_()
        self.show()
