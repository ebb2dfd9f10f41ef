"""What is wrong with a zone is said where it is named, and what it is for gives way to that."""

import pytest
from pytestqt.qtbot import QtBot

from vigint_core.domain.zone import Point, Scene, Zone, ZoneKind, ZoneUse
from vigint_desktop.ui.dialogs.shape_fields import ShapeFields
from vigint_desktop.ui.rows.drawing import Drawing
from vigint_desktop.ui.text import Texts

SOUND = Zone("z1", "Wine", ZoneUse.WATCH, ((0.1, 0.1), (0.5, 0.1), (0.5, 0.6)), ZoneKind.HIGH_VALUE)
CROSSED: tuple[Point, ...] = ((0.2, 0.2), (0.8, 0.8), (0.8, 0.2), (0.2, 0.8))
BROKEN = Zone("z2", "Shelf " * 10, ZoneUse.PRIVACY, CROSSED)


@pytest.fixture
def fields(qtbot: QtBot, words: Texts) -> ShapeFields:
    made = ShapeFields(Drawing(Scene((SOUND, BROKEN))), words)
    qtbot.addWidget(made)
    return made


def choose(fields: ShapeFields, shape: str) -> None:
    fields._drawing.select(shape)
    fields.show_selected()


def test_a_trouble_is_said_on_the_spot(fields: ShapeFields, words: Texts) -> None:
    choose(fields, "z2")
    assert fields.trouble.text() == words("zone.trouble.crosses_itself")
    assert (fields.trouble.isHidden(), fields.about.isHidden()) == (False, True)

    choose(fields, "z1")
    assert (fields.trouble.isHidden(), fields.about.isHidden()) == (True, False)


def test_of_a_long_name_one_sees_the_beginning(fields: ShapeFields) -> None:
    choose(fields, "z2")
    assert fields.name.cursorPosition() == 0


def test_nothing_is_shown_where_nothing_is_selected(fields: ShapeFields) -> None:
    choose(fields, "z1")
    choose(fields, "")
    assert fields.isHidden()
