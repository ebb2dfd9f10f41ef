"""What people say of the incident in the player: large buttons, who said it, a comment."""

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from vigint_core.domain.ids import IncidentId
from vigint_core.domain.review import LONGEST_COMMENT, Review, ReviewStanding
from vigint_desktop.ui.rows.review import ReviewRow, ReviewStep
from vigint_desktop.ui.rows.words import Words
from vigint_desktop.ui.widgets.commands import key_name
from vigint_desktop.ui.widgets.field_row import Remark
from vigint_desktop.ui.widgets.notes_field import NotesField
from vigint_desktop.ui.widgets.review_commands import ReviewCommands, button_text

_PLACES: Final = {
    ReviewStep.REAL: (0, 0),
    ReviewStep.FALSE_ALARM: (0, 1),
    ReviewStep.TAKE: (1, 0),
    ReviewStep.SETTLE: (1, 1),
}
_BUTTON_PX: Final = 36
_MOST_DRAFTS: Final = 100
_LONGEST_QUOTE: Final = 80


@dataclass(frozen=True, slots=True)
class Draft:
    """A comment that is being written, and the one that stood there when that began."""

    text: str
    over: str


class ReviewPanel(QWidget):
    """Shows one review at a time. What somebody types stays until it is saved and has arrived everywhere.

    Attributes:
        buttons: by what they say; ``keep`` is the box for the fifth step.
        comment, save: the field and the command that keeps what it holds.

    Signals:
        comment_asked: somebody saves a comment; carries it.
    """

    comment_asked = Signal(str)

    def __init__(self, commands: ReviewCommands, words: Words) -> None:
        super().__init__()
        self._commands = commands
        self._words = words
        self._incident_id: IncidentId | None = None
        self._base = ""  # the comment as it was told last
        self._drafts: dict[IncidentId, Draft] = {}
        self.buttons = {step: self._made_button(step) for step in _PLACES}
        self.keep = QCheckBox()
        self.keep.setToolTip(words("review.tip.keep"))
        self.keep.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.keep.clicked.connect(lambda: self._ask(ReviewStep.KEEP))
        self._said = _line("quiet")
        self._place = _line("quiet")
        self._trouble = Remark()
        self.comment = NotesField(words, LONGEST_COMMENT)
        self.comment.edit.setAccessibleName(words("review.comment"))
        self.comment.edit.setPlaceholderText(words("review.comment_hint"))
        self._draft_remark = Remark()
        self.save = QAction(words("review.save"), self)
        self.save.setShortcuts([QKeySequence("Ctrl+Return"), QKeySequence("Ctrl+Enter")])
        self.save.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.save.triggered.connect(self._save)
        self.addAction(self.save)
        self._save_button = QPushButton(words("review.save"))
        self._save_button.setAutoDefault(False)
        self._save_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._save_button.setToolTip(words("review.save_tip"))
        self._save_button.clicked.connect(self.save.trigger)
        self._lay_out()
        self.comment.edited.connect(self._typed)

    def show_review(self, incident_id: IncidentId, row: ReviewRow) -> None:
        """Another incident, or the same with other words; a comment that is being written stays as it is."""
        self._commands.show_review(row.review)
        self._show_steps()
        self._said.setText(row.said)
        self._trouble.say(row.trouble, "problem" if row.standing is ReviewStanding.REFUSED else "warning")
        self.settle(incident_id, row.review, row.standing)
        self._show_comment(incident_id, row.review.comment.strip())

    def settle(self, incident_id: IncidentId, review: Review, standing: ReviewStanding) -> None:
        """Something was said of any incident: a comment that has arrived everywhere is no draft any more."""
        draft = self._drafts.get(incident_id)
        if draft is not None and standing is ReviewStanding.SHARED and draft.text == review.comment.strip():
            del self._drafts[incident_id]

    def show_place(self, *, local: bool) -> None:
        """Whether what is said stays at this desk, because there is no server."""
        self._place.setText(self._words("review.local") if local else "")
        self._place.setVisible(local)

    def _ask(self, step: ReviewStep) -> None:
        """A button shows what was told, not that it was clicked."""
        self._commands.actions[step].trigger()
        self._show_steps()

    def _show_steps(self) -> None:
        for step, button in self.buttons.items():
            action = self._commands.actions[step]
            button.setChecked(action.isChecked())
            button.setText(button_text(action, step, self._words))
        keep = self._commands.actions[ReviewStep.KEEP]
        self.keep.setChecked(keep.isChecked())
        self.keep.setText(self._words("review.button", word=keep.text(), keys=key_name(keep)))

    def _show_comment(self, incident_id: IncidentId, told: str) -> None:
        draft = self._drafts.get(incident_id)
        self._incident_id, self._base = None, told  # what is shown now nobody has typed
        self.comment.show_text(told if draft is None else draft.text)
        self._incident_id = incident_id
        self._show_draft()

    def _typed(self) -> None:
        """Keep what was typed, also over another incident or after the player was closed."""
        if self._incident_id is None:
            return
        text = self.comment.text
        before = self._drafts.pop(self._incident_id, None)
        if text != self._base:
            self._drafts[self._incident_id] = Draft(text, before.over if before else self._base)
        if len(self._drafts) > _MOST_DRAFTS:
            del self._drafts[next(iter(self._drafts))]
        self._show_draft()

    def _show_draft(self) -> None:
        draft = self._drafts.get(self._incident_id) if self._incident_id else None
        is_unsaved = draft is not None and draft.text != self._base
        self.save.setEnabled(is_unsaved and not self.comment.is_too_long)
        self._save_button.setEnabled(self.save.isEnabled())
        self._draft_remark.say(self._draft_words(draft) if draft and is_unsaved else "", "warning")

    def _draft_words(self, draft: Draft) -> str:
        if draft.over == self._base:
            return self._words("review.unsaved")
        if not self._base:
            return self._words("review.emptied")
        quote = self._base if len(self._base) <= _LONGEST_QUOTE else f"{self._base[:_LONGEST_QUOTE]}…"
        return self._words("review.elsewhere", comment=quote)

    def _save(self) -> None:
        self.comment_asked.emit(self.comment.text)

    def _made_button(self, step: ReviewStep) -> QPushButton:
        action = self._commands.actions[step]
        made = QPushButton()
        made.setCheckable(True)
        made.setAutoDefault(False)
        made.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # after a click, Space is the clip's again
        made.setMinimumHeight(_BUTTON_PX)
        made.setToolTip(action.toolTip())
        made.clicked.connect(lambda: self._ask(step))
        return made

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setSpacing(6)
        for step, (line, column) in _PLACES.items():
            grid.addWidget(self.buttons[step], line, column)
            grid.setColumnStretch(column, 1)
        heading = _line("heading")
        heading.setText(self._words("review.title"))
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self._draft_remark, 1)
        foot.addStretch(0)
        foot.addWidget(self._save_button, 0, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(6)
        box.addWidget(heading)
        box.addLayout(grid)
        for part in (self._said, self._place, self._trouble, self.keep, self.comment):
            box.addWidget(part)
        box.addLayout(foot)


def _line(name: str) -> QLabel:
    made = QLabel()
    made.setObjectName(name)
    made.setWordWrap(True)
    made.setTextFormat(Qt.TextFormat.PlainText)
    return made
