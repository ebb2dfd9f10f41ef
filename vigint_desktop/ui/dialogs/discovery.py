"""Find cameras: the list fills while the search runs; what is wanted of it goes to the cameras page."""

import math
import uuid
from collections import deque
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from PySide6.QtCore import QDeadlineTimer, QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QLineEdit, QPushButton, QScrollArea, QVBoxLayout, QWidget

from vigint_core.domain.sign_in import SignIn
from vigint_core.domain.status import CheckResult, FoundCamera, FoundStreams
from vigint_desktop.bridge import Bridge
from vigint_desktop.ui.controls import Controls
from vigint_desktop.ui.dialogs.camera_draft import CameraDraft
from vigint_desktop.ui.dialogs.checks import found
from vigint_desktop.ui.dialogs.finding_card import FindingCard
from vigint_desktop.ui.dialogs.findings import known_as, name_of
from vigint_desktop.ui.dialogs.form import label
from vigint_desktop.ui.text import Texts
from vigint_desktop.ui.widgets.field_row import FieldRow, Remark

SEARCH_S: Final = 8.0
"""Cameras answer within 1 to 4 s; some only to the second or third question."""
MOST_FOUND: Final = 128
MOST_ASKED_AT_ONCE: Final = 3
"""Cameras whose streams are asked for at the same time; the others wait their turn."""
_TICK_MS: Final = 250


