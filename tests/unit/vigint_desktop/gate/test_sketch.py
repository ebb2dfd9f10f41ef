"""Comparing two looks: light is explained away, movement is not."""

import cv2
import numpy as np
import pytest

from tests.fakes.scenes import Grey, Scene
from vigint_desktop.gate.sketch import difference, shifted_onto, sketch


def shop() -> Grey:
    return Scene(noise=0).at(0)


def test_the_same_picture_differs_by_nothing() -> None:
    look = sketch(shop(), 0)
    assert float(difference(look, look).max()) < 0.5


@pytest.mark.parametrize(("gain", "offset"), [(0.6, 0), (1.1, 0), (1, 20), (0.8, -10)])
def test_gain_and_offset_are_explained(gain: float, offset: float) -> None:
    picture = shop()
    lit = np.clip(picture.astype(np.float32) * gain + offset, 0, 255).astype(np.uint8)
    change = difference(sketch(lit, 1), sketch(picture, 0))
    assert float(change.max()) < 0.05 * float(sketch(picture, 0).power.max())


def test_a_new_object_changes_its_own_cells_only() -> None:
    picture = shop()
    more = picture.copy()
    cv2.rectangle(more, (200, 120), (215, 150), 20, -1)
    change = difference(sketch(more, 1), sketch(picture, 0))
    rows, columns = np.nonzero(change > 20)
    assert len(rows) > 0
    assert set(columns) <= set(range(200 // 8 - 3, 215 // 8 + 4))
    assert set(rows) <= set(range(120 // 8 - 3, 150 // 8 + 4))


def test_a_shift_of_the_whole_picture_is_found_and_undone() -> None:
    before, after = sketch(Scene(noise=0).at(0), 0), sketch(Scene(noise=0, shake=lambda _: (4.0, 2.0)).at(0), 1)
    moved = shifted_onto(after, before)
    assert moved is not None
    assert moved.at_s == before.at_s
    inner = (slice(2, -2), slice(2, -2))
    assert float(difference(after, moved)[inner].mean()) < 0.2 * float(difference(after, before)[inner].mean())


def test_no_shift_is_made_up() -> None:
    look = sketch(shop(), 0)
    other = sketch(np.random.default_rng(1).integers(0, 255, (180, 320), dtype=np.uint8), 1)
    assert shifted_onto(look, look) is None
    assert shifted_onto(other, look) is None
