"""The commands that say something of an incident, each with its key: on the list, in its menu and in the player."""

from typing import Final

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from vigint_core.domain.review import Review
from vigint_desktop.ui.rows.review import ReviewStep, holds
from vigint_desktop.ui.rows.words import Words
from vigint_desktop.ui.widgets.commands import command, key_name

_KEYS: Final = {
    ReviewStep.REAL: "R",
    ReviewStep.FALSE_ALARM: "F",
    ReviewStep.TAKE: "T",
    ReviewStep.SETTLE: "S",
    ReviewStep.KEEP: "K",
}


class ReviewCommands(QObject):
    """Single letters: they count only while the keyboard is in ``place``, and not where somebody types.

    Attributes:
        actions: the commands by what they say; what holds already is checked.

    Signals:
        asked: carries the ``ReviewStep``.
    """

    asked = Signal(object)

    def __init__(self, place: QWidget, words: Words) -> None:
        super().__init__(place)
        self._words = words
        self._review = Review()
        self.actions = {step: self._made(place, step) for step in ReviewStep}

    def show_review(self, review: Review) -> None:
        """Check what holds."""
        self._review = review
        for step, action in self.actions.items():
            action.setChecked(holds(step, review))

    def _ask(self, step: ReviewStep) -> None:
        """What holds is known when it is told, not when it is asked for: the check that Qt has set goes again."""
        self.show_review(self._review)
        self.asked.emit(step)

    def _made(self, place: QWidget, step: ReviewStep) -> QAction:
        made = command(place, self._words(f"review.step.{step}"), _KEYS[step], lambda: self._ask(step))
        made.setToolTip(self._words(f"review.tip.{step}"))
        made.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        made.setShortcutVisibleInContextMenu(True)
        made.setAutoRepeat(False)  # a key that is held says it once
        made.setCheckable(True)
        return made


def button_text(action: QAction, step: ReviewStep, words: Words) -> str:
    """What a button says: what it does, or with a tick what holds; and its key."""
    if action.isChecked():
        return words("review.holds_button", word=words(f"review.holds.{step}"), keys=key_name(action))
    return words("review.button", word=action.text(), keys=key_name(action))
