"""The player: an incident's clip with what was seen in it and when; or what was recorded, by itself."""

from typing import Final

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractButton, QDialog, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from vigint_desktop.ui.controls import Playback
from vigint_desktop.ui.dialogs.form import label
from vigint_desktop.ui.rows.incident import IncidentRow, ObservationRow, film_position
from vigint_desktop.ui.text import Texts
from vigint_desktop.ui.theme.style import Theme
from vigint_desktop.ui.widgets.clip_view import ClipView
from vigint_desktop.ui.widgets.incident_head import IncidentHead
from vigint_desktop.ui.widgets.observation_list import ObservationList
from vigint_desktop.ui.widgets.review_commands import ReviewCommands
from vigint_desktop.ui.widgets.review_panel import ReviewPanel

_LEAD_S = 1.0  # a click on an observation shows the second before it, too
_SIDE_PX: Final = 300  # what the buttons need; with larger letters it scrolls sideways rather than cutting them
_ENTER: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_PLAIN: Final = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)


class PlayerDialog(QDialog):
    """Plays one incident, or one recording, at a time.

    Attributes:
        row: the incident that is shown, or None.
        commands, review: what can be said of it, and what was.
    """

    def __init__(self, texts: Texts, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.row: IncidentRow | None = None
        self._told: tuple[ObservationRow, ...] = ()
        self._texts = texts
        self.clip = ClipView(texts, theme)
        self.head = IncidentHead(theme)
        self.observations = ObservationList(theme)
        self.observations.setAccessibleName(texts("player.observations"))
        self.commands = ReviewCommands(self, texts)
        self.review = ReviewPanel(self.commands, texts)
        self._summary = label("")
        self._note = label("", "quiet")
        self._seen = label(texts("player.observations"), "heading")
        self._side = QScrollArea()  # on a small screen not everything that may be said has room at once
        self._lay_out()
        self.observations.observation_chosen.connect(self._go_to)
        self._bind_keys()
        self.resize(self.sizeHint().boundedTo(self.screen().availableSize()))

    def show_incident(self, row: IncidentRow, playback: Playback | None) -> None:
        """Show an incident and start its clip; None when it has none yet, or of another desk is still to be fetched."""
        self.show_row(row)
        self._open(playback, self._texts("player.fetching" if row.foreign else "player.none"))

    def show_clip(self, playback: Playback | None, none: str) -> None:
        """The clip of the shown incident is here; None: it is not, for the reason ``none``."""
        self.clip.open_clip(playback, none)

    def show_gone(self) -> None:
        """The shown incident is no more."""
        self._forget_row()
        self.clip.open_clip(None, self._texts("player.gone"))

    def show_recording(self, title: str, playback: Playback | None) -> None:
        """Show what was recorded, and nothing beside it; None when nothing was."""
        self._forget_row()
        self.setWindowTitle(title)
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
        if self._told != row.observations:  # else it would lose where it was scrolled to
            self._told = row.observations
            self.observations.show_observations(row.observations)
        self.review.show_review(row.id, row.review)

    def sizeHint(self) -> QSize:
        """Fits a screen of 1280 x 720 with its title bar."""
        return QSize(1120, 620)

    def event(self, event: QEvent) -> bool:
        """Space presses the button that has the keyboard; elsewhere it is the clip's."""
        is_space = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Space
        if is_space and event.type() is QEvent.Type.ShortcutOverride and self._button() is not None:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the button that has the keyboard, and no other: a word on an incident is no default answer."""
        button = self._button()
        if button is None or event.key() not in _ENTER or event.modifiers() not in _PLAIN:
            super().keyPressEvent(event)
        elif not event.isAutoRepeat():  # a key that is held says it once
            button.click()

    def _button(self) -> QAbstractButton | None:
        """The button that has the keyboard."""
        focused = self.focusWidget()
        return focused if isinstance(focused, QAbstractButton) else None

    def _forget_row(self) -> None:
        self.row = None
        self._side.hide()

    def _open(self, playback: Playback | None, none: str) -> None:
        self.show()
        self.raise_()
        self.activateWindow()
        self.clip.canvas.setFocus(Qt.FocusReason.OtherFocusReason)  # keys mean the incident, not a comment begun before
        self.clip.open_clip(playback, none)

    def _lay_out(self) -> None:
        content = QWidget()
        side = QVBoxLayout(content)
        side.setContentsMargins(0, 0, 4, 0)
        side.setSpacing(8)
        side.addWidget(self.head)
        side.addWidget(self._summary)
        side.addWidget(self._note)
        side.addSpacing(8)
        side.addWidget(self._seen)
        side.addWidget(self.observations, 1)
        side.addStretch(0)
        side.addWidget(self.review)
        self._side.setWidget(content)
        self._side.setWidgetResizable(True)
        self._side.setMinimumWidth(_SIDE_PX)
        self._side.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 12, 12, 12)
        row.setSpacing(16)
        row.addWidget(self.clip, 2)
        row.addWidget(self._side, 1)

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
