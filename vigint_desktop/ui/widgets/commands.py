"""A window's commands, each once: menus, rail, context menus, the key sheet and the keys share them."""

from collections.abc import Callable

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from vigint_desktop.ui.rows.words import Words


def command(window: QWidget, text: str, keys: str, does: Callable[[], object]) -> QAction:
    """An action of a window, with its keys in the tool tip."""
    action = QAction(text, window)
    action.setShortcut(QKeySequence(keys))
    action.setToolTip(f"{plain(action)} ({key_name(action)})" if keys else plain(action))
    action.triggered.connect(lambda _checked: does())
    window.addAction(action)
    return action


def commands(window: QWidget, words: Words, table: dict[str, tuple[str, Callable[[], object]]]) -> dict[str, QAction]:
    """Actions by name, from keys and what they do; their words are ``action.<name>``."""
    return {name: command(window, words(f"action.{name}"), keys, does) for name, (keys, does) in table.items()}


def key_name(action: QAction) -> str:
    """The keys as people read them."""
    return action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)


def plain(action: QAction) -> str:
    """The words without the sign of a mnemonic."""
    return action.text().replace("&", "")
