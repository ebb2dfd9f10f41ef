import pytest

from vigint_core.policy.shapes import fits


@pytest.mark.parametrize(
    ("drawn_on", "seen", "expected"),
    [
        ((1920, 1080), (640, 360), True),
        ((1920, 1080), (320, 180), True),
        ((704, 576), (320, 262), True),
        ((1920, 1080), (640, 480), False),
        ((1920, 1080), (1080, 1920), False),
        ((1920, 1080), (0, 0), True),
    ],
)
def test_only_the_shape_matters(drawn_on: tuple[int, int], seen: tuple[int, int], expected: bool) -> None:
    assert fits(drawn_on, seen) is expected
