"""Settings: which cameras there are, in which order, and how each is reached."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from vigint_desktop.bridge import Bridge
from vigint_desktop.settings import CameraSettings
from vigint_desktop.ui.controls import Controls
from vigint_desktop.ui.dialogs.camera_draft import CameraDraft, groups_of, stored_cameras, with_scenes
from vigint_desktop.ui.dialogs.camera_form import CameraForm
from vigint_desktop.ui.dialogs.checks import Checks
from vigint_desktop.ui.dialogs.discovery import DiscoveryDialog
from vigint_desktop.ui.dialogs.draft_list import DraftList
from vigint_desktop.ui.dialogs.draft_model import DraftModel
from vigint_desktop.ui.dialogs.form import label
from vigint_desktop.ui.dialogs.list_files import ListFiles
from vigint_desktop.ui.text import Texts
from vigint_desktop.ui.theme.style import Theme
from vigint_desktop.ui.widgets.field_row import Remark

_LIST_PX = 280


class CamerasPage(QWidget):
    """The list at the left, the chosen camera's fields at the right. Nothing leaves the page before ``stored``.

    Signals:
        zones_requested: carries the id of the camera whose zones somebody wants to see.
    """

    zones_requested = Signal(str)

    def __init__(self, controls: Controls, bridge: Bridge, texts: Texts, theme: Theme, checks: Checks) -> None:
        super().__init__()
        self._controls = controls
        self._bridge = bridge
        self._texts = texts
        self._checks = checks
        with_password = controls.secrets().camera_ids_with_password
        self._stored = controls.settings().cameras
        drafts = [CameraDraft.of(camera, has_password=camera.id in with_password) for camera in self._stored]
        self.model = DraftModel(drafts, texts, self)
        self.list = DraftList(self.model, theme)
        self.form = CameraForm(texts, theme, self._start_check, self._forget_check)
        self.files = ListFiles(texts, self)
        self.note = Remark()
        self.find_button = self._button("find", self.find_cameras)
        self.add_button = self._button("add", self.add)
        self.remove_button = self._button("remove", self.remove)
        self.up_button = self._button("up", lambda: self.move_chosen(-1))
        self.down_button = self._button("down", lambda: self.move_chosen(1))
        self.import_button = self._button("import", lambda: self.files.ask_import(self.model.drafts))
        self.export_button = self._button("export", lambda: self.files.ask_export(self.drafts))
        self._empty = label(texts("cameras.empty"), "quiet")
        self._lay_out()
        self._connect()
        self._show_draft(-1)
        if drafts:
            self.list.choose(0)

    @property
    def drafts(self) -> list[CameraDraft]:
        """The cameras as they are on the page, in order."""
        return self.model.drafts

    @property
    def problem(self) -> str:
        """Key of the sentence that says what is missing, or ""; the camera that lacks it is chosen and says where."""
        for place, draft in enumerate(self.drafts):
            if draft.problem:
                self.list.choose(place)
                self.form.insist()
                return draft.problem
        return ""

    def stored(self) -> tuple[tuple[CameraSettings, ...], dict[str, str]]:
        """The cameras in order, and the changed passwords by id; with the zones as they are by now."""
        cameras, passwords = stored_cameras(self.drafts, [camera.id for camera in self._stored])
        known = {draft.id for draft in self.drafts}  # a new one may take the id of one that goes, never its zones
        now = [camera for camera in self._controls.settings().cameras if camera.id in known]
        return with_scenes(cameras, now), passwords

    def add(self) -> None:
        """A new camera, ready to be named."""
        self.add_drafts([CameraDraft()])
        self.form.name.setFocus(Qt.FocusReason.OtherFocusReason)

    def add_drafts(self, drafts: Sequence[CameraDraft]) -> None:
        """More cameras at the end; the first of them is chosen."""
        if drafts:
            first = self.model.rowCount()
            self.model.add(drafts)
            self.list.choose(first)

    def remove(self) -> None:
        """The chosen camera goes; nothing is lost before the dialog is saved."""
        place = self.list.place
        if place >= 0:
            self.model.remove(place)
            self.list.choose(min(place, self.model.rowCount() - 1))

    def move_chosen(self, by: int) -> None:
        """The chosen camera up (-1) or down (1)."""
        place = self.list.place
        if self.model.move(place, place + by):
            self.list.choose(place + by)

    def find_cameras(self) -> DiscoveryDialog:
        """Look for cameras on the network; those that are chosen there become new ones here."""
        dialog = DiscoveryDialog(self._controls, self._bridge, self._texts, self.drafts, self)
        dialog.chosen.connect(self.add_drafts)
        dialog.open()
        return dialog

    def _button(self, name: str, does: Callable[[], object]) -> QPushButton:
        button = QPushButton(self._texts(f"cameras.{name}"))
        button.setAutoDefault(False)  # Enter saves, wherever it is pressed
        button.setToolTip(self._texts(f"cameras.tip.{name}"))
        button.clicked.connect(lambda _checked: does())
        return button

    def _lay_out(self) -> None:
        for button, name in ((self.up_button, "up"), (self.down_button, "down")):
            button.setAccessibleName(self._texts(f"cameras.tip.{name}"))
            button.setFixedWidth(40)
        self.list.setAccessibleName(self._texts("cameras.title"))
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addLayout(_side_by_side(self.find_button, self.add_button))
        left.addWidget(self.list, 1)
        below = _side_by_side(self.remove_button)
        below.addWidget(self.up_button)
        below.addWidget(self.down_button)
        left.addLayout(below)
        left.addLayout(_side_by_side(self.import_button, self.export_button))
        side = QWidget()
        side.setFixedWidth(_LIST_PX)
        left.setContentsMargins(0, 0, 0, 0)
        side.setLayout(left)
        columns = QHBoxLayout()
        columns.setSpacing(20)
        columns.addWidget(side)
        columns.addWidget(self._right(), 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 16, 12, 12)
        box.addWidget(label(self._texts("cameras.title"), "title"))
        box.addWidget(self.note)
        box.addSpacing(4)
        box.addLayout(columns, 1)

    def _right(self) -> QScrollArea:
        content = QWidget()
        box = QVBoxLayout(content)
        box.setContentsMargins(2, 0, 0, 0)
        box.addWidget(self._empty)
        box.addWidget(self.form)
        box.addStretch(1)
        area = QScrollArea()
        area.setWidget(content)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.form.more.unfolded.connect(lambda: area.ensureWidgetVisible(self.form.options))
        return area

    def _connect(self) -> None:
        self.list.place_changed.connect(self._show_draft)
        self.list.move_requested.connect(self.move_chosen)
        self.list.remove_requested.connect(self.remove)
        self.form.edited.connect(self._take)
        self.form.zones_requested.connect(lambda: self.zones_requested.emit(self.form.draft.id))
        self.files.imported.connect(self.add_drafts)
        self.files.said.connect(self.note.say)

    def _show_draft(self, place: int) -> None:
        here = 0 <= place < self.model.rowCount()
        self._empty.setVisible(not here)
        self.form.setVisible(here)
        self.remove_button.setEnabled(here)
        self.up_button.setEnabled(here and place > 0)
        self.down_button.setEnabled(here and place < self.model.rowCount() - 1)
        self._allow_export()
        if here and self.model.draft(place) is not self.form.draft:  # a move alone shows nothing else
            self.form.show_draft(self.model.draft(place), groups_of(self.drafts))
            self._drop_check()
        if here:
            self.form.show_doubts(self.model.doubts(place))

    def _take(self) -> None:
        place = self.list.place
        self.model.put(place, self.form.draft)
        self.form.show_doubts(self.model.doubts(place))
        self._allow_export()
        self._drop_check()

    def _allow_export(self) -> None:
        self.export_button.setEnabled(any(not draft.problem for draft in self.drafts))

    def _start_check(self) -> None:
        draft = self.form.draft
        if set(draft.problems.values()) - {"cameras.no_name"}:
            self.form.insist()
            self.form.check.clear()
            return
        self._checks.ask(self.form.check, self._check_camera)

    def _drop_check(self) -> None:
        self._forget_check()
        self.form.check.clear()

    def _forget_check(self) -> None:
        self._checks.forget(self.form.check)

    def _check_camera(self, check_id: str) -> None:
        draft = self.form.draft.named(self._texts("cameras.unnamed"))
        taken = [other.id for other in self.drafts]
        self._controls.check_camera(check_id, draft.settings(taken), draft.changed_password)


def _side_by_side(*buttons: QPushButton) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(8)
    for button in buttons:
        row.addWidget(button, 1)
    return row
