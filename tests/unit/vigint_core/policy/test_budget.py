"""The budget: caps that hold whatever happens, periods of the payer's clock, steps in their order, and the forecast."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.clock import FakeClock
from tests.fakes.spending import PARIS, Books, paris_s, spend_at_random, steps_taken
from vigint_core.domain.budget import Account, Caps, Economy, Hold, Payer
from vigint_core.domain.fault import Code
from vigint_core.policy.budget import (
    REASONS,
    STEPS,
    Slot,
    economy,
    forecast_month,
    month_span_s,
    open_to_first,
    periods,
    refusal,
    reserve,
    settle,
    slots,
    view,
)

CAPS = Caps(day=1000, month=20_000, camera_day=400, camera_month=5000)
DAY_S = 24 * 3600.0


class PolicyPurse:
    """``Purse`` in memory, of nothing but the policy."""

    def __init__(self, clock: FakeClock, caps: Caps) -> None:
        self.accounts: dict[tuple[str, str], Account] = {}
        self._clock = clock
        self._caps = caps

    def reserve(self, payer: Payer, amount_micro_usd: int, *, second: bool) -> Hold | Code:
        found = self._found(payer, self._clock.wall())
        for slot, account in found.items():
            if refused := refusal(self._caps, account, slot.cap, amount_micro_usd, second=second):
                return refused
        hold = Hold("", payer, amount_micro_usd, self._clock.wall())
        self.accounts |= {(s.camera_id, s.period): reserve(a, hold.amount) for s, a in found.items()}
        return hold

    def settle(self, hold: Hold, cost_micro_usd: int) -> None:
        found = self._found(hold.payer, hold.at_s)
        self.accounts |= {(s.camera_id, s.period): settle(a, hold.amount, cost_micro_usd) for s, a in found.items()}

    def economy(self, payer: Payer) -> Economy:
        return view(self._caps, self._clock.wall(), self.accounts, None, PARIS).economy_of(payer.camera_id)

    def _found(self, payer: Payer, at_s: float) -> Mapping[Slot, Account]:
        wanted = slots(self._caps, payer, at_s, PARIS)
        return {slot: self.accounts.get((slot.camera_id, slot.period), Account()) for slot in wanted}


def test_whatever_happens_no_cap_is_ever_passed() -> None:
    def used(purse: PolicyPurse, _site: str, camera_id: str, period: str) -> int:
        return purse.accounts[camera_id, period].used

    books = Books(lambda clock, caps: (PolicyPurse(clock, caps), ""), killed=lambda purse: purse, used=used)
    spend_at_random(books, examples=150, steps=50)


def test_the_steps_come_in_their_order_and_none_is_left_out() -> None:
    purse = PolicyPurse(FakeClock(), Caps(day=10_000))
    assert steps_taken(purse, Payer("", "door"), 50) == [
        Economy.NONE,
        Economy.FEWER_FRAMES,
        Economy.LONGER_STRIDE,
        Economy.HIGH_VALUE_ONLY,
        Economy.LOCAL_ONLY,
    ]


@given(st.integers(200, 10**9), st.floats(0, 0.9), st.data())
def test_whatever_the_cap_a_look_of_a_twentieth_skips_no_step(cap: int, share: float, data: st.DataObject) -> None:
    caps = Caps(month=cap, reserve_share=share)
    least = open_to_first(caps, cap) // 20
    steps = steps_taken(PolicyPurse(FakeClock(), caps), Payer(), data.draw(st.integers(max(1, least // 4), least)))
    assert steps == list(Economy)


def test_each_step_has_a_reason_of_its_own() -> None:
    assert [REASONS[step] for step in Economy if step] == [
        Code.BUDGET_FEWER_FRAMES,
        Code.BUDGET_LONGER_STRIDE,
        Code.BUDGET_HIGH_VALUE_ONLY,
        Code.BUDGET_LOCAL_ONLY,
    ]
    assert [step for _, step in sorted(STEPS)] == [step for step in Economy if step]


@pytest.mark.parametrize(
    ("used", "step"),
    [(509, 0), (510, 1), (637, 1), (638, 2), (722, 2), (723, 3), (807, 3), (808, 4), (850, 4), (1000, 4)],
)
def test_a_step_is_taken_at_its_share_of_what_first_looks_may_use(used: int, step: int) -> None:
    assert economy(Caps(day=1000), {Slot("", "2026-11-27", 1000): Account(used - 100, 100)}) == step


def test_the_tightest_account_decides() -> None:
    day, month = Slot("", "2026-11-27", 1000), Slot("", "2026-11", 10_000)
    assert economy(CAPS, {day: Account(10), month: Account(6000)}) is Economy.FEWER_FRAMES
    assert economy(CAPS, {day: Account(850), month: Account(6000)}) is Economy.LOCAL_ONLY


@pytest.mark.parametrize(
    ("caps", "cap"), [(Caps(day=0), 0), (Caps(day=9, reserve_share=1.0), 9), (Caps(day=1, reserve_share=0.6), 1)]
)
def test_where_first_looks_may_use_nothing_nothing_is_sent(caps: Caps, cap: int) -> None:
    assert economy(caps, {Slot("", "2026-11-27", cap): Account()}) is Economy.LOCAL_ONLY


def test_without_a_cap_nothing_is_left_out() -> None:
    assert economy(Caps(), {Slot("", "2026-11", None): Account(10**12)}, forecast=10**13) is Economy.NONE


@pytest.mark.parametrize(("forecast", "step"), [(None, 0), (20_000 - 1, 0), (20_000, 1), (25_000, 2), (10**9, 2)])
def test_a_forecast_alone_leaves_no_camera_unwatched(forecast: int | None, step: int) -> None:
    assert economy(CAPS, {}, forecast) == step


def test_second_looks_alone_may_use_the_reserve() -> None:
    caps = Caps(day=1000)
    assert refusal(caps, Account(800), 1000, 50, second=False) is None
    assert refusal(caps, Account(800), 1000, 51, second=False) is Code.BUDGET_SPENT
    assert refusal(caps, Account(800, 150), 1000, 50, second=True) is None
    assert refusal(caps, Account(800, 150), 1000, 51, second=True) is Code.BUDGET_SPENT
    assert refusal(caps, Account(800), None, 10**9, second=False) is None


def test_a_call_counts_for_the_site_and_for_its_camera_each_day_and_month() -> None:
    at_s = paris_s("2026-11-27T12:00")
    site = (Slot("", "2026-11-27", 1000), Slot("", "2026-11", 20_000))
    assert slots(CAPS, Payer("shop"), at_s, PARIS) == site
    door = (Slot("door", "2026-11-27", 400), Slot("door", "2026-11", 5000))
    assert slots(CAPS, Payer("shop", "door"), at_s, PARIS) == (*site, *door)


@pytest.mark.parametrize(
    ("utc", "zone", "day"),
    [
        ("2026-11-30T22:59:59", "Europe/Paris", "2026-11-30"),
        ("2026-11-30T23:00:00", "Europe/Paris", "2026-12-01"),
        ("2026-03-28T22:59:59", "Europe/Paris", "2026-03-28"),
        ("2026-03-29T22:00:00", "Europe/Paris", "2026-03-30"),  # after 23 hours
        ("2026-10-25T22:59:59", "Europe/Paris", "2026-10-25"),  # the 25th hour
        ("2026-12-31T23:59:59", "America/Los_Angeles", "2026-12-31"),
    ],
)
def test_days_are_those_of_the_payers_clock(utc: str, zone: str, day: str) -> None:
    at_s = datetime.fromisoformat(utc).replace(tzinfo=UTC).timestamp()
    assert periods(at_s, ZoneInfo(zone)) == (day, day[:7])


@given(st.integers(1_700_000_000, 2_100_000_000), st.sampled_from([PARIS, UTC, ZoneInfo("America/Santiago"), None]))
def test_a_month_begins_and_ends_where_its_name_changes(at_s: int, zone: tzinfo | None) -> None:
    start_s, end_s = month_span_s(at_s, zone)
    month = periods(at_s, zone)[1]
    assert start_s <= at_s < end_s
    assert [periods(edge, zone)[1] == month for edge in (start_s - 1, start_s, end_s - 1, end_s)] == [
        False,
        True,
        True,
        False,
    ]


def test_months_are_as_long_as_the_clock_on_the_wall_makes_them() -> None:
    assert [
        round((end_s - start_s) / 3600)
        for start_s, end_s in (month_span_s(paris_s(f"2026-{month:02}-15T12:00"), PARIS) for month in (2, 3, 10))
    ] == [28 * 24, 31 * 24 - 1, 31 * 24 + 1]


def test_a_month_is_forecast_from_what_is_known_of_it() -> None:
    start_s = paris_s("2026-11-01T00:00")
    assert forecast_month(300, 0.0, start_s + 3 * DAY_S, PARIS) == 3000
    assert forecast_month(300, start_s + 5 * DAY_S, start_s + 8 * DAY_S, PARIS) == 300 + 100 * 22
    assert forecast_month(300, start_s + 5 * DAY_S, start_s + 6 * DAY_S - 1, PARIS) is None
    assert forecast_month(300, 0.0, start_s + DAY_S - 1, PARIS) is None, "nor on the first day of any month"


def test_how_it_stands_tells_of_today_this_month_and_the_forecast() -> None:
    at_s = paris_s("2026-11-11T00:00")
    accounts = {
        ("", "2026-11-11"): Account(40, 500),
        ("", "2026-11-10"): Account(900),
        ("", "2026-11"): Account(10_000, 500),
        ("door", "2026-11-11"): Account(205),
        ("till", "2026-11-11"): Account(10),
        ("till", "2026-11-10"): Account(400),
    }
    told = view(CAPS, at_s, accounts, "2026-11-01", PARIS)

    assert (told.caps, told.spent_day, told.spent_month, told.forecast_month) == (CAPS, 40, 10_000, 30_000)
    assert told.economy is Economy.LONGER_STRIDE, "what the forecast asks for is more than what is used does"
    assert told.cameras == {"door": Economy.FEWER_FRAMES}
    assert told.economy_of("door") is Economy.LONGER_STRIDE


def test_before_anything_was_spent_nothing_is_forecast() -> None:
    told = view(Caps(month=1), paris_s("2026-11-11T00:00"), {}, None, PARIS)
    assert (told.spent_day, told.spent_month, told.forecast_month, told.economy) == (0, 0, None, Economy.NONE)


@pytest.mark.parametrize("caps", [Caps(camera_day=0), Caps(camera_month=0, day=5000)])
def test_where_no_camera_may_spend_anything_none_is_asked_for_a_look_in_vain(caps: Caps) -> None:
    assert view(caps, paris_s("2026-11-11T00:00"), {}, None, PARIS).economy_of("door") is Economy.LOCAL_ONLY


def test_another_day_and_another_month_begin_with_the_whole_cap() -> None:
    clock = FakeClock(wall_s=paris_s("2026-11-30T23:59"))
    purse = PolicyPurse(clock, Caps(day=100, month=150))
    late = purse.reserve(Payer(), 100, second=True)
    assert purse.reserve(Payer(), 1, second=True) is Code.BUDGET_SPENT
    clock.advance(timedelta(minutes=2).total_seconds())
    assert isinstance(late, Hold)
    purse.settle(late, 60)  # counts where it was put aside
    assert isinstance(purse.reserve(Payer(), 100, second=True), Hold)
    assert (purse.accounts["", "2026-11"], purse.accounts["", "2026-12"]) == (Account(60), Account(0, 100))
