"""Form fields: a masked one for secrets, and the words a check answers with."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QSizePolicy, QWidget

from vigint_core.domain.status import Health
from vigint_desktop.ui.rows.words import Words
from vigint_desktop.ui.theme.style import Theme
from vigint_desktop.ui.widgets.banner import HealthSign


class SecretField(QWidget):
    """A masked line that never shows what is stored.

    ``value`` is None as long as nobody touched it, "" after Remove, else what was typed.
    """

    def __init__(self, words: Words, *, stored: bool) -> None:
        super().__init__()
        self._words = words
        self._stored = stored
        self._removed = False
        self.line = QLineEdit()
        self.line.setEchoMode(QLineEdit.EchoMode.Password)
        self.line.setInputMethodHints(Qt.InputMethodHint.ImhHiddenText | Qt.InputMethodHint.ImhNoPredictiveText)
        self.remove_button = QPushButton(words("field.remove"))
        self.remove_button.setAutoDefault(False)
        self.remove_button.setVisible(stored)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.line, 1)
        row.addWidget(self.remove_button)
        self.remove_button.clicked.connect(self.remove)
        self.setFocusProxy(self.line)
        self._show_placeholder()

    @property
    def value(self) -> str | None:
        """What to store: None keeps what is stored."""
        typed = self.line.text().strip()
        if typed:
            return typed
        return "" if self._removed else None

    def set_stored(self, *, stored: bool) -> None:
        """After storing: forget what was typed."""
        self._stored, self._removed = stored, False
        self.line.clear()
        self.remove_button.setVisible(stored)
        self._show_placeholder()

    def remove(self) -> None:
        """Ask for the stored secret to be removed when the dialog is applied."""
        self._removed = True
        self.line.clear()
        self.remove_button.hide()
        self._show_placeholder()

    def _show_placeholder(self) -> None:
        key = "field.removed" if self._removed else "field.stored" if self._stored else "field.not_stored"
        self.line.setPlaceholderText(self._words(key))


class CheckLine(QWidget):
    """A Test button and, beside it, what the test found, in words.

    While a test runs, the button gives it up where ``stop`` is given; else it waits.
    """

    def __init__(
        self, words: Words, theme: Theme, start: Callable[[], None], stop: Callable[[], None] | None = None
    ) -> None:
        super().__init__()
        self._words = words
        self._theme = theme
        self._start = start
        self._stop = stop
        self._running = False
        self._sign: HealthSign | None = None
        self.button = QPushButton(words("check_line.test"))
        self.button.setAutoDefault(False)  # Enter belongs to the dialog it is in
        self.answer = QLabel()
        self.answer.setWordWrap(True)
        self.answer.setTextFormat(Qt.TextFormat.PlainText)
        self.answer.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.answer.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.MinimumExpanding)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(8)
        self._row.addWidget(self.button, 0, Qt.AlignmentFlag.AlignTop)
        self._row.addWidget(self.answer, 1)
        self.button.clicked.connect(self._clicked)

    def show_answer(self, health: Health, text: str) -> None:
        """What the test found."""
        self._show_button(running=False)
        self._put_sign(health, at_top="\n" in text)
        self.answer.setText(text)

    def clear(self) -> None:
        """Nothing was tested yet."""
        self._show_button(running=False)
        self._drop_sign()
        self.answer.clear()

    def _clicked(self) -> None:
        if self._running and self._stop is not None:
            self._stop()
            self.clear()
            return
        self._show_button(running=True)
        self._put_sign(Health.UNKNOWN)
        self.answer.setText(self._words("check_line.running"))
        self._start()

    def _show_button(self, *, running: bool) -> None:
        self._running = running
        can_stop = running and self._stop is not None
        self.button.setText(self._words("check_line.stop" if can_stop else "check_line.test"))
        self.button.setEnabled(can_stop or not running)

    def _put_sign(self, health: Health, *, at_top: bool = False) -> None:
        self._drop_sign()
        self._sign = HealthSign(health, self._theme)
        place = Qt.AlignmentFlag.AlignTop if at_top else Qt.AlignmentFlag.AlignVCenter
        self._row.insertWidget(1, self._sign, 0, place)

    def _drop_sign(self) -> None:
        if self._sign is not None:
            self._row.removeWidget(self._sign)
            self._sign.hide()
            self._sign.deleteLater()
            self._sign = None
