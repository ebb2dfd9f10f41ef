"""Words of the domain: how grave severities are, and which types no model may tell of."""

from vigint_core.domain.verdict import RULE_TYPES, Call, IncidentType, Severity


def test_severities_rise() -> None:
    assert [severity.rank for severity in (Severity.LOW, Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL)] == [
        0,
        1,
        2,
        3,
    ]


def test_what_a_model_may_tell_of_is_what_the_owner_was_promised() -> None:
    assert {kind.value for kind in set(IncidentType) - RULE_TYPES} == {
        "concealment", "tag_removal", "leaving_without_paying", "checkout_fraud", "staff_theft", "violence",
        "intrusion", "vandalism", "fall_or_medical", "fire_or_smoke", "other",
    }  # fmt: skip


def test_a_call_of_older_books_has_no_more_than_they_kept() -> None:
    old = Call("first", "m", "v1", 1300, 120, 690, 0.5)

    assert (old.error, old.tokens_video, old.tokens_cached, old.tokens_thought) == (None, 0, 0, 0)
    assert (old.unsettled_micro_usd, old.outcome, old.flagged, old.thrifty) == (0, "", False, False)
