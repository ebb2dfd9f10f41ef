"""Settings: where windows are judged, with which key, how often, and what the AI is told of the shop."""

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QLineEdit, QRadioButton, QVBoxLayout, QWidget

from vigint_core.domain.status import Part, PartStatus
from vigint_desktop.settings import LONGEST_NOTES, AnalysisPlace, Settings
from vigint_desktop.ui.controls import Controls, StoredSecrets
from vigint_desktop.ui.dialogs.checks import Checks
from vigint_desktop.ui.dialogs.form import label
from vigint_desktop.ui.dialogs.model_notice import ModelNotice
from vigint_desktop.ui.dialogs.rhythm import RhythmFields
from vigint_desktop.ui.text import Texts
from vigint_desktop.ui.theme.style import Theme
from vigint_desktop.ui.widgets.field_row import FieldRow
from vigint_desktop.ui.widgets.fields import CheckLine, SecretField
from vigint_desktop.ui.widgets.notes_field import NotesField

_WITH_GEMINI_KEY = (AnalysisPlace.EMBEDDED, AnalysisPlace.DIRECT)


class AnalysisPage(QWidget):
    """Four places to choose from; the fields that the chosen one needs stand below.

    Signals:
        place_changed: another place is chosen.
        edited: somebody typed.
    """

    place_changed = Signal()
    edited = Signal()

    def __init__(self, controls: Controls, texts: Texts, theme: Theme, checks: Checks) -> None:
        super().__init__()
        self._controls = controls
        self._texts = texts
        settings, stored = controls.settings(), controls.secrets()
        self._told_of = settings.analysis  # what is told of the AI is of the place in force
        self._ai: PartStatus | None = None
        self.places = {place: QRadioButton(texts(f"analysis.{place}")) for place in AnalysisPlace}
        self._group = QButtonGroup(self)
        self.url = QLineEdit(settings.server_url)
        self.url.setPlaceholderText(texts("analysis.url_example"))
        self.server_key = SecretField(texts, stored=stored.has_server_key)
        self.gemini_key = SecretField(texts, stored=stored.has_gemini_key)
        self.server_check = CheckLine(texts, theme, lambda: checks.ask(self.server_check, self._check_server))
        self.gemini_check = CheckLine(texts, theme, lambda: checks.ask(self.gemini_check, self._check_gemini))
        self.rhythm = RhythmFields(settings, texts)
        self.notes = NotesField(texts, LONGEST_NOTES)
        self.notes.show_text(settings.notes)
        self.notice = ModelNotice(texts, theme)
        self._server_fields = self._server_section()
        self._gemini_fields = self._gemini_section()
        self.url.textEdited.connect(self.edited)
        self.notes.edited.connect(self.edited)
        self._lay_out(stored)
        self.places[settings.analysis].setChecked(True)
        self._show_fields()

    @property
    def place(self) -> AnalysisPlace:
        """The chosen place."""
        return next(place for place, button in self.places.items() if button.isChecked())

    @property
    def problem(self) -> str:
        """Key of the sentence that says what is missing, or ""."""
        if self.place is AnalysisPlace.SERVER and not self.url.text().strip():
            return "analysis.no_url"
        if self.notes.is_too_long:
            self.notes.edit.setFocus(Qt.FocusReason.OtherFocusReason)
            return "analysis.notes.long"
        return ""

    def show_parts(self, parts: Mapping[Part, PartStatus]) -> None:
        """What was told of the parts before the page was opened."""
        self._ai = parts.get(Part.AI)
        self._show_fields()

    def show_part(self, status: PartStatus) -> None:
        """A part was proven, or failed."""
        if status.part is Part.AI:
            self._ai = status
            self._show_fields()

    def settings(self, before: Settings) -> Settings:
        """The settings with what was chosen here."""
        chosen = before.model_copy(
            update={"analysis": self.place, "server_url": self.url.text().strip(), "notes": self.notes.text}
        )
        return self.rhythm.settings(chosen)

    def _lay_out(self, stored: StoredSecrets) -> None:
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 16, 24, 16)
        box.setSpacing(4)
        box.addWidget(label(self._texts("analysis.title"), "title"))
        box.addSpacing(4)
        box.addWidget(self.notice)
        box.addSpacing(8)
        for place, button in self.places.items():
            self._group.addButton(button)
            box.addWidget(button)
            about = label(self._texts(f"analysis.about.{place}"), "quiet")
            about.setContentsMargins(28, 0, 0, 6)
            box.addWidget(about)
            button.toggled.connect(self._choose)
        box.addWidget(self._server_fields)
        box.addWidget(self._gemini_fields)
        box.addWidget(self.rhythm)
        box.addSpacing(12)
        notes = FieldRow(self._texts("analysis.notes.label"), self.notes)
        notes.remark.say(self._texts("analysis.notes.help"))
        box.addWidget(notes)
        box.addSpacing(12)
        box.addStretch(1)
        key = "secrets.protected" if stored.protected else "secrets.unprotected"
        box.addWidget(label(self._texts(key, place=stored.place), "quiet" if stored.protected else "warning"))

    def _server_section(self) -> QFrame:
        frame, box = _section()
        box.addWidget(label(self._texts("analysis.url")))
        box.addWidget(self.url)
        box.addWidget(label(self._texts("analysis.server_key")))
        box.addWidget(self.server_key)
        box.addWidget(self.server_check)
        return frame

    def _gemini_section(self) -> QFrame:
        frame, box = _section()
        box.addWidget(label(self._texts("analysis.gemini_key")))
        box.addWidget(self.gemini_key)
        box.addWidget(self.gemini_check)
        box.addWidget(label(self._texts("analysis.free_tier"), "quiet"))
        return frame

    def _choose(self, chosen: bool) -> None:
        """One of two is toggled off, then the other one on: only then a place is chosen."""
        if chosen:
            self._show_fields()
            self.place_changed.emit()

    def _show_fields(self) -> None:
        self.notice.show_status(self._ai if self.place is self._told_of else None)
        self._server_fields.setVisible(self.place is AnalysisPlace.SERVER)
        self._gemini_fields.setVisible(self.place in _WITH_GEMINI_KEY)

    def _check_server(self, check_id: str) -> None:
        self._controls.check_server(check_id, self.url.text().strip(), self.server_key.value)

    def _check_gemini(self, check_id: str) -> None:
        self._controls.check_gemini(check_id, self.gemini_key.value)


def _section() -> tuple[QFrame, QVBoxLayout]:
    frame = QFrame()
    frame.setObjectName("section")
    box = QVBoxLayout(frame)
    box.setContentsMargins(16, 12, 16, 12)
    box.setSpacing(6)
    return frame, box
