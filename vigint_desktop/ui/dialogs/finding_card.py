"""A found camera: what it is called, what it sees, which of its streams are taken, and whether it is wanted."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt, Signal
from PySide6.QtGui import QImageReader, QPixmap
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from vigint_core.domain.fault import Code
from vigint_core.domain.sign_in import SignIn
from vigint_core.domain.status import FoundCamera, FoundStream, FoundStreams
from vigint_desktop.ui.dialogs.camera_draft import CameraDraft
from vigint_desktop.ui.dialogs.findings import draft_of, main_and_sub, stream_words
from vigint_desktop.ui.dialogs.form import label
from vigint_desktop.ui.text import Texts
from vigint_desktop.ui.widgets.choices import QuietComboBox
from vigint_desktop.ui.widgets.field_row import FieldRow, Remark, RemarkStyle

_PICTURE: Final = QSize(192, 108)
_LONGEST_WORD: Final = 60


class FindingCard(QFrame):
    """Empty at first; once the camera has told its streams, it can be wanted.

    Signals:
        show_requested: ask the camera for its streams and its picture.
        changed: it is wanted, or no longer.
    """

    show_requested = Signal()
    changed = Signal()

    def __init__(self, found: FoundCamera, name: str, known: str, texts: Texts) -> None:
        super().__init__()
        self.setObjectName("section")
        self.found = found
        self._texts = texts
        self._known = known
        self._streams: Sequence[FoundStream] = ()
        self.asking = False
        self.wanted = QCheckBox()
        self.picture = QLabel()
        self.name = QLineEdit(name)
        self._about = label(" · ".join(filter(None, (found.host, found.hardware))), "quiet")
        self.remark = Remark()
        self.main, self.sub = QuietComboBox(), QuietComboBox()
        self.show_button = QPushButton(texts("discovery.show"))
        self.own_button = QPushButton(texts("discovery.own"))
        self.user, self.password = QLineEdit(), QLineEdit()
        self._stream_fields, self._own_fields = QWidget(), QWidget()
        self._lay_out()
        self._connect()
        self._show_state()

    @property
    def tab_stops(self) -> Sequence[QWidget]:
        """Its fields in the order of reading."""
        chosen = (self.wanted, self.name, self.main, self.sub, self.user, self.password)
        return (*chosen, self.show_button, self.own_button)

    @property
    def is_shown(self) -> bool:
        """Whether the camera has told its streams."""
        return bool(self._streams)

    @property
    def is_wanted(self) -> bool:
        """Whether it is to be added."""
        return self.is_shown and self.wanted.isChecked()

    def sign_in(self, shared: SignIn) -> SignIn:
        """Its own user and password where it was given some, else those for all."""
        if self.own_button.isChecked():
            return SignIn(self.user.text().strip(), self.password.text().strip())
        return shared

    def draft(self, shared: SignIn) -> CameraDraft:
        """The camera to add."""
        place = self.sub.currentIndex() - 1
        sub = self._streams[place] if place >= 0 else None
        name = self.name.text().strip() or self.found.host
        return draft_of(name, self._streams[self.main.currentIndex()], sub, self.sign_in(shared))

    def ask(self) -> None:
        """Its answer is being waited for."""
        self.asking = True
        self._show_state()

    def answer(self, told: FoundStreams) -> None:
        """Show what it said; the streams to take are chosen by their size."""
        self.asking = False
        self._streams = told.streams
        self._fill_streams()
        self._show_picture(told.picture)
        self.wanted.setChecked(self.is_shown and not self._known)
        self._show_state()
        if told.model:
            self._about.setText(f"{self.found.host} · {told.model}")
        self._say_failure(told)
        self.changed.emit()

    def _lay_out(self) -> None:
        self.wanted.setAccessibleName(self._texts("discovery.wanted"))
        self.name.setMaxLength(_LONGEST_WORD)
        self.name.setAccessibleName(self._texts("cameras.name").replace("&", ""))
        self.picture.setFixedSize(_PICTURE)
        self.picture.setObjectName("picture")
        self.picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.own_button.setCheckable(True)
        for button in (self.show_button, self.own_button):
            button.setAutoDefault(False)
        middle = QVBoxLayout()
        middle.setSpacing(6)
        middle.addWidget(self.name)
        middle.addWidget(self._about)
        middle.addWidget(self.remark)
        _pair(self._stream_fields, self._row("main", self.main), self._row("sub", self.sub))
        _pair(self._own_fields, self._row("user", self.user), self._row("password", self.password))
        middle.addWidget(self._stream_fields)
        middle.addWidget(self._own_fields)
        middle.addStretch(1)
        buttons = QVBoxLayout()
        buttons.addWidget(self.show_button)
        buttons.addWidget(self.own_button)
        buttons.addStretch(1)
        box = QHBoxLayout(self)
        box.setContentsMargins(12, 12, 12, 12)
        box.setSpacing(12)
        box.addWidget(self.wanted, 0, Qt.AlignmentFlag.AlignTop)
        box.addWidget(self.picture, 0, Qt.AlignmentFlag.AlignTop)
        box.addLayout(middle, 1)
        box.addLayout(buttons)

    def _row(self, name: str, field: QWidget) -> FieldRow:
        return FieldRow(self._texts(f"discovery.{name}"), field)

    def _connect(self) -> None:
        self.show_button.clicked.connect(self.show_requested)
        self.own_button.toggled.connect(self._own_fields.setVisible)
        self.own_button.toggled.connect(lambda on: self.user.setFocus() if on else None)
        self.password.returnPressed.connect(self.show_requested)
        self.wanted.toggled.connect(self.changed)

    def _show_state(self) -> None:
        self.wanted.setEnabled(self.is_shown)
        self.show_button.setEnabled(not self.asking)
        self._stream_fields.setVisible(self.is_shown)
        self._own_fields.setVisible(self.own_button.isChecked())
        if self.asking:
            self.remark.say(self._texts("discovery.asking"))
        elif self._known:
            self.remark.say(self._texts("discovery.known", name=self._known), "warning")
        else:
            self.remark.say("" if self.is_shown else self._texts("discovery.not_asked"))
        if not self.is_shown:
            self.picture.setText(self._texts("discovery.no_picture_yet"))

    def _say_failure(self, told: FoundStreams) -> None:
        """No stream is a problem; a picture that is missing is not, beside the streams."""
        code = told.code or (None if told.streams else Code.DISCOVERY_NO_STREAM)
        if code is not None:
            style: RemarkStyle = "warning" if told.streams else "problem"
            self.remark.say(f"{self._texts.cause(code)} {self._texts.remedy(code)}", style)

    def _fill_streams(self) -> None:
        words = [stream_words(stream, self._texts) for stream in self._streams]
        self.main.clear()
        self.sub.clear()
        self.main.addItems(words)
        self.sub.addItems([self._texts("discovery.no_sub"), *words])
        if self._streams:
            main, sub = main_and_sub(self._streams)
            self.main.setCurrentIndex(main)
            self.sub.setCurrentIndex(0 if sub is None else sub + 1)

    def _show_picture(self, jpeg: bytes) -> None:
        shown = _scaled(jpeg, _PICTURE, self.devicePixelRatioF())
        if shown is None:
            self.picture.setText(self._texts("discovery.no_picture"))
        else:
            self.picture.setPixmap(shown)


def _scaled(jpeg: bytes, room: QSize, ratio: float) -> QPixmap | None:
    """The picture read at the size it is shown at, so that a large one costs little; None where there is none."""
    if not jpeg:
        return None
    content = QBuffer()
    content.setData(QByteArray(jpeg))
    content.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(content, QByteArray(b"jpeg"))
    size = reader.size()
    if not size.isValid():
        return None
    reader.setScaledSize(size.scaled(room * ratio, Qt.AspectRatioMode.KeepAspectRatio))
    image = reader.read()
    if image.isNull():
        return None
    image.setDevicePixelRatio(ratio)
    return QPixmap.fromImage(image)


def _pair(parent: QWidget, *rows: FieldRow) -> None:
    box = QHBoxLayout(parent)
    box.setContentsMargins(0, 0, 0, 0)
    box.setSpacing(12)
    for row in rows:
        box.addWidget(row, 1)
