"""Every severity and every health has a shape of its own, so that nothing rests on colour alone."""

from itertools import combinations

import pytest
from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QImage, QPainter, QPixmap
from PySide6.QtWidgets import QApplication

from vigint_core.domain.status import Health
from vigint_core.domain.verdict import Severity
from vigint_desktop.ui.theme.signs import SignStore, paint_health, paint_note, paint_severity, severity_path
from vigint_desktop.ui.theme.style import Theme

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


def test_a_kept_sign_is_the_same_until_it_has_to_look_otherwise(qapp: QApplication) -> None:
    theme = Theme()
    store = SignStore(theme)

    def sign(*, filled: bool = True, muted: bool = False, ratio: float = 1.0) -> QPixmap:
        return store.severity(Severity.HIGH, 16, ratio, filled=filled, muted=muted)

    first = sign()
    assert sign().cacheKey() == first.cacheKey()
    looks = [first, sign(filled=False), sign(muted=True), sign(ratio=2.0)]
    theme.name = "light"
    looks.append(sign())

    assert first.size() == QSize(18, 18)
    for one, other in combinations(looks, 2):
        assert one.toImage() != other.toImage()


def test_a_note_looks_like_no_health(qapp: QApplication) -> None:
    note = drawn(paint_note, _BOX, "#ffffff")

    assert note.pixelColor(16, 18).alpha() == 255
    assert all(drawn(paint_health, health, _BOX, "#ffffff") != note for health in Health)