class DiscoveryDialog(QDialog):
    """Searches at once when it is opened. ``present``: the cameras that are in the list already.

    Signals:
        chosen: carries the new cameras, as a list of ``CameraDraft``.
    """

    chosen = Signal(object)

    def __init__(
        self,
        controls: Controls,
        bridge: Bridge,
        texts: Texts,
        present: Sequence[CameraDraft],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._controls = controls
        self._bridge = bridge
        self._texts = texts
        self._present = present
        self._search_id = ""
        self._cards: dict[str, FindingCard] = {}
        self._too_many = 0
        self._asked: dict[str, FindingCard] = {}
        self._waiting: deque[FindingCard] = deque()
        self._deadline = QDeadlineTimer()
        self._ticks = QTimer(self)
        self.user, self.password = QLineEdit(), QLineEdit()
        self.show_all_button = QPushButton(texts("discovery.show_all"))
        self.search_button, self.add_button, self.close_button = QPushButton(), QPushButton(), QPushButton()
        self.progress = Remark()
        self.empty = label("", "quiet")
        self._list = QVBoxLayout()
        self._lay_out()
        self._listen()
        # What opens without a size gets the one of its layout, whose wrapped words want no height at all.
        self.resize(self.sizeHint().boundedTo(self.screen().availableSize()))
        self.search()

    @property
    def cards(self) -> list[FindingCard]:
        """The cameras that were found, in the order in which they answered."""
        return list(self._cards.values())

    @property
    def is_searching(self) -> bool:
        """Whether answers are still being waited for."""
        return bool(self._search_id)

    def search(self) -> None:
        """Search; what was found before stays."""
        self._search_id = f"search-{uuid.uuid4().hex}"
        self._deadline.setRemainingTime(int(SEARCH_S * 1000))
        self._ticks.start()
        self._controls.discover(self._search_id, SEARCH_S)
        self._show_progress()

    def show_all(self) -> None:
        """Ask every camera that has not told its streams yet."""
        for card in self.cards:
            if not card.is_shown:
                self._ask(card)

    def accept(self) -> None:
        """Hand over what is wanted, and close."""
        shared = self._shared()
        drafts = [card.draft(shared) for card in self.cards if card.is_wanted]
        super().accept()
        self.chosen.emit(drafts)

    def done(self, result: int) -> None:
        """Nobody waits for anything any more."""
        self._ticks.stop()
        if self.is_searching:
            self._controls.stop_discovery(self._search_id)
            self._search_id = ""
        for check_id in self._asked:
            self._controls.stop_check(check_id)
        self._asked.clear()
        self._waiting.clear()
        self._bridge.camera_found.disconnect(self._found)
        self._bridge.streams_found.disconnect(self._told)
        self._bridge.check_finished.disconnect(self._ended)
        super().done(result)

    def sizeHint(self) -> QSize:
        """Room for four cameras, on a screen of 1280 x 720 too."""
        return QSize(960, 640)

    # -- what the program tells ---------------------------------------------------------------------------------

    def _found(self, camera: FoundCamera) -> None:
        if camera.search_id != self._search_id or camera.key in self._cards:
            return
        if len(self._cards) >= MOST_FOUND:
            self._too_many += 1
            return
        taken = {card.name.text() for card in self.cards} | {draft.name for draft in self._present}
        card = FindingCard(camera, name_of(camera, taken), known_as(camera, self._present), self._texts)
        card.show_requested.connect(lambda: self._ask(card))
        card.changed.connect(self._count)
        before = self.cards[-1].tab_stops[-1] if self._cards else self.show_all_button
        self._cards[camera.key] = card
        self._list.insertWidget(self._list.count() - 1, card)
        for one, other in pairwise((before, *card.tab_stops, self.search_button)):
            self.setTabOrder(one, other)
        self._show_progress()

    def _told(self, told: FoundStreams) -> None:
        card = self._asked.pop(told.check_id, None)
        if card is not None:
            card.answer(told)
            self._ask_next()

    def _ended(self, result: CheckResult) -> None:
        if result.check_id != self._search_id:
            return
        self._search_id = ""
        self._ticks.stop()
        self._show_progress()
        if result.code is not None:
            self.empty.clear()  # what keeps cameras from answering is not the question now
        said = [found(result, self._texts)] if result.facts or result.code else [self.progress.text()]
        if self._too_many:
            said.append(self._texts("discovery.too_many", more=self._too_many))
        self.progress.say(" ".join(said).replace("\n", " "), "problem" if result.code else "quiet")

    # -- its own ------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self.setWindowTitle(self._texts("discovery.title"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.add_button.setObjectName("primary")
        self.close_button.setText(self._texts("discovery.close"))
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        for button in (self.show_all_button, self.search_button, self.add_button, self.close_button):
            button.setAutoDefault(False)  # Enter belongs to the field that is being typed in
        sign_in = QHBoxLayout()
        sign_in.setSpacing(12)
        sign_in.addWidget(FieldRow(self._texts("discovery.all_user"), self.user), 1)
        sign_in.addWidget(FieldRow(self._texts("discovery.all_password"), self.password), 1)
        sign_in.addWidget(self.show_all_button, 0, Qt.AlignmentFlag.AlignBottom)
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 16, 24, 12)
        box.setSpacing(12)
        box.addWidget(label(self._texts("discovery.about"), "quiet"))
        box.addLayout(sign_in)
        box.addWidget(self._results(), 1)
        box.addLayout(self._bottom())
        self._count()

    def _results(self) -> QScrollArea:
        content = QWidget()
        self._list = QVBoxLayout(content)
        self._list.setContentsMargins(0, 0, 8, 0)
        self._list.setSpacing(8)
        self._list.addWidget(self.empty)
        self._list.addStretch(1)
        area = QScrollArea()
        area.setWidget(content)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # it follows the field that has the focus
        return area

    def _bottom(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.progress, 1)
        row.addWidget(self.search_button)
        row.addWidget(self.add_button)
        row.addWidget(self.close_button)
        return row

    def _listen(self) -> None:
        self._bridge.camera_found.connect(self._found)
        self._bridge.streams_found.connect(self._told)
        self._bridge.check_finished.connect(self._ended)
        self._ticks.setInterval(_TICK_MS)
        self._ticks.timeout.connect(self._show_progress)
        self.show_all_button.clicked.connect(self.show_all)
        self.user.returnPressed.connect(self.password.setFocus)
        self.password.returnPressed.connect(self.show_all)
        self.search_button.clicked.connect(self._search_clicked)
        self.add_button.clicked.connect(self.accept)
        self.close_button.clicked.connect(self.reject)

    def _search_clicked(self) -> None:
        if self.is_searching:
            self._controls.stop_discovery(self._search_id)  # its end comes as an answer
        else:
            self.search()

    def _shared(self) -> SignIn:
        return SignIn(self.user.text().strip(), self.password.text().strip())

    def _ask(self, card: FindingCard) -> None:
        if not card.asking:
            card.ask()
            self._waiting.append(card)
            self._ask_next()

    def _ask_next(self) -> None:
        while self._waiting and len(self._asked) < MOST_ASKED_AT_ONCE:
            card = self._waiting.popleft()
            sign_in = card.sign_in(self._shared())
            check_id = f"streams-{uuid.uuid4().hex}"
            self._asked[check_id] = card
            self._controls.ask_streams(check_id, card.found, sign_in.user, sign_in.password)

    def _count(self) -> None:
        wanted = sum(card.is_wanted for card in self._cards.values())
        self.add_button.setText(self._texts("discovery.add", count=wanted))
        self.add_button.setEnabled(wanted > 0)

    def _show_progress(self) -> None:
        count = len(self._cards)
        self.search_button.setText(self._texts("discovery.stop" if self.is_searching else "discovery.again"))
        self.show_all_button.setEnabled(count > 0)
        self.empty.setVisible(count == 0)
        self.empty.setText(self._texts("discovery.empty_running" if self.is_searching else "discovery.empty"))
        if self.is_searching:
            left_s = math.ceil(self._deadline.remainingTime() / 1000)
            key = "discovery.running" if left_s > 0 else "discovery.finishing"
            self.progress.say(self._texts(key, seconds=left_s, count=count))
        else:
            self.progress.say(self._texts("discovery.ended", count=count))
