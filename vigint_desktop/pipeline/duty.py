"""What the plan asks for now, for one camera."""

from collections.abc import Callable
from typing import Final

from vigint_core.domain.schedule import Plan
from vigint_core.policy.schedule import Stance, stance

_ASK_EVERY_S: Final = 1.0


class Duty:
    """Asks the plan once a second, by the clock on the wall as it is now: one that is set moves the hours with it.

    ``describe`` is callable from any thread; ``stance`` is for one.
    """

    def __init__(self, plan: Plan, wall_s: Callable[[], float]) -> None:
        """``wall_s``: Unix time of the system's own clock."""
        self._plan = plan
        self._wall_s = wall_s
        self._asked_mono_s = float("-inf")
        self._stance = stance(plan, wall_s())

    def describe(self, plan: Plan) -> None:
        """Another plan, from the next look on."""
        if plan != self._plan:
            self._plan = plan
            self._asked_mono_s = float("-inf")

    def stance(self, now_mono_s: float) -> Stance:
        """What happens with the camera's pictures at a look."""
        if not 0 <= now_mono_s - self._asked_mono_s < _ASK_EVERY_S:
            self._asked_mono_s = now_mono_s
            self._stance = stance(self._plan, self._wall_s())
        return self._stance
