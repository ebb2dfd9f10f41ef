"""A key wishes for one thing, with exactly its modifiers."""

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent

from vigint_desktop.ui.rows.tile import TileWish
from vigint_desktop.ui.widgets.wish_keys import KEY_NAMES, wish_of

PLAIN, SHIFT, CTRL = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
)


@pytest.mark.parametrize(
    ("key", "modifiers", "wish"),
    [
        (Qt.Key.Key_S, PLAIN, TileWish.SNAPSHOT),
        (Qt.Key.Key_S, CTRL, None),
        (Qt.Key.Key_C, CTRL, TileWish.COPY),
        (Qt.Key.Key_C, PLAIN, None),
        (Qt.Key.Key_E, PLAIN, TileWish.CLIP_30),
        (Qt.Key.Key_E, SHIFT, TileWish.CLIP_60),
        (Qt.Key.Key_Z, PLAIN, TileWish.ZONES),
        (Qt.Key.Key_X, PLAIN, None),
    ],
)
def test_a_key_wishes_for_what_the_menu_says(
    key: Qt.Key, modifiers: Qt.KeyboardModifier, wish: TileWish | None
) -> None:
    assert wish_of(QKeyEvent(QEvent.Type.KeyPress, key, modifiers)) is wish


def test_every_wish_by_key_has_a_name_for_the_menu() -> None:
    assert set(KEY_NAMES) == set(TileWish) - {TileWish.CONFIRM_VIEW}
