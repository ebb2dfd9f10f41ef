"""One camera's fields. What is wrong or may be a slip stands beside the field it is about."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from vigint_desktop.ui.dialogs.camera_draft import MISSING, CameraDraft, Field, Remarks
from vigint_desktop.ui.dialogs.camera_options import CameraOptions
from vigint_desktop.ui.text import Texts
from vigint_desktop.ui.theme.style import Theme
from vigint_desktop.ui.widgets.choices import QuietComboBox
from vigint_desktop.ui.widgets.field_row import FieldRow
from vigint_desktop.ui.widgets.fields import CheckLine, SecretField
from vigint_desktop.ui.widgets.fold import Fold

_LONGEST_WORD = 200  # as in a file of cameras (camera_list.py); a tile shows what fits
_LONGEST_ADDRESS = 2000
_VIDEOS = "*.mp4 *.mkv *.mov *.avi *.ts *.m4v *.webm *.h264 *.h265"


class CameraForm(QWidget):
    """Shows a draft and changes it.

    Signals:
        edited: the user changed something; ``draft`` is the new one.
        zones_requested: the user wants to see the zones and the gate of what is shown.
    """

    edited = Signal()
    zones_requested = Signal()

    def __init__(
        self, texts: Texts, theme: Theme, start_check: Callable[[], None], stop_check: Callable[[], None]
    ) -> None:
        super().__init__()
        self._texts = texts
        self.draft = CameraDraft()
        self._doubts: Remarks = {}
        self._insists = False
        self.name, self.address, self.user, self.group_line = QLineEdit(), QLineEdit(), QLineEdit(), QLineEdit()
        self.group = QuietComboBox()
        self.password = SecretField(texts, stored=False)
        self.file_button = QPushButton(texts("cameras.file"))
        self.file_button.setAutoDefault(False)
        self.options = CameraOptions(texts)
        self.more = Fold(texts("cameras.more"), self.options)
        self.check = CheckLine(texts, theme, start_check, stop_check)
        self.zones = QPushButton(texts("cameras.zones"))
        self.zones.setAutoDefault(False)
        self._rows: dict[Field, FieldRow] = {
            "name": FieldRow(texts("cameras.name"), self.name),
            "group": FieldRow(texts("cameras.group"), self.group),
            "address": FieldRow(texts("cameras.address"), self.address, self.file_button),
            "password": FieldRow(texts("cameras.password"), self.password),
            "sub_address": self.options.sub_row,
            "hours": self.options.hours_row,
            "notes": self.options.notes_row,
        }
        self._fields: dict[Field, QWidget] = {
            "name": self.name,
            "group": self.group_line,
            "address": self.address,
            "password": self.password,
            "sub_address": self.options.sub_address,
            "hours": self.options.start,
            "notes": self.options.notes.edit,
        }
        self._lay_out()
        self._connect()

    def show_draft(self, draft: CameraDraft, groups: Sequence[str]) -> None:
        """Show another camera; ``groups`` are those there are to choose from."""
        self._insists = False
        self.more.button.setChecked(False)
        with QSignalBlocker(self.group):  # filling the box chooses in it
            self.group.clear()
            self.group.addItems(list(groups))
        self._show_fields(draft)

    def show_doubts(self, doubts: Remarks) -> None:
        """What may be a slip in what is shown."""
        self._doubts = doubts
        self._say_remarks()

    def insist(self) -> None:
        """Somebody wants to go on: say all that is missing, and lead to the first of it."""
        self._insists = True
        self._say_remarks()
        first = next(iter(self.draft.problems), None)
        if first is None:
            return
        if first in ("sub_address", "hours", "notes"):
            self.more.unfold()
        self._fields[first].setFocus(Qt.FocusReason.OtherFocusReason)

    def remark_of(self, field: Field) -> str:
        """What is said beside a field."""
        remark = self._rows[field].remark
        return "" if remark.isHidden() else remark.text()

    def _lay_out(self) -> None:
        for line in (self.name, self.user, self.group_line):
            line.setMaxLength(_LONGEST_WORD)
        self.address.setMaxLength(_LONGEST_ADDRESS)
        self.address.setPlaceholderText(self._texts("cameras.address_example"))
        self.file_button.setToolTip(self._texts("cameras.file_tip"))
        self.group.setLineEdit(self.group_line)
        self.group.setCompleter(None)  # type: ignore[arg-type] # else a group "Till" could not be typed beside "Tills"
        self.group.setInsertPolicy(QuietComboBox.InsertPolicy.NoInsert)
        self.group_line.setPlaceholderText(self._texts("cameras.no_group"))
        names = QHBoxLayout()
        names.setSpacing(12)
        names.addWidget(self._rows["name"], 3, Qt.AlignmentFlag.AlignTop)
        names.addWidget(self._rows["group"], 2, Qt.AlignmentFlag.AlignTop)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 12, 0)
        box.setSpacing(10)
        box.addLayout(names)
        box.addWidget(self._rows["address"])
        box.addWidget(FieldRow(self._texts("cameras.user"), self.user))
        box.addWidget(self._rows["password"])
        box.addWidget(self.check)
        box.addWidget(self.zones, 0, Qt.AlignmentFlag.AlignLeft)
        box.addWidget(self.more)
        box.addStretch(1)

    def _connect(self) -> None:
        for line in (self.name, self.address, self.user, self.password.line):
            line.textEdited.connect(self._take)
            line.editingFinished.connect(self._say_remarks)
        self.group_line.editingFinished.connect(self._say_remarks)
        self.group.editTextChanged.connect(self._take)
        self.password.remove_button.clicked.connect(self._take)
        self.options.edited.connect(self._take)
        self.more.button.toggled.connect(self._say_remarks)
        self.file_button.clicked.connect(self._choose_file)
        self.zones.clicked.connect(self.zones_requested)

    def _show_fields(self, draft: CameraDraft) -> None:
        self.draft = draft
        self.zones.setEnabled(bool(draft.id))
        self.zones.setToolTip("" if draft.id else self._texts("cameras.zones_later"))
        self.name.setText(draft.name)
        with QSignalBlocker(self.group):
            self.group.setCurrentIndex(self.group.findText(draft.group))
            self.group.setEditText(draft.group)
        self.address.setText(draft.address)
        self.user.setText(draft.user)
        self.password.set_stored(stored=draft.has_password)
        if draft.has_password and draft.password == "":
            self.password.remove()
        self.password.line.setText(draft.password or "")
        self.options.show_draft(draft)
        self._say_remarks()

    def _take(self) -> None:
        """Take the fields in. A pasted address with a password in it loses it to the fields, at once and visibly."""
        typed = replace(
            self.draft,
            name=self.name.text(),
            group=self.group.currentText(),
            user=self.user.text(),
            password=self.password.value,
        )
        draft = self.options.taken(typed.with_address(self.address.text()))
        if draft == self.draft:
            return
        moved = (draft.user, draft.password) != (typed.user, typed.password)
        self.draft = draft
        if moved:
            self._show_fields(draft)
        self.options.show_needed(draft)
        self._say_remarks()
        self.edited.emit()

    def _say_remarks(self) -> None:
        ripe = {field: key for field, key in self.draft.problems.items() if self._is_ripe(field, key)}
        problems = {field: key for field, key in ripe.items() if field != "notes"}  # which count for themselves
        for field, row in self._rows.items():
            doubt = self._doubts.get(field, "")
            if field in problems:
                row.remark.say(self._texts(problems[field]), "problem")
            elif doubt:
                row.remark.say(self._texts(doubt), "warning")
            else:
                row.remark.say(self._quiet_word(field))
        self.more.summarise(self.options.summary(self.draft))

    def _is_ripe(self, field: Field, key: str) -> bool:
        """Nobody is told that something is wrong while typing it, nor that a field is empty before it matters."""
        return self._insists or (key not in MISSING and not self._fields[field].hasFocus()) or field == "hours"

    def _quiet_word(self, field: Field) -> str:
        match field:
            case "address":
                return self._texts(f"cameras.kind.{self.draft.kind}") if self.draft.address else ""
            case "sub_address":
                return self._texts("cameras.sub_note")
            case "notes":
                return self._texts("cameras.notes_help")
            case "hours" if self.draft.hours and self.draft.hours[0] > self.draft.hours[1]:
                return self._texts("cameras.over_midnight")
            case _:
                return ""

    def _choose_file(self) -> None:
        dialog = QFileDialog(self, self._texts("cameras.file_title"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters(
            [f"{self._texts('cameras.videos')} ({_VIDEOS})", f"{self._texts('cameras.all_files')} (*)"]
        )
        dialog.fileSelected.connect(self._take_file)
        dialog.open()

    def _take_file(self, file: str) -> None:
        self.address.setText(file)
        self._take()
