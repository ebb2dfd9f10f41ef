"""Every kind of zone says what may happen there, and nothing that was seen is dropped for it."""

import pytest

from vigint_core.domain.verdict import RULE_TYPES, IncidentType
from vigint_core.domain.zone import ZoneKind
from vigint_core.policy.zone_kinds import ALLOWED, allowed, particular, placed


def test_every_kind_has_its_list_and_no_rule_is_on_it() -> None:
    assert set(ALLOWED) == set(ZoneKind)
    for types in ALLOWED.values():
        assert IncidentType.OTHER in types
        assert not types & RULE_TYPES


def test_several_zones_allow_what_any_of_them_does() -> None:
    both = allowed([ZoneKind.TILL, ZoneKind.OUTDOORS])
    assert both == ALLOWED[ZoneKind.TILL] | ALLOWED[ZoneKind.OUTDOORS]


@pytest.mark.parametrize("kinds", [[], [None], [None, ZoneKind.TILL]])
def test_without_a_kind_everything_may_happen(kinds: list[ZoneKind | None]) -> None:
    assert allowed(kinds) == frozenset(IncidentType) - RULE_TYPES


def test_what_may_not_happen_there_is_another_incident_and_never_none() -> None:
    assert placed(IncidentType.CONCEALMENT, [ZoneKind.TILL]) is IncidentType.OTHER
    assert placed(IncidentType.CONCEALMENT, [ZoneKind.AISLE]) is IncidentType.CONCEALMENT
    assert placed(IncidentType.CONCEALMENT, []) is IncidentType.CONCEALMENT


@pytest.mark.parametrize("kind", list(ZoneKind))
def test_what_is_particular_to_a_kind_is_never_nothing_and_never_everywhere(kind: ZoneKind) -> None:
    assert particular(kind)
    assert particular(kind) < ALLOWED[kind]
    assert not particular(kind) & frozenset.intersection(*ALLOWED.values())
