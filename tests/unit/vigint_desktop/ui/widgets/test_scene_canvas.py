"""What the canvas paints over a picture; drawing on it is tried in the dialog's tests."""

import numpy as np

from vigint_desktop.ui.widgets.scene_canvas import heat_image


def test_heat_is_seen_from_a_fifth_of_the_threshold_and_never_hides_the_picture() -> None:
    image = heat_image(np.array([[0.0, 0.19, 0.21, 1.0, 100.0]], np.float32))
    alphas = [image.pixelColor(place, 0).alpha() for place in range(5)]

    assert alphas[:2] == [0, 0]
    assert 0 < alphas[2] < alphas[3] < alphas[4] < 128
