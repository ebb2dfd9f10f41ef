"""How urgent it is: by what happened, how sure the model is, and whether the shop is open."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigint_core.domain.verdict import RULE_TYPES, IncidentType, Severity
from vigint_core.policy.severity import severity

TOLD_BY_MODELS = [kind for kind in IncidentType if kind not in RULE_TYPES]
_kinds = st.sampled_from(TOLD_BY_MODELS)
_confidences = st.floats(0, 1)


@pytest.mark.parametrize(
    ("kind", "by_day", "by_night"),
    [
        (IncidentType.CONCEALMENT, Severity.MEDIUM, Severity.MEDIUM),
        (IncidentType.TAG_REMOVAL, Severity.MEDIUM, Severity.MEDIUM),
        (IncidentType.LEAVING_WITHOUT_PAYING, Severity.MEDIUM, Severity.MEDIUM),
        (IncidentType.CHECKOUT_FRAUD, Severity.MEDIUM, Severity.MEDIUM),
        (IncidentType.STAFF_THEFT, Severity.MEDIUM, Severity.HIGH),
        (IncidentType.VIOLENCE, Severity.HIGH, Severity.HIGH),
        (IncidentType.INTRUSION, Severity.MEDIUM, Severity.HIGH),
        (IncidentType.VANDALISM, Severity.MEDIUM, Severity.HIGH),
        (IncidentType.FALL_OR_MEDICAL, Severity.HIGH, Severity.HIGH),
        (IncidentType.FIRE_OR_SMOKE, Severity.HIGH, Severity.HIGH),
        (IncidentType.OTHER, Severity.LOW, Severity.MEDIUM),
    ],
)
def test_the_table_that_an_owner_can_look_up(kind: IncidentType, by_day: Severity, by_night: Severity) -> None:
    assert severity(kind, 0.6, is_open=True) is by_day
    assert severity(kind, 0.6, is_open=None) is by_day, "where no hours were told it is never night"
    assert severity(kind, 0.6, is_open=False) is by_night


@pytest.mark.parametrize(
    ("confidence", "told"),
    [
        (0.0, Severity.LOW),
        (0.49, Severity.LOW),
        (0.5, Severity.MEDIUM),
        (0.79, Severity.MEDIUM),
        (0.8, Severity.HIGH),
        (1.0, Severity.HIGH),
    ],
)
def test_how_sure_the_model_is_moves_it_by_one(confidence: float, told: Severity) -> None:
    assert severity(IncidentType.CONCEALMENT, confidence, is_open=True) is told


def test_it_stays_on_the_scale() -> None:
    assert severity(IncidentType.OTHER, 0.1, is_open=True) is Severity.LOW
    assert severity(IncidentType.FIRE_OR_SMOKE, 1.0, is_open=False) is Severity.CRITICAL
    assert severity(IncidentType.INTRUSION, 1.0, is_open=False) is Severity.CRITICAL


@given(_kinds, _confidences, _confidences, st.sampled_from([True, False, None]))
def test_who_is_surer_or_sees_it_at_night_is_never_told_as_less(
    kind: IncidentType, one: float, other: float, is_open: bool | None
) -> None:
    unsure, sure = sorted((one, other))
    assert severity(kind, unsure, is_open).rank <= severity(kind, sure, is_open).rank
    assert severity(kind, one, is_open).rank <= severity(kind, one, is_open=False).rank
