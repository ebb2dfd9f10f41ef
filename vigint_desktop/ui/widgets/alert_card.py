"""The alert over the wall: what happened, where, when; it stays until somebody takes note, and makes itself heard."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QImage, QPixmap
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from vigint_core.domain.ids import IncidentId
from vigint_core.ports import Clock
from vigint_desktop.ui.models.alerts import Alerts
from vigint_desktop.ui.rows.incident import incident_row
from vigint_desktop.ui.rows.words import Words

_STILL: Final = QSize(112, 63)
_RING_EVERY_MS: Final = 4000
_MOST_RINGS: Final = 30
"""Two minutes: who has not heard it by then is not there, and the card stays."""


class AlertCard(QFrame):
    """Hidden while there is no alert.

    Attributes:
        look, done: the commands behind its buttons; they have keys.

    Signals:
        look_asked: carries the id of the newest incident.
    """

    look_asked = Signal(str)

    def __init__(self, alerts: Alerts, still: Callable[[IncidentId], bytes | None], words: Words, clock: Clock) -> None:
        super().__init__()
        self.setObjectName("alert")
        self.setAccessibleName(words("alert.title"))
        self._alerts = alerts
        self._still = still
        self._words = words
        self._clock = clock
        self._audible = True
        self._rings = 0
        self._picture = QLabel()
        self._picture.setFixedSize(_STILL)
        self._title = QLabel()
        self._title.setObjectName("alert_title")
        self._text = QLabel()
        self._text.setWordWrap(True)
        for told in (self._title, self._text):
            told.setTextFormat(Qt.TextFormat.PlainText)
        self.look = self._command("look", "F7", self._look)
        self.done = self._command("done", "F8", alerts.settle)
        self._lay_out()
        self._bell = QTimer(self, interval=_RING_EVERY_MS)
        self._bell.timeout.connect(self._ring)
        alerts.raised.connect(self._raised)
        alerts.changed.connect(self.show_newest)
        self.hide()

    def set_audible(self, *, audible: bool) -> None:
        """Whether it rings."""
        self._audible = audible

    def show_newest(self) -> None:
        """Say what the newest alert is, and how many others there are."""
        newest = self._alerts.newest
        self.setVisible(newest is not None)
        for command in (self.look, self.done):
            command.setEnabled(newest is not None)
        if newest is None:
            self._bell.stop()
            return
        row = incident_row(newest, self._clock.wall(), self._words)
        others = self._alerts.count - 1
        more = self._words("alert.others", count=others) if others else ""
        also = f"{row.also}." if row.also else ""
        told = (row.camera_name, row.type_word, row.time, row.desk_word)
        self._title.setText(" · ".join(filter(None, told)))
        self._text.setText(" ".join(filter(None, (row.summary, also, row.source_word, more))))
        jpeg = self._still(newest.id)
        picture = QPixmap.fromImage(QImage.fromData(jpeg)) if jpeg else QPixmap()
        self._picture.setVisible(not picture.isNull())
        if not picture.isNull():
            keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            picture = picture.scaled(_STILL * self.devicePixelRatioF(), keep, smooth)
            picture.setDevicePixelRatio(self.devicePixelRatioF())
            self._picture.setPixmap(picture)

    def said(self) -> str:
        """What it says now; "" while it is hidden."""
        return "" if self.isHidden() else f"{self._title.text()} {self._text.text()}"

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 8, 8)
        row.setSpacing(12)
        row.addWidget(self._picture)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._title)
        words.addWidget(self._text)
        row.addLayout(words, 1)
        for command, name in ((self.look, "alert_look"), (self.done, "alert_done")):
            button = QPushButton(f"{command.text()} ({command.shortcut().toString()})")
            button.setObjectName(name)
            button.setAutoDefault(False)
            button.clicked.connect(command.trigger)
            row.addWidget(button)

    def _command(self, name: str, key: str, does: Callable[[], object]) -> QAction:
        made = QAction(self._words(f"alert.{name}"), self)
        made.setShortcut(key)
        made.setShortcutContext(Qt.ShortcutContext.ApplicationShortcut)
        made.setEnabled(False)
        made.triggered.connect(lambda _checked: does())
        return made

    def _look(self) -> None:
        newest = self._alerts.newest
        if newest is not None:
            self.look_asked.emit(newest.id)

    def _raised(self) -> None:
        self._rings = 0
        QApplication.alert(self.window(), 0)
        self._ring()
        self._bell.start()

    def _ring(self) -> None:
        self._rings += 1
        if self._audible:
            QApplication.beep()
        if self._rings >= _MOST_RINGS:
            self._bell.stop()
