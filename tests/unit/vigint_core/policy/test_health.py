"""Troubles of a camera: told when they last, with their true ends, joined when they come and go."""

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigint_core.domain.camera import CameraState
from vigint_core.domain.fault import Code
from vigint_core.domain.window import Span
from vigint_core.policy.health import HealthRule, Sign, Spell, Trouble, follow

RULE = HealthRule()
LIVE, LOST, STALLED = CameraState.LIVE, CameraState.FAILED, CameraState.STALLED


def story(*chapters: tuple[float, CameraState], until_s: float, code: Code | None = None) -> list[Spell]:
    """Everything that is told when a camera is in these states from these times on; followed twice a second."""
    told: list[Spell] = []
    trouble: Trouble | None = None
    signs = [Sign(state, None if state is LIVE else code, at_s) for at_s, state in chapters]
    for tick in range(round(until_s * 2) + 1):
        now_s = tick / 2
        current = [sign for sign in signs if sign.since_s <= now_s]
        if current:
            trouble, spells = follow(RULE, trouble, current[-1], now_s)
            told += spells
    return told


def closed(spells: Sequence[Spell]) -> list[Spell]:
    return [spell for spell in spells if spell.closed]


def test_a_camera_that_is_well_makes_no_line() -> None:
    assert story((0, CameraState.CONNECTING), (2, LIVE), until_s=60) == []


@pytest.mark.parametrize("state", [CameraState.OFF, CameraState.ASLEEP, CameraState.STOPPED])
def test_a_camera_that_may_be_away_makes_no_line(state: CameraState) -> None:
    assert story((0, LIVE), (10, state), until_s=60) == []


def test_a_short_trouble_is_not_told() -> None:
    assert story((0, LIVE), (10, LOST), (14, LIVE), until_s=60) == []


def test_a_trouble_is_told_after_five_seconds_from_its_true_start_on() -> None:
    told = story((0, LIVE), (10, LOST), until_s=15, code=Code.CAMERA_LOST)
    assert told == [Spell(LOST, Code.CAMERA_LOST, Span(10, 15), closed=False)]


def test_its_end_is_told_now_and_then_and_at_last_as_it_was() -> None:
    told = story((0, LIVE), (10, LOST), (40, LIVE), until_s=60)
    assert [spell.span for spell in told] == [Span(10, 15), Span(10, 25), Span(10, 35), Span(10, 40)]
    assert [spell.closed for spell in told] == [False, False, False, True]


def test_what_is_well_for_a_moment_goes_on_as_one() -> None:
    told = story((0, LIVE), (10, LOST), (20, LIVE), (28, LOST), (40, LIVE), until_s=80)
    assert [spell.span for spell in closed(told)] == [Span(10, 40)]


def test_a_camera_that_comes_and_goes_makes_one_line_although_no_absence_is_long() -> None:
    flaps = [(10.0 + 2 * n, LOST if n % 2 == 0 else LIVE) for n in range(20)]
    told = story((0, LIVE), *flaps, until_s=80)
    assert [spell.span for spell in closed(told)] == [Span(10, 48)]


def test_between_two_tries_the_trouble_goes_on() -> None:
    tries = [(10.0 + n, (LOST, CameraState.CONNECTING)[n % 2]) for n in range(20)]
    told = story((0, LIVE), *tries, (30, LIVE), until_s=60)
    assert [spell.span for spell in closed(told)] == [Span(10, 30)]


def test_standing_still_and_being_lost_are_one_trouble_and_the_latest_word_is_told() -> None:
    told = story((0, LIVE), (10, STALLED), (12, LOST), (40, LIVE), until_s=60, code=Code.CAMERA_SILENT)
    assert closed(told) == [Spell(LOST, Code.CAMERA_SILENT, Span(10, 40), closed=True)]


def test_being_lost_and_being_covered_are_two() -> None:
    told = story((0, LIVE), (10, LOST), (20, CameraState.COVERED), (40, LIVE), until_s=60)
    assert [(s.state, s.span) for s in closed(told)] == [
        (LOST, Span(10, 20)),
        (CameraState.COVERED, Span(20, 40)),
    ]


@pytest.mark.parametrize("state", [CameraState.OFF, CameraState.ASLEEP, CameraState.STOPPED])
def test_a_trouble_ends_at_once_when_the_camera_need_not_be_there_any_more(state: CameraState) -> None:
    told = story((0, LIVE), (10, LOST), (30, state), until_s=30)
    assert [spell.span for spell in closed(told)] == [Span(10, 30)]


@given(st.lists(st.tuples(st.integers(1, 60), st.sampled_from(list(CameraState))), min_size=1, max_size=25))
def test_whatever_happens_the_lines_are_in_order_apart_and_true(steps: list[tuple[int, CameraState]]) -> None:
    at_s, chapters = 0.0, [(0.0, LIVE)]
    for length_s, state in steps:
        at_s += length_s
        if state is not chapters[-1][1]:
            chapters.append((at_s, state))
    chapters.append((at_s + 61, LIVE))
    told = story(*chapters, until_s=at_s + 80)
    ends = {spell.span.start_s: spell for spell in told}
    assert all(spell.closed for spell in ends.values()), "everything that was begun is ended"
    spans = [spell.span for spell in sorted(ends.values(), key=lambda spell: spell.span.start_s)]
    assert all(a.end_s <= b.start_s for a, b in pairwise(spans))
    starts = {start_s for start_s, _ in chapters}
    assert all(span.start_s in starts and span.end_s in starts for span in spans)
