"""The part of a camera's form that most cameras do not need: small stream, recording, hours, sleep, notes."""

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from vigint_core.domain.camera import Recording, SourceKind, Transport
from vigint_desktop.settings import LONGEST_NOTES
from vigint_desktop.ui.dialogs.camera_draft import ON_THE_NETWORK, USUAL_HOURS, CameraDraft
from vigint_desktop.ui.text import Texts
from vigint_desktop.ui.widgets.choices import Choice, MinuteField
from vigint_desktop.ui.widgets.field_row import FieldRow
from vigint_desktop.ui.widgets.notes_field import NotesField

_LONGEST_ADDRESS = 2000


class CameraOptions(QWidget):
    """Shows a draft's options and puts them into one.

    Signals:
        edited: the user changed one of them.
    """

    edited = Signal()

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self._texts = texts
        self.sub_address = QLineEdit()
        self.sub_address.setMaxLength(_LONGEST_ADDRESS)
        self.transport = Choice({one: texts(f"cameras.transport.{one}") for one in Transport})
        self.recording = Choice({one: texts(f"cameras.recording.{one}") for one in Recording})
        self.at_hours = QCheckBox(texts("cameras.at_hours"))
        self.start, self.end = MinuteField(texts("cameras.from_hour")), MinuteField(texts("cameras.to_hour"))
        self.sleeps = QCheckBox(texts("cameras.sleeps"))
        self.sub_row = FieldRow(texts("cameras.sub_address"), self.sub_address)
        self.transport_row = FieldRow(texts("cameras.transport_label"), self.transport)
        self._between = QLabel(texts("cameras.until"))
        self.hours_row = FieldRow(texts("cameras.hours_label"), self._hours_line())
        self.notes = NotesField(texts, LONGEST_NOTES)
        self.notes_row = FieldRow(texts("cameras.notes"), self.notes)
        self._lay_out()
        self._connect()

    def show_draft(self, draft: CameraDraft) -> None:
        """Show what a draft says."""
        self.sub_address.setText(draft.sub_address)
        self.transport.show_value(draft.transport)
        self.recording.show_value(draft.recording)
        self.at_hours.setChecked(draft.hours is not None)
        start_min, end_min = draft.hours or USUAL_HOURS
        self.start.show_minute(start_min)
        self.end.show_minute(end_min)
        self.sleeps.setChecked(draft.sleeps)
        self.notes.show_text(draft.notes)
        self.show_needed(draft)

    def show_needed(self, draft: CameraDraft) -> None:
        """Only what makes sense for such a camera stays in sight."""
        self.sub_row.setVisible(draft.kind in ON_THE_NETWORK or not draft.address)
        self.transport_row.setVisible(draft.kind is SourceKind.RTSP)
        for widget in (self.start, self._between, self.end):
            widget.setVisible(draft.hours is not None)

    def taken(self, draft: CameraDraft) -> CameraDraft:
        """The draft with what the fields say; a sign-in in the address moves to its own fields."""
        hours = (self.start.minute, self.end.minute) if self.at_hours.isChecked() else None
        return replace(
            draft.with_sub_address(self.sub_address.text()),
            transport=self.transport.value,
            recording=self.recording.value,
            hours=hours,
            sleeps=self.sleeps.isChecked(),
            notes=self.notes.text,
        )

    def summary(self, draft: CameraDraft) -> str:
        """What differs from the usual, in a line."""
        said = [
            self._texts("cameras.summary.sub") if draft.has_sub else "",
            draft.transport.upper() if draft.kind is SourceKind.RTSP and draft.transport is Transport.UDP else "",
            self._texts(f"cameras.recording.{draft.recording}") if draft.recording is not Recording.OFF else "",
            f"{_clock(draft.hours[0])}–{_clock(draft.hours[1])}" if draft.hours else "",
            self._texts("cameras.summary.sleeps") if draft.sleeps else "",
            self._texts("cameras.summary.notes") if draft.notes else "",
        ]
        return " · ".join(filter(None, said))

    def _hours_line(self) -> QWidget:
        line = QWidget()
        box = QHBoxLayout(line)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        for widget in (self.at_hours, self.start, self._between, self.end):
            box.addWidget(widget)
        box.addStretch(1)
        return line

    def _lay_out(self) -> None:
        self.sub_address.setPlaceholderText(self._texts("cameras.sub_example"))
        self.sub_row.remark.say(self._texts("cameras.sub_note"))
        self.sleeps.setToolTip(self._texts("cameras.sleeps_note"))
        short = QHBoxLayout()
        short.setSpacing(12)
        short.addWidget(self.transport_row, 1)
        short.addWidget(FieldRow(self._texts("cameras.recording_label"), self.recording), 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(10)
        box.addWidget(self.sub_row)
        box.addLayout(short)
        box.addWidget(self.hours_row)
        box.addWidget(self.sleeps)
        box.addWidget(self.notes_row)

    def _connect(self) -> None:
        self.sub_address.textEdited.connect(self.edited)
        self.sub_address.editingFinished.connect(self.edited)
        for choice in (self.transport, self.recording):
            choice.chosen.connect(self.edited)
        for box in (self.at_hours, self.sleeps):
            box.clicked.connect(self.edited)
        for time in (self.start, self.end):
            time.edited.connect(self.edited)
        self.notes.edited.connect(self.edited)


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
