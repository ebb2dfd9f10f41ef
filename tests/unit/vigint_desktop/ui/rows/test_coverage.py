"""The coverage in words and pixels: never better than it is."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tests.fakes.moments import NOON_S
from vigint_core.domain.coverage import Cover, CoverRun
from vigint_core.domain.fault import Code
from vigint_core.domain.ids import CameraId
from vigint_core.domain.window import Span
from vigint_core.policy.coverage import Totals, totals
from vigint_desktop.ui.rows import coverage as coverage_rows
from vigint_desktop.ui.rows.coverage import (
    cover_at,
    cover_blocks,
    duration,
    gaps,
    heading,
    percent,
    reasons,
    summary,
    today,
    told_cover,
)
from vigint_desktop.ui.text import Texts

DOOR, TILL = CameraId("door"), CameraId("till")
START_S = int(NOON_S)


def run(start_s: int, end_s: int, cover: Cover = Cover.QUIET, reason: Code | None = None) -> CoverRun:
    return CoverRun(START_S + start_s, START_S + end_s, cover, reason)


MISSED = run(10, 13, Cover.NOT_LOOKED_AT, Code.AI_NO_KEY)
AWAY = run(50, 80, Cover.OFFLINE, Code.CAMERA_LOST)
DAY = [run(0, 10), MISSED, run(13, 50, Cover.CLEAR), AWAY, run(80, 100, Cover.OFF)]


def summed() -> Totals:
    return totals(DAY, START_S, START_S + 100)


def test_the_share_is_of_what_somebody_should_have_looked_at_and_never_rounded_up(words: Texts) -> None:
    assert heading(summed(), words) == "Coverage today 58.7 %"
    assert "0:00:47 of 0:01:20" in summary(summed(), words)
    assert percent(0.99999, words) == "99.9 %"
    assert percent(1.0, words) == "100.0 %"
    assert percent(0.5, Texts("fr")) == "50,0 %"


def test_before_anybody_should_have_looked_there_is_no_share(words: Texts) -> None:
    off = totals([run(0, 10, Cover.OFF)], START_S, START_S + 10)

    assert heading(off, words) == words("coverage.today_unknown")
    assert summary(off, words) == words("coverage.summary_off")


def test_reasons_come_the_longest_first_with_their_sums(words: Texts) -> None:
    first, second = reasons(summed(), words)

    assert (first.cover, first.code, first.length) == (Cover.OFFLINE, Code.CAMERA_LOST, "0:00:30")
    assert (second.code, second.length) == (Code.AI_NO_KEY, "0:00:03")
    assert words.cause(Code.AI_NO_KEY) in second.text


def test_gaps_are_listed_in_order_of_all_cameras_or_of_one_reason(words: Texts) -> None:
    runs = {TILL: DAY, DOOR: [run(5, 9, Cover.WAITING)]}
    names = {DOOR: "Door", TILL: "Till"}

    listed, left_out = gaps(runs, names, None, words)
    assert [(gap.camera, gap.run.length_s) for gap in listed] == [("Door", 4), ("Till", 3), ("Till", 30)]
    assert left_out == 0

    of_one, _ = gaps(runs, names, reasons(summed(), words)[0], words)
    assert [gap.run for gap in of_one] == [AWAY]
    assert of_one[0].remedy == words.remedy(Code.CAMERA_LOST)


def test_of_too_many_gaps_the_shortest_are_counted_only(words: Texts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coverage_rows, "MOST_GAPS", 1)

    listed, left_out = gaps({TILL: DAY}, {TILL: "Till"}, None, words)

    assert [gap.run for gap in listed] == [AWAY]
    assert left_out == 1


def test_the_strip_shows_a_second_that_was_missed_even_where_a_pixel_is_a_minute() -> None:
    view = Span(START_S, START_S + 100)

    fine = cover_blocks(DAY, view, lambda span: (span.start_s - START_S, span.end_s - START_S))
    coarse = cover_blocks(DAY, view, lambda span: ((span.start_s - START_S) / 60, (span.end_s - START_S) / 60))

    assert [block.run for block in fine] == DAY
    assert cover_at(fine, 11) == MISSED
    assert cover_at(fine, 200) is None
    assert [block.run.cover for block in coarse] == [Cover.NOT_LOOKED_AT, Cover.OFFLINE]


def test_only_what_is_on_screen_is_laid_out() -> None:
    blocks = cover_blocks(DAY, Span(START_S + 20, START_S + 55), lambda span: (span.start_s, span.end_s))

    assert [block.run for block in blocks] == DAY[2:4]


def test_a_run_tells_state_cause_and_remedy(words: Texts) -> None:
    said = told_cover("Till", MISSED, words)

    assert said.splitlines()[0].endswith("(3 s): not looked at")
    assert words.remedy(Code.AI_NO_KEY) in said
    assert "\n" not in told_cover("Till", DAY[0], words)


def test_today_begins_at_local_midnight_also_on_the_day_the_clock_is_set() -> None:
    paris = ZoneInfo("Europe/Paris")
    noon_s = datetime(2026, 3, 29, 12, tzinfo=paris).timestamp()

    assert today(noon_s, paris) == Span(noon_s - 11 * 3600, noon_s)


def test_durations_are_exact_to_the_second() -> None:
    assert [duration(59), duration(3661), duration(90_061)] == ["0:00:59", "1:01:01", "25:01:01"]


LESS = run(100, 130, Cover.CLEAR, Code.BUDGET_FEWER_FRAMES)
KEPT = run(130, 140, Cover.LOCAL_ONLY, Code.BUDGET_LOCAL_ONLY)
SHORT_OF_MONEY = [run(0, 100), LESS, KEPT]


def test_what_was_looked_at_with_less_counts_as_looked_at_and_is_named(words: Texts) -> None:
    of_day = totals(SHORT_OF_MONEY, START_S, START_S + 140)

    assert "0:02:10 of 0:02:20" in summary(of_day, words)
    assert summary(of_day, words).endswith("Of it, 0:00:30 with less, to save money.")
    assert "with less" not in summary(summed(), words)


def test_money_is_a_reason_of_its_own_after_what_was_not_looked_at(words: Texts) -> None:
    kept, less = reasons(totals(SHORT_OF_MONEY, START_S, START_S + 140), words)

    assert kept.text == f"local only, to save money · {words.cause(Code.BUDGET_LOCAL_ONLY)}"
    assert (less.text, less.length) == (f"looked at with less · {words.cause(Code.BUDGET_FEWER_FRAMES)}", "0:00:30")


def test_what_was_looked_at_with_less_is_listed_for_its_own_reason_alone(words: Texts) -> None:
    kept, less = reasons(totals(SHORT_OF_MONEY, START_S, START_S + 140), words)
    runs, names = {TILL: SHORT_OF_MONEY}, {TILL: "Till"}

    assert [gap.run for gap in gaps(runs, names, None, words)[0]] == [KEPT]
    assert [gap.run for gap in gaps(runs, names, kept, words)[0]] == [KEPT]
    assert [gap.run for gap in gaps(runs, names, less, words)[0]] == [LESS]


def test_a_run_that_was_spared_something_tells_what(words: Texts) -> None:
    assert told_cover("Till", LESS, words).splitlines()[0].endswith("looked at with less")
    assert words.cause(Code.BUDGET_FEWER_FRAMES) in told_cover("Till", LESS, words)
