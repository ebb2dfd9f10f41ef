"""Whether zones that were drawn on a picture still lie where they were drawn."""

from typing import Final

_TOLERANCE: Final = 0.03
"""Of the aspect ratio: main and sub stream of one camera differ by rounding, 16:9 and 3:2 by a fifth."""


def fits(drawn_on: tuple[int, int], seen: tuple[int, int]) -> bool:
    """Whether two sizes (width, height) have the same shape: zones are in proportion, so only the shape matters."""
    width, height = seen
    drawn_width, drawn_height = drawn_on
    if min(width, height, drawn_width, drawn_height) <= 0:
        return True
    return abs(width * drawn_height / (height * drawn_width) - 1) <= _TOLERANCE
