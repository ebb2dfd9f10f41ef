"""A row of a form leads to its field and keeps its remark beside it."""

from PySide6.QtWidgets import QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from vigint_desktop.ui.text import Texts
from vigint_desktop.ui.widgets.field_row import FieldRow, Remark
from vigint_desktop.ui.widgets.fields import SecretField


def test_the_label_leads_to_the_field_and_names_it(qtbot: QtBot) -> None:
    field = QLineEdit()
    row = FieldRow("&Name", field)
    qtbot.addWidget(row)

    assert row.findChild(QLabel).buddy() is field
    assert field.accessibleName() == "Name"


def test_the_label_leads_into_a_field_that_is_made_of_several(qtbot: QtBot, words: Texts) -> None:
    field = SecretField(words, stored=True)
    row = FieldRow("&Password", field)
    qtbot.addWidget(row)

    assert row.findChild(QLabel).buddy() is field.line, "what holds the line takes no key"
    assert field.line.accessibleName() == "Password"


def test_a_remark_takes_room_only_while_there_is_one(qtbot: QtBot) -> None:
    remark = Remark()
    qtbot.addWidget(remark)

    remark.say("This address is not complete.", "problem")
    assert (remark.isHidden(), remark.objectName()) == (False, "problem")
    remark.say("An RTSP camera.")
    assert (remark.text(), remark.objectName()) == ("An RTSP camera.", "quiet")
    remark.say("")
    assert remark.isHidden()
