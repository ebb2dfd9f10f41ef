"""A number is taken as soon as it can be no other."""

import pytest

from vigint_desktop.ui.rows.typed_number import TypedNumber


@pytest.mark.parametrize(
    ("most", "digits", "complete"),
    [
        (9, "3", True),
        (12, "1", False),  # may become 10, 11 or 12
        (12, "2", True),
        (12, "12", True),
        (12, "0", False),
        (12, "03", True),
        (9, "0", True),
        (120, "12", False),
        (120, "13", True),
        (12, "", False),
    ],
)
def test_nobody_waits_for_a_digit_that_can_not_come(most: int, digits: str, *, complete: bool) -> None:
    assert TypedNumber(most, digits).complete is complete


def test_digits_follow_each_other() -> None:
    typed = TypedNumber(36).and_then("1").and_then("7")

    assert typed.number == 17
    assert TypedNumber(36).number is None


def test_a_digit_too_many_begins_anew() -> None:
    assert TypedNumber(12, "11").and_then("4").number == 4
