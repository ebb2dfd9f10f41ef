"""An incident's sign and words, large, as the player shows them."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from vigint_core.domain.incident import IncidentState
from vigint_desktop.ui.rows.incident import IncidentRow
from vigint_desktop.ui.theme.signs import paint_severity
from vigint_desktop.ui.theme.style import Theme


class SeveritySign(QWidget):
    """The sign of an incident's severity, hollow until it is confirmed."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._row: IncidentRow | None = None
        self.setFixedSize(QSize(28, 28))

    def show_row(self, row: IncidentRow) -> None:
        """Another incident."""
        self._row = row
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The sign."""
        if self._row is None:
            return
        painter = QPainter(self)
        colour = self._theme.tokens.severity(self._row.severity)
        confirmed = self._row.state is IncidentState.CONFIRMED
        paint_severity(painter, self._row.severity, QRectF(2, 2, 24, 24), colour, filled=confirmed)
        painter.end()


class IncidentHead(QWidget):
    """Sign, severity and state; below, type, camera and time; below that, acts of other types."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._sign = SeveritySign(theme)
        self._title = QLabel()
        self._title.setObjectName("heading")
        self._title.setWordWrap(True)
        self._place = QLabel()
        self._place.setWordWrap(True)
        self._also = QLabel()
        self._also.setWordWrap(True)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._title)
        words.addWidget(self._place)
        words.addWidget(self._also)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(self._sign)
        row.addLayout(words, 1)

    def show_row(self, row: IncidentRow) -> None:
        """Another incident."""
        self._sign.show_row(row)
        self._title.setText(f"{row.severity_word} · {row.state_word}")
        told = (row.type_word, row.camera_name, row.time, row.desk_word)
        self._place.setText(" · ".join(filter(None, told)))
        self._also.setText(row.also)
        self._also.setVisible(bool(row.also))
