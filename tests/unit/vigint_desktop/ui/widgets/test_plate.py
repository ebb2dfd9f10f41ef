"""A plate is painted once for each thing it shows, at the screen's own density."""

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QApplication

from vigint_desktop.ui.widgets.plate import Plate


def test_it_is_painted_again_only_for_another_key_size_or_screen(qapp: QApplication) -> None:
    plate, painted = Plate(), []

    def paint(painter: QPainter) -> None:
        painted.append(True)
        painter.fillRect(QRect(0, 0, 4, 4), QColor("red"))

    for key, size, ratio in (
        ("a", QSize(8, 8), 1.0),
        ("a", QSize(8, 8), 1.0),
        ("b", QSize(8, 8), 1.0),
        ("b", QSize(9, 8), 1.0),
        ("b", QSize(9, 8), 2.0),
        ("b", QSize(9, 8), 2.0),
    ):
        made = plate.pixmap(key, size, ratio, paint)

    assert len(painted) == 4
    assert made.size() == QSize(18, 16)
    image = made.toImage()
    assert image.pixelColor(7, 7) == QColor("red")
    assert image.pixelColor(9, 9).alpha() == 0


def test_nothing_is_painted_on_nothing(qapp: QApplication) -> None:
    assert Plate().pixmap("a", QSize(0, 8), 1.0, lambda _: None).isNull()
