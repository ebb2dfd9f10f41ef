"""Every icon can be drawn, in the colour that was asked for."""

from importlib import resources

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication

from vigint_desktop.ui.theme.icons import icon

_NAMES = sorted(f.name.removesuffix(".svg") for f in resources.files("resources").joinpath("icons").iterdir())


@pytest.mark.parametrize("name", [name for name in _NAMES if not name.startswith("_")])
def test_an_icon_is_drawn_in_its_colour(name: str, qapp: QApplication) -> None:
    image = icon(name, "#ff0000").pixmap(QSize(48, 48)).toImage()
    found = {
        image.pixelColor(x, y).name() for x in range(48) for y in range(48) if image.pixelColor(x, y).alpha() == 255
    }

    assert found
    assert name == "vigint" or found == {"#ff0000"}


def test_an_icon_nobody_drew_is_an_error(qapp: QApplication) -> None:
    with pytest.raises(FileNotFoundError):
        icon("no_such_icon", "#ffffff")
