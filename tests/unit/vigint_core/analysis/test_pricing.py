from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigint_core.analysis.models import LookPlan, ModelCard, shipped_catalogue
from vigint_core.analysis.pricing import cost_micro_usd, estimated_tokens_in, frames, most_micro_usd, price_on

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


FIRST, SECOND = shipped_catalogue().looks["first"], shipped_catalogue().looks["second"]


def test_the_most_a_call_can_cost_is_every_byte_every_frame_and_the_whole_answer() -> None:
    # (100 bytes + 11 frames x 70) x 0.30 + 1024 x 2.50
    most = most_micro_usd(card("gemini-3.5-flash-lite"), FIRST, "x" * 100, 10.0, DAY)
    assert most == 261 + 2560


def test_text_outside_ascii_counts_by_its_bytes() -> None:
    lite = card("gemini-3.5-flash-lite")
    assert most_micro_usd(lite, FIRST, "é" * 100, 10.0, DAY) == most_micro_usd(lite, FIRST, "x" * 200, 10.0, DAY)


def test_on_the_eve_of_a_dearer_price_that_one_is_put_aside() -> None:
    flash, eve = card("gemini-3.8-flash"), date(2026, 12, 31)
    assert most_micro_usd(flash, SECOND, "", 25.0, eve) == most_micro_usd(flash, SECOND, "", 25.0, date(2027, 1, 1))
    assert most_micro_usd(flash, SECOND, "", 25.0, eve) > most_micro_usd(flash, SECOND, "", 25.0, date(2026, 12, 30))


@pytest.mark.parametrize(
    ("clip_s", "fps", "expected"), [(10, 1, 10), (10.2, 1, 11), (25, 2, 50), (0, 1, 0), (10, 0.5, 5)]
)
def test_a_frame_is_sampled_at_the_start_and_after_each_interval(clip_s: float, fps: float, expected: int) -> None:
    assert frames(clip_s, fps) == expected


@given(
    text=st.text(max_size=3000),
    clip_s=st.floats(min_value=0, max_value=60),
    plan=st.sampled_from([FIRST, SECOND]),
    name=st.sampled_from([c.name for c in shipped_catalogue().models]),
    answer=st.integers(min_value=0, max_value=1024),
)
def test_what_a_call_is_likely_to_cost_is_never_more_than_what_is_put_aside(
    text: str, clip_s: float, plan: LookPlan, name: str, answer: int
) -> None:
    likely = cost_micro_usd(card(name), estimated_tokens_in(card(name), plan, text, clip_s), answer, DAY)
    assert likely <= most_micro_usd(card(name), plan, text, clip_s, DAY)
