from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigint_core.analysis.models import ModelCard, shipped_catalogue
from vigint_core.analysis.pricing import cost_micro_usd, price_on

DAY = date(2026, 11, 22)
tokens = st.integers(min_value=0, max_value=10**9)


def card(name: str) -> ModelCard:
    return shipped_catalogue().card(name)


def test_a_look_costs_what_the_price_list_says() -> None:
    # 1300 x 0.30 $/M + 120 x 2.50 $/M = 390 + 300 micro-dollars
    assert cost_micro_usd(card("gemini-3.5-flash-lite"), 1300, 120, DAY) == 690


def test_a_fraction_of_a_micro_dollar_is_rounded_up() -> None:
    assert cost_micro_usd(card("gemini-2.5-flash-lite"), 1, 0, DAY) == 1


@pytest.mark.parametrize(
    ("day", "expected"),
    [(date(2026, 12, 31), 750 + 375), (date(2027, 1, 1), 1500 + 750), (date(2020, 1, 1), 750 + 375)],
)
def test_the_price_of_the_day_counts_and_the_first_known_one_before_it(day: date, expected: int) -> None:
    assert cost_micro_usd(card("gemini-3.8-flash"), 1000, 100, day) == expected
    assert price_on(card("gemini-3.8-flash"), day) in card("gemini-3.8-flash").prices


def test_negative_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="never negative"):
        cost_micro_usd(card("gemini-3.8-flash"), -1, 0, DAY)


@given(a=tokens, b=tokens, more=tokens)
def test_more_tokens_never_cost_less_and_nothing_costs_nothing(a: int, b: int, more: int) -> None:
    flash = card("gemini-3.8-flash")
    assert cost_micro_usd(flash, a, b, DAY) <= cost_micro_usd(flash, a + more, b + more, DAY)
    assert cost_micro_usd(flash, 0, 0, DAY) == 0


@given(a=tokens, b=tokens)
def test_the_cost_is_exact_to_one_micro_dollar(a: int, b: int) -> None:
    lite = card("gemini-3.5-flash-lite")
    exact_thousandths = a * 300 + b * 2500
    assert 0 <= cost_micro_usd(lite, a, b, DAY) * 1000 - exact_thousandths < 1000
