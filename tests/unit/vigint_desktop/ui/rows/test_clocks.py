"""Times read as people expect them, in the zone they live in."""

from datetime import UTC
from zoneinfo import ZoneInfo

import pytest

from tests.fakes.moments import NOON_S
from vigint_desktop.ui.rows.clocks import clock, length, minute, position, when
from vigint_desktop.ui.text import Texts


def test_a_time_is_told_in_its_zone() -> None:
    assert clock(NOON_S, UTC) == "22:13:20"
    assert clock(NOON_S, ZoneInfo("Europe/Paris")) == "23:13:20"


def test_the_day_is_told_only_when_it_is_another_one(words: Texts) -> None:
    assert when(NOON_S, NOON_S + 60, words, UTC) == "22:13:20"
    assert when(NOON_S, NOON_S + 7200, words, UTC) == "14 Nov 22:13:20"
    assert when(NOON_S, NOON_S + 7200, Texts("fr"), UTC) == "14 nov. 22:13:20"


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.9, "0 s"), (119.9, "119 s"), (120, "2 min"), (7199, "119 min"), (7200, "2 h")]
)
def test_a_length_is_rounded_down(seconds: float, said: str, words: Texts) -> None:
    assert length(seconds, words) == said


@pytest.mark.parametrize(("seconds", "said"), [(-1, "0:00"), (7.9, "0:07"), (65, "1:05")])
def test_a_position_in_a_clip(seconds: float, said: str) -> None:
    assert position(seconds) == said


def test_what_is_announced_is_told_to_the_minute_with_its_day_where_that_is_another_one(words: Texts) -> None:
    assert minute(NOON_S, NOON_S - 3600, words, UTC) == "22:13"
    assert minute(NOON_S, NOON_S - 86_400, words, UTC) == "14 Nov 22:13"
