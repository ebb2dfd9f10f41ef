"""Where a window was and what it showed, as text; and back there, unless that screen is gone."""

import json
from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QByteArray
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

_VERSION: Final = 2


def state_of(parts: Mapping[str, object]) -> bytes:
    """What a window remembers, as a file."""
    return json.dumps({"version": _VERSION, **parts}).encode()


def parts_of(state: bytes) -> dict[str, object]:
    """What ``state_of`` was given; nothing when the file is of another version or can't be understood."""
    try:
        parts = json.loads(state)
    except ValueError:
        return {}
    return parts if isinstance(parts, dict) and parts.get("version") == _VERSION else {}


def part_of(parts: Mapping[str, object], name: str) -> dict[str, object]:
    """One of the parts that has parts itself; empty where there is none."""
    told = parts.get(name)
    return told if isinstance(told, dict) else {}


def place_of(window: QWidget) -> str:
    """Place, size, screen and full screen of a window."""
    return window.saveGeometry().toBase64().toStdString()


def put_back(window: QWidget, place: str) -> None:
    """To where ``place_of`` said; what makes no sense is passed over, a lost screen swallows nothing."""
    window.restoreGeometry(QByteArray.fromBase64(QByteArray(place.encode())))
    keep_on_screen(window)


def keep_on_screen(window: QWidget) -> None:
    """A second screen that is gone does not swallow a window."""
    frame = window.frameGeometry()
    if not any(screen.availableGeometry().intersects(frame) for screen in QGuiApplication.screens()):
        window.move(QGuiApplication.primaryScreen().availableGeometry().topLeft())
