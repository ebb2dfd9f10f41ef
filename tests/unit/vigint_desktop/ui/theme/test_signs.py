"""Every severity and every health has a shape of its own, so that nothing rests on colour alone."""

from itertools import combinations

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication

from vigint_core.domain.status import Health
from vigint_core.domain.verdict import Severity
from vigint_desktop.ui.theme.signs import paint_health, paint_severity, severity_path

_BOX = QRectF(0, 0, 32, 32)


def drawn(paint: object, *args: object, **options: object) -> QImage:
    image = QImage(32, 32, QImage.Format.Format_ARGB32)
    image.fill(0)
    painter = QPainter(image)
    paint(painter, *args, **options)  # type: ignore[operator]
    painter.end()
    return image


def test_severities_differ_in_shape_with_the_same_colour(qapp: QApplication) -> None:
    signs = {severity: drawn(paint_severity, severity, _BOX, "#ffffff") for severity in Severity}

    for one, other in combinations(signs.values(), 2):
        assert one != other


def test_healths_differ_in_shape_with_the_same_colour(qapp: QApplication) -> None:
    signs = {health: drawn(paint_health, health, _BOX, "#ffffff") for health in Health}

    for one, other in combinations(signs.values(), 2):
        assert one != other


def test_what_is_not_confirmed_is_hollow(qapp: QApplication) -> None:
    filled = drawn(paint_severity, Severity.HIGH, _BOX, "#ffffff")
    hollow = drawn(paint_severity, Severity.HIGH, _BOX, "#ffffff", filled=False)

    assert filled.pixelColor(16, 16).alpha() == 255
    assert hollow.pixelColor(16, 16).alpha() == 0


@pytest.mark.parametrize(("severity", "corners"), [(Severity.MEDIUM, 3), (Severity.HIGH, 4), (Severity.CRITICAL, 8)])
def test_graver_severities_have_more_corners(severity: Severity, corners: int) -> None:
    polygon = severity_path(severity, _BOX).toFillPolygon()

    assert len({(round(p.x(), 3), round(p.y(), 3)) for p in polygon}) == corners
