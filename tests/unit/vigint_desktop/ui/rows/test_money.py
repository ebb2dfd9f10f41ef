"""Money reads and is typed as people do it in their language, and no limit is understood as another one."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigint_desktop.ui.rows.money import limit, read, typed, usd
from vigint_desktop.ui.text import Texts

EN, FR = Texts("en"), Texts("fr")


@pytest.mark.parametrize(
    ("micro", "english", "french"),
    [
        (0, "$0.00", "0,00 $"),
        (3_200_000, "$3.20", "3,20 $"),
        (1_234_567_890, "$1,234.57", "1 234,57 $"),
        (1, "under $0.01", "moins de 0,01 $"),
        (10_000, "$0.01", "0,01 $"),
    ],
)
def test_what_was_spent_is_told_to_the_cent(micro: int, english: str, french: str) -> None:
    assert usd(micro, EN) == english
    assert plain(usd(micro, FR)) == french


@pytest.mark.parametrize(("micro", "said"), [(20_000_000, "$20"), (2_500_000, "$2.50"), (2_505_000, "$2.505")])
def test_a_limit_is_told_exactly_as_it_was_set(micro: int, said: str) -> None:
    assert limit(micro, EN) == said


@pytest.mark.parametrize(
    ("text", "english", "french"),
    [
        ("", None, None),
        ("  ", None, None),
        ("20", 20.0, 20.0),
        ("$2.50", 2.5, 2.5),
        ("2,50", 2.5, 2.5),
        ("1,000", 1000.0, 1.0),
        ("1.000", 1.0, 1000.0),
        ("1 200,50 $", 1200.5, 1200.5),
        ("US$ 3", 3.0, 3.0),
        (".5", 0.5, 0.5),
        ("0,125", 0.125, 0.125),
        ("12,345,678.50", 12_345_678.5, None),
    ],
)
def test_amounts_are_understood_with_the_signs_of_the_language(
    text: str, english: float | None, french: float | None
) -> None:
    assert read(text, EN) == english
    if french is not None or not text.strip():
        assert read(text, FR) == french


@pytest.mark.parametrize("text", ["lots", "-3", "1.2.3", "1e3", "3 €", ".", "1,,0", "nan", "0x10"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    for words in (EN, FR):
        with pytest.raises(ValueError, match=re.escape(text)):
            read(text, words)


@given(st.integers(0, 10**12), st.sampled_from([EN, FR]))
def test_what_a_field_shows_is_read_as_what_it_was(micro: int, words: Texts) -> None:
    dollars = micro / 1_000_000

    assert read(typed(dollars, words), words) == pytest.approx(dollars, abs=1e-9)


def test_no_limit_is_an_empty_field() -> None:
    assert typed(None, EN) == ""


def plain(text: str) -> str:
    """With plain spaces where French has narrow ones that don't break."""
    return text.replace("\N{NARROW NO-BREAK SPACE}", " ").replace("\N{NO-BREAK SPACE}", " ")
