"""Movement by watch zone: for the rules, for the plan's choice of zones, and for what a window is told to be about."""

from collections import deque
from collections.abc import Mapping
from typing import Final

from vigint_core.domain.schedule import Plan
from vigint_core.domain.window import Span, TouchedZone
from vigint_core.domain.zone import Scene, ZoneKind, ZoneUse
from vigint_desktop.gate.attention import ZoneScores
from vigint_desktop.pipeline.gate_look import GateLook

_MOVES: Final = 0.8
"""Heat from which on a zone is touched: the score at which an open gate stays open."""
_LINGER_S: Final = 5.0
"""Who was seen in a zone that the AI may see goes on being its business for so long."""
_REMEMBERED: Final = 256
"""Looks with a touched zone: 50 s of them, longer than any window."""


class ZoneWatch:
    """The zones of one camera. Used by the camera's own thread."""

    def __init__(self, scene: Scene, plan: Plan) -> None:
        self._zones = {zone.id: zone for zone in scene.of(ZoneUse.WATCH)}
        self._scores = ZoneScores(scene)
        self._kinds = plan.ai_kinds
        self._wanted_s = float("-inf")
        self._valuable_s = float("-inf")
        self._touched: deque[tuple[float, frozenset[str]]] = deque(maxlen=_REMEMBERED)

    def look(self, state: GateLook, at_s: float) -> tuple[Mapping[str, float], bool]:
        """Movement by zone (``""`` the whole picture, where there is none), and whether the AI may see it."""
        scores = self._scores.of(state.heat) if state.open else dict.fromkeys(self._zones or ("",), 0.0)
        touched = frozenset(zone for zone, score in scores.items() if zone and score >= _MOVES)
        if touched:
            self._touched.append((at_s, touched))
        unknown = state.open and state.heat is None  # nobody knows where: better seen than missed
        kinds = {self._zones[zone].kind for zone in touched}
        if not self._kinds or unknown or kinds & self._kinds:
            self._wanted_s = at_s
        if unknown or ZoneKind.HIGH_VALUE in kinds:
            self._valuable_s = at_s
        return scores, at_s - self._wanted_s <= _LINGER_S

    def is_high_value(self, at_s: float) -> bool:
        """Whether something moved in a high-value zone, or a moment ago."""
        return at_s - self._valuable_s <= _LINGER_S

    def touched(self, span: Span) -> tuple[TouchedZone, ...]:
        """The watch zones in which something moved over a span of monotonic time, as drawn."""
        seen = {zone for at_s, zones in self._touched if span.start_s <= at_s <= span.end_s for zone in zones}
        return tuple(TouchedZone(zone.name, zone.kind) for zone_id, zone in self._zones.items() if zone_id in seen)
