"""Opening hours as people type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigint_core.domain.schedule import Hours
from vigint_desktop.ui.rows.week import read_day, told_day, write_day
from vigint_desktop.ui.text import Texts


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("", ()),
        ("08:00-20:00", (Hours(480, 1200),)),
        ("8-20", (Hours(480, 1200),)),
        ("8h-12h30, 14h - 19h", (Hours(480, 750), Hours(840, 1140))),
        ("14:00–19:00 08:00–12:00", (Hours(480, 720), Hours(840, 1140))),
        ("22:00-06:00", (Hours(1320, 360),)),
        ("18:00-24:00", (Hours(1080, 0),)),
        ("00:00-24:00", (Hours(0, 0),)),
        ("closed", None),
        ("25:00-26:00", None),
        ("08:61-09:00", None),
        ("24:00-06:00", None),
        ("08:00", None),
        (" ".join(["08:00-09:00"] * 7), None),
    ],
)
def test_what_is_typed_is_understood_or_refused(typed: str, expected: tuple[Hours, ...] | None) -> None:
    assert read_day(typed) == expected


@given(st.lists(st.builds(Hours, st.integers(0, 1439), st.integers(0, 1439)), max_size=6))
def test_what_is_written_is_read_again(day: list[Hours]) -> None:
    read = read_day(write_day(day))
    assert read is not None
    assert sorted(read, key=lambda h: (h.start_min, h.end_min)) == sorted(day, key=lambda h: (h.start_min, h.end_min))


def test_a_night_and_a_whole_day_are_explained(words: Texts) -> None:
    assert told_day(read_day("22:00-06:00"), words) == "22:00 to 06:00 of the next day"
    assert told_day(read_day("09:00-09:00"), words) == "Round the clock, from 09:00"
    assert told_day(read_day("08:00-12:00"), words) == ""
    assert told_day((), words) == "closed"
    assert "Not understood" in told_day(None, words)
