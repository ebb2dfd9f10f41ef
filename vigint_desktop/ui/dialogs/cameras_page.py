"""Settings: which cameras there are, in which order, and how each is reached."""

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from vigint_desktop.settings import CameraSettings, kind_of
from vigint_desktop.ui.controls import Controls
from vigint_desktop.ui.dialogs.camera_draft import CameraDraft, stored_cameras
from vigint_desktop.ui.dialogs.checks import Checks
from vigint_desktop.ui.dialogs.form import label
from vigint_desktop.ui.text import Texts
from vigint_desktop.ui.theme.style import Theme
from vigint_desktop.ui.widgets.fields import CheckLine, SecretField


class CamerasPage(QWidget):
    """The list at the left, the chosen camera's fields at the right."""

    def __init__(self, controls: Controls, texts: Texts, theme: Theme, checks: Checks) -> None:
        super().__init__()
        self._controls = controls
        self._texts = texts
        self._checks = checks
        with_password = controls.secrets().camera_ids_with_password
        self.drafts = [CameraDraft.of(c, has_password=c.id in with_password) for c in controls.settings().cameras]
        self.list = QListWidget()
        self.name, self.address, self.user = QLineEdit(), QLineEdit(), QLineEdit()
        self.password = SecretField(texts, stored=False)
        self.check = CheckLine(texts, theme, lambda: checks.ask(self.check, self._check_camera))
        self._kind = label("", "quiet")
        self._filling = False
        self.add_button, self.remove_button, self.up_button, self.down_button = (
            QPushButton(texts(f"cameras.{key}")) for key in ("add", "remove", "up", "down")
        )
        self._form = self._form_of_fields()
        self._empty = label(texts("cameras.empty"), "quiet")
        self._lay_out()
        self._connect()
        self._fill_list(0)

    @property
    def problem(self) -> str:
        """Key of the sentence that says what is missing, or ""; the camera that lacks it is chosen."""
        for place, draft in enumerate(self.drafts):
            if draft.problem:
                self.list.setCurrentRow(place)
                return draft.problem
        return ""

    def stored(self) -> tuple[tuple[CameraSettings, ...], dict[str, str]]:
        """The cameras in order, and the changed passwords by id."""
        return stored_cameras(self.drafts, [camera.id for camera in self._controls.settings().cameras])

    def add(self) -> None:
        """A new camera, ready to be named."""
        self.drafts.append(CameraDraft())
        self._fill_list(len(self.drafts) - 1)
        self.name.setFocus(Qt.FocusReason.OtherFocusReason)

    def remove(self) -> None:
        """The chosen camera goes; nothing is lost before the dialog is saved."""
        place = self.list.currentRow()
        if place >= 0:
            del self.drafts[place]
            self._fill_list(min(place, len(self.drafts) - 1))

    def move_chosen(self, by: int) -> None:
        """The chosen camera up (-1) or down (1)."""
        place = self.list.currentRow()
        if place >= 0 and 0 <= place + by < len(self.drafts):
            self.drafts.insert(place + by, self.drafts.pop(place))
            self._fill_list(place + by)

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addWidget(self.list, 1)
        for pair in ((self.add_button, self.remove_button), (self.up_button, self.down_button)):
            row = QHBoxLayout()
            for button in pair:
                row.addWidget(button, 1)
            left.addLayout(row)
        right = QVBoxLayout()
        right.addWidget(self._empty)
        right.addWidget(self._form)
        right.addStretch(1)
        columns = QHBoxLayout()
        columns.setSpacing(16)
        columns.addLayout(left, 2)
        columns.addLayout(right, 3)
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 16, 24, 16)
        box.addWidget(label(self._texts("cameras.title"), "title"))
        box.addSpacing(8)
        box.addLayout(columns, 1)

    def _form_of_fields(self) -> QFrame:
        frame = QFrame()
        form = QFormLayout(frame)
        form.setContentsMargins(0, 0, 0, 0)
        form.setVerticalSpacing(8)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapAllRows)
        self.address.setPlaceholderText(self._texts("cameras.address_example"))
        form.addRow(self._texts("cameras.name"), self.name)
        form.addRow(self._texts("cameras.address"), self.address)
        form.addRow(self._kind)
        form.addRow(self._texts("cameras.user"), self.user)
        form.addRow(self._texts("cameras.password"), self.password)
        form.addRow(self.check)
        return frame

    def _connect(self) -> None:
        self.list.currentRowChanged.connect(self._show_draft)
        self.add_button.clicked.connect(self.add)
        self.remove_button.clicked.connect(self.remove)
        self.up_button.clicked.connect(lambda: self.move_chosen(-1))
        self.down_button.clicked.connect(lambda: self.move_chosen(1))
        for line in (self.name, self.user, self.password.line):
            line.textEdited.connect(self._take_fields)
        self.password.remove_button.clicked.connect(self._take_fields)
        self.address.textEdited.connect(self._take_address)

    def _fill_list(self, current: int) -> None:
        self._filling = True
        self.list.clear()
        self.list.addItems([draft.name or self._texts("cameras.unnamed") for draft in self.drafts])
        self._filling = False
        self.list.setCurrentRow(current)
        self._show_draft(current)

    def _show_draft(self, place: int) -> None:
        if self._filling:
            return
        here = 0 <= place < len(self.drafts)
        self._form.setVisible(here)
        self._empty.setVisible(not here)
        self.remove_button.setEnabled(here)
        self.up_button.setEnabled(here and place > 0)
        self.down_button.setEnabled(here and place < len(self.drafts) - 1)
        if here:
            self._show_fields(self.drafts[place])
            self._forget_check()

    def _show_fields(self, draft: CameraDraft) -> None:
        self.name.setText(draft.name)
        self.address.setText(draft.address)
        self.user.setText(draft.user)
        self.password.set_stored(stored=draft.has_password and draft.password != "")
        self.password.line.setText(draft.password or "")
        self._show_kind(draft)

    def _show_kind(self, draft: CameraDraft) -> None:
        self._kind.setText(self._texts(f"cameras.kind.{kind_of(draft.address)}") if draft.address else "")

    def _take_fields(self) -> None:
        place = self.list.currentRow()
        draft = replace(self.drafts[place], name=self.name.text(), user=self.user.text(), password=self.password.value)
        self._take(place, draft)

    def _take_address(self, typed: str) -> None:
        """A pasted address with a password in it loses it to the fields below, at once and visibly."""
        place = self.list.currentRow()
        draft = self.drafts[place].with_address(typed)
        self._take(place, draft)
        if draft.address != typed.strip():
            self._show_fields(draft)
        self._show_kind(draft)

    def _take(self, place: int, draft: CameraDraft) -> None:
        self.drafts[place] = draft
        self.list.item(place).setText(draft.name or self._texts("cameras.unnamed"))
        self._forget_check()

    def _forget_check(self) -> None:
        self._checks.forget(self.check)
        self.check.clear()

    def _check_camera(self, check_id: str) -> None:
        draft = self.drafts[self.list.currentRow()]
        named = draft if draft.name.strip() else replace(draft, name=self._texts("cameras.unnamed"))
        self._controls.check_camera(check_id, named.settings([d.id for d in self.drafts]), draft.changed_password)
