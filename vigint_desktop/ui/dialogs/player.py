"""The player: an incident's clip with what was seen in it and when; or what was recorded, by itself."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from vigint_desktop.ui.controls import Playback
from vigint_desktop.ui.dialogs.form import label
from vigint_desktop.ui.rows.incident import IncidentRow, film_position
from vigint_desktop.ui.text import Texts
from vigint_desktop.ui.theme.style import Theme
from vigint_desktop.ui.widgets.clip_view import ClipView
from vigint_desktop.ui.widgets.incident_head import IncidentHead
from vigint_desktop.ui.widgets.observation_list import ObservationList

_LEAD_S = 1.0  # a click on an observation shows the second before it, too


class PlayerDialog(QDialog):
    """Plays one incident, or one recording, at a time.

    Attributes:
        row: the incident that is shown, or None.
    """

    def __init__(self, texts: Texts, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.row: IncidentRow | None = None
        self._texts = texts
        self.clip = ClipView(texts, theme)
        self.head = IncidentHead(theme)
        self.observations = ObservationList(theme)
        self.observations.setAccessibleName(texts("player.observations"))
        self._summary = label("")
        self._note = label("", "quiet")
        self._seen = label(texts("player.observations"), "heading")
        self._side = QWidget()
        self._lay_out()
        self.observations.observation_chosen.connect(self._go_to)
        self._bind_keys()
        self.resize(self.sizeHint().boundedTo(self.screen().availableSize()))

    def show_incident(self, row: IncidentRow, playback: Playback | None) -> None:
        """Show an incident and start its clip; None when it has none yet."""
        self.show_row(row)
        self._open(playback, self._texts("player.none"))

    def show_recording(self, title: str, playback: Playback | None) -> None:
        """Show what was recorded, and nothing beside it; None when nothing was."""
        self.row = None
        self.setWindowTitle(title)
        self._side.hide()
        self._open(playback, self._texts("player.no_recording"))

    def show_row(self, row: IncidentRow) -> None:
        """The same incident, perhaps with other words: it was confirmed, or more was seen."""
        self.row = row
        self._side.show()
        self.setWindowTitle(f"{row.camera_name} · {row.type_word} · {row.time}")
        self.head.show_row(row)
        self._summary.setText(row.summary)
        self._note.setText(f"{row.state_note} {row.source_word}")
        self._seen.setVisible(bool(row.observations))
        self.observations.setVisible(bool(row.observations))
        self.observations.show_observations(row.observations)

    def sizeHint(self) -> QSize:
        """Fits a screen of 1280 x 720 with its title bar."""
        return QSize(1120, 620)

    def _open(self, playback: Playback | None, none: str) -> None:
        self.show()
        self.raise_()
        self.activateWindow()
        self.clip.open_clip(playback, none)

    def _lay_out(self) -> None:
        side = QVBoxLayout(self._side)
        side.setContentsMargins(0, 0, 0, 0)
        side.setSpacing(8)
        side.addWidget(self.head)
        side.addWidget(self._summary)
        side.addWidget(self._note)
        side.addSpacing(8)
        side.addWidget(self._seen)
        side.addWidget(self.observations, 1)
        side.addStretch(0)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 12, 12, 12)
        row.setSpacing(16)
        row.addWidget(self.clip, 7)
        row.addWidget(self._side, 3)

    def _bind_keys(self) -> None:
        for key, action in (
            (Qt.Key.Key_Space, self.clip.toggle),
            (Qt.Key.Key_Comma, lambda: self.clip.step(-1.0)),
            (Qt.Key.Key_Period, lambda: self.clip.step(1.0)),
        ):
            QShortcut(QKeySequence(key), self).activated.connect(action)

    def _go_to(self, at_s: float) -> None:
        """Show what was seen; a clip begins at a key frame, so its own times say where that is."""
        if self.row is not None:
            self.clip.seek(film_position(self.row.clip_spans, at_s - _LEAD_S))
