"""What may happen where: the incident types that make sense in a watch zone of each kind.

Violence, falls and fire may happen anywhere. The rest follows from what the place is for: nobody leaves without paying
in a stock room, and goods are hidden where goods are. A model is told; what it reports beyond that is never dropped, it
becomes ``OTHER``.
"""

from collections.abc import Iterable
from typing import Final

from vigint_core.domain.verdict import RULE_TYPES, IncidentType
from vigint_core.domain.zone import ZoneKind

_ANYWHERE: Final = frozenset(
    {
        IncidentType.VIOLENCE,
        IncidentType.VANDALISM,
        IncidentType.FALL_OR_MEDICAL,
        IncidentType.FIRE_OR_SMOKE,
        IncidentType.OTHER,
    }
)
_ALL: Final = frozenset(IncidentType) - RULE_TYPES
ALLOWED: Final = {
    ZoneKind.AISLE: _ANYWHERE | {IncidentType.CONCEALMENT, IncidentType.TAG_REMOVAL, IncidentType.STAFF_THEFT},
    ZoneKind.HIGH_VALUE: _ANYWHERE | {IncidentType.CONCEALMENT, IncidentType.TAG_REMOVAL, IncidentType.STAFF_THEFT},
    ZoneKind.SELF_CHECKOUT: _ANYWHERE
    | {IncidentType.CHECKOUT_FRAUD, IncidentType.LEAVING_WITHOUT_PAYING, IncidentType.CONCEALMENT},
    ZoneKind.TILL: _ANYWHERE | {IncidentType.CHECKOUT_FRAUD, IncidentType.STAFF_THEFT},
    ZoneKind.EXIT: _ANYWHERE | {IncidentType.LEAVING_WITHOUT_PAYING, IncidentType.CONCEALMENT},
    ZoneKind.STOCK_ROOM: _ANYWHERE | {IncidentType.STAFF_THEFT, IncidentType.CONCEALMENT, IncidentType.INTRUSION},
    ZoneKind.OUTDOORS: _ANYWHERE | {IncidentType.INTRUSION},
}


def allowed(kinds: Iterable[ZoneKind | None]) -> frozenset[IncidentType]:
    """What may happen in zones of these kinds together; everything where there is none, or one without a kind."""
    told = list(kinds)
    if not told:
        return _ALL
    return frozenset().union(*(_ALL if kind is None else ALLOWED[kind] for kind in told))


def particular(kind: ZoneKind) -> frozenset[IncidentType]:
    """What may happen in a zone of this kind beside what may happen anywhere."""
    return ALLOWED[kind] - _ANYWHERE


def placed(kind: IncidentType, kinds: Iterable[ZoneKind | None]) -> IncidentType:
    """The type of an incident in zones of these kinds: one that may not happen there is another kind of incident."""
    return kind if kind in allowed(kinds) else IncidentType.OTHER
