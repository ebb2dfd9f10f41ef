"""The calm band above the wall that says why nothing is being analysed."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from vigint_core.domain.status import Health
from vigint_desktop.ui.rows.status import Notice, until
from vigint_desktop.ui.rows.words import Words
from vigint_desktop.ui.theme.signs import paint_health
from vigint_desktop.ui.theme.style import Theme


class HealthSign(QWidget):
    """A health's sign by itself.

    Attributes:
        health: which one it is.
    """

    def __init__(self, health: Health, theme: Theme) -> None:
        super().__init__()
        self.health = health
        self._theme = theme
        self.setFixedSize(QSize(20, 20))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The sign in its colour."""
        painter = QPainter(self)
        colour = self._theme.tokens.health(self.health)
        paint_health(painter, self.health, QRectF(1, 1, 18, 18), colour)
        painter.end()


class Banner(QFrame):
    """Hidden while there is nothing to say.

    Signals:
        settings_requested: the button was pressed.
    """

    settings_requested = Signal()

    def __init__(self, words: Words, theme: Theme) -> None:
        super().__init__()
        self._words = words
        self.setObjectName("banner")
        self._title = QLabel()
        self._title.setObjectName("heading")
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        button = QPushButton(words("banner.settings"))
        button.setObjectName("banner_button")
        button.clicked.connect(self.settings_requested)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 8, 8)
        row.setSpacing(12)
        row.addWidget(HealthSign(Health.DEGRADED, theme))
        row.addWidget(self._title)
        row.addWidget(self._text, 1)
        row.addWidget(button)
        self.hide()

    def show_notice(self, notice: Notice | None, now_s: float) -> None:
        """Say it, and until when it is expected to last; or say nothing."""
        self.setVisible(notice is not None)
        if notice is not None:
            self._title.setText(notice.title)
            expected = until(notice.until_s, now_s, self._words)
            self._text.setText(" ".join(filter(None, (notice.cause, expected, notice.remedy))))
            self.setAccessibleName(" ".join(filter(None, (notice.title, notice.cause, expected))))

    def said(self) -> str:
        """What it says now; "" while it is hidden."""
        return "" if self.isHidden() else f"{self._title.text()} {self._text.text()}"
