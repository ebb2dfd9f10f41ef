"""A snapshot is seen, copied, and saved elsewhere byte for byte."""

from pathlib import Path

import pytest
from PySide6.QtCore import QBuffer, QIODevice, QSize
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from tests.fakes.moments import NOON_S, snapshot
from vigint_desktop.ui.dialogs.snapshot import SnapshotDialog, write_file
from vigint_desktop.ui.text import Texts
from vigint_desktop.ui.theme.style import Theme


def png(width: int = 64, height: int = 36) -> bytes:
    image = QImage(QSize(width, height), QImage.Format.Format_RGB32)
    image.fill(QColor("#336699"))
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return bytes(buffer.data().data())


@pytest.fixture
def dialog(qtbot: QtBot, words: Texts, theme: Theme) -> SnapshotDialog:
    made = SnapshotDialog("Door", snapshot(NOON_S), png(), words, theme, None)
    qtbot.addWidget(made)
    made.show()
    return made


def said(dialog: SnapshotDialog) -> str:
    return " ".join(label.text() for label in dialog.findChildren(QLabel))


def test_it_shows_the_picture_and_its_size(dialog: SnapshotDialog) -> None:
    assert "1920 × 1080" in said(dialog)
    assert dialog.windowTitle().startswith("Door · ")
    image = dialog.grab().toImage()
    assert image.pixelColor(image.width() // 2, image.height() // 3) == QColor("#336699")


def test_it_copies_the_whole_picture(dialog: SnapshotDialog) -> None:
    dialog.copy()

    assert QGuiApplication.clipboard().image().size() == QSize(64, 36)
    assert "Copied." in said(dialog)


def test_it_is_saved_as_it_is(dialog: SnapshotDialog, tmp_path: Path) -> None:
    chooser = dialog.ask_where()
    chooser.fileSelected.emit(str(tmp_path / "mine.png"))
    chooser.reject()

    assert (tmp_path / "mine.png").read_bytes() == png()
    assert "Saved as" in said(dialog)


def test_a_place_that_can_not_be_written_is_said(dialog: SnapshotDialog, tmp_path: Path) -> None:
    dialog.save_as(str(tmp_path / "nowhere" / "mine.png"))

    assert "could not be written" in said(dialog)
    assert not write_file(str(tmp_path), b"x")
