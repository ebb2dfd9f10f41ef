"""The keys that wish for something of a camera: the same on its tile and where no tile has the keyboard."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from vigint_desktop.ui.rows.tile import TileWish

_WISHES: Final = {
    (Qt.Key.Key_S, Qt.KeyboardModifier.NoModifier): TileWish.SNAPSHOT,
    (Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier): TileWish.COPY,
    (Qt.Key.Key_E, Qt.KeyboardModifier.NoModifier): TileWish.CLIP_30,
    (Qt.Key.Key_E, Qt.KeyboardModifier.ShiftModifier): TileWish.CLIP_60,
    (Qt.Key.Key_Z, Qt.KeyboardModifier.NoModifier): TileWish.ZONES,
}
KEY_NAMES: Final = {
    TileWish.SNAPSHOT: "S",
    TileWish.COPY: "Ctrl+C",
    TileWish.CLIP_30: "E",
    TileWish.CLIP_60: "Shift+E",
    TileWish.ZONES: "Z",
}


def wish_of(event: QKeyEvent) -> TileWish | None:
    """What a key wishes for, or None."""
    return _WISHES.get((Qt.Key(event.key()), event.modifiers()))
