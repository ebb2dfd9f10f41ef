"""Digital zoom: which part of a picture is on screen. Shares of the picture in, shares and pixels out."""

from dataclasses import dataclass
from typing import Final

MOST: Final = 12.0
STEP: Final = 1.25  # of a key or a notch of the wheel
_SNAP: Final = 0.06  # this near to the picture's own pixels, the zoom goes there: nothing is sharper


@dataclass(frozen=True, slots=True)
class Cut:
    """A rectangle in pixels of a picture, not rounded."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Zoom:
    """How much larger than fitted the picture is, 1 to ``MOST``, and the point in the middle, in shares of it."""

    factor: float = 1.0
    x: float = 0.5
    y: float = 0.5

    @property
    def on(self) -> bool:
        """Whether less than the whole picture is shown."""
        return self.factor > 1.0

    def by(self, steps: float, around_x: float = 0.5, around_y: float = 0.5, native: float = 0.0) -> "Zoom":
        """So many steps in (or out, below 0), with one point staying where it is.

        ``around_x`` and ``around_y`` are shares of what is on screen; ``native`` is the factor at which a pixel of
        the picture is one of the screen, 0 where it is not known.
        """
        factor = min(max(self.factor * STEP**steps, 1.0), MOST)
        if native > 1.0 and abs(factor / native - 1.0) < _SNAP:
            factor = native
        x = self.x + (around_x - 0.5) * (1.0 / self.factor - 1.0 / factor)
        y = self.y + (around_y - 0.5) * (1.0 / self.factor - 1.0 / factor)
        return Zoom(factor, x, y).inside()

    def moved(self, across: float, down: float) -> "Zoom":
        """Looking further right and further down, in shares of what is on screen."""
        return Zoom(self.factor, self.x + across / self.factor, self.y + down / self.factor).inside()

    def inside(self) -> "Zoom":
        """Shifted so that nothing beyond the picture's edge shows; not at all where nothing does."""
        half = 0.5 / self.factor
        return Zoom(self.factor, min(max(self.x, half), 1.0 - half), min(max(self.y, half), 1.0 - half))

    def cut(self, width: int, height: int) -> Cut:
        """What is on screen of a picture of this size."""
        across, down = width / self.factor, height / self.factor
        return Cut(self.x * width - across / 2, self.y * height - down / 2, across, down)
