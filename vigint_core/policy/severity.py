"""How urgent an incident is: by what happened, how sure the model is, and whether the shop is open.

A rule and not the model's mood: the same act weighs the same on every camera, and an owner can look it up
(docs/analysis.md).
"""

from typing import Final

from vigint_core.domain.verdict import IncidentType, Severity

_SURE: Final = 0.8
_UNSURE: Final = 0.5
_USUAL: Final = {
    IncidentType.CONCEALMENT: Severity.MEDIUM,
    IncidentType.TAG_REMOVAL: Severity.MEDIUM,
    IncidentType.LEAVING_WITHOUT_PAYING: Severity.MEDIUM,
    IncidentType.CHECKOUT_FRAUD: Severity.MEDIUM,
    IncidentType.STAFF_THEFT: Severity.MEDIUM,
    IncidentType.VANDALISM: Severity.MEDIUM,
    IncidentType.VIOLENCE: Severity.HIGH,
    IncidentType.INTRUSION: Severity.MEDIUM,
    IncidentType.FALL_OR_MEDICAL: Severity.HIGH,
    IncidentType.FIRE_OR_SMOKE: Severity.HIGH,
    IncidentType.OTHER: Severity.LOW,
}
"""Of an incident the model is neither sure nor unsure of, while the shop is open."""
_WORSE_AT_NIGHT: Final = frozenset(
    {IncidentType.INTRUSION, IncidentType.STAFF_THEFT, IncidentType.VANDALISM, IncidentType.OTHER}
)
"""Nobody but a burglar has a reason to be there after hours."""


def severity(kind: IncidentType, confidence: float, is_open: bool | None) -> Severity:
    """The severity of an incident. ``is_open`` None: the owner told no opening hours."""
    rank = _USUAL[kind].rank
    rank += confidence >= _SURE
    rank -= confidence < _UNSURE
    rank += is_open is False and kind in _WORSE_AT_NIGHT
    levels = list(Severity)
    return levels[min(max(rank, 0), len(levels) - 1)]
