"""Calls at random, near every edge of a zone's time, in a real database: each is counted once, to the last unit."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import astuple
from datetime import datetime
from functools import cache
from itertools import count
from math import floor, nextafter
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.db.books.calls import WindowEntry, add_calls
from server.db.database import Database
from server.db.schema import migrate
from server.db.tenant import Tenant, Usage
from server.services.clients import Clients
from tests.fakes.clock import FakeClock
from vigint_core.domain.fault import Code
from vigint_core.domain.verdict import Call
from vigint_core.policy.periods import Period, days_of, month_named

YEARS = (2025, 2026)
ZONES = (
    "UTC", "Europe/Paris", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe",
    "America/Santiago", "America/Havana", "Africa/Cairo", "Pacific/Chatham",
)  # fmt: skip
NUMBERS = count()
Booked = tuple[float, str, Call]


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    with closing(Database(f"sqlite:///{tmp_path_factory.mktemp('books') / 'x.sqlite3'}")) as database:
        migrate(database)
        yield database


@cache
def edges(zone_name: str) -> Sequence[int]:
    """Midnights at month ends and the seconds at which the zone's clock is changed."""
    zone = ZoneInfo(zone_name)
    ends = [month.start_s for month in months(zone_name)] + [months(zone_name)[-1].end_s]
    changes = [
        hour_s
        for hour_s in range(ends[0], ends[-1], 1800)
        if datetime.fromtimestamp(hour_s, zone).utcoffset() != datetime.fromtimestamp(hour_s - 1, zone).utcoffset()
    ]
    return ends + changes


@cache
def months(zone_name: str) -> Sequence[Period]:
    return [month_named(f"{year}-{month:02}", ZoneInfo(zone_name)) for year in YEARS for month in range(1, 13)]


def moments(zone_name: str) -> st.SearchStrategy[float]:
    """On an edge, the least bit before it, up to two days beside it, or anywhere."""
    edge = st.sampled_from(edges(zone_name))
    near = st.one_of(st.just(0.0), st.floats(-3 * 3600, 3 * 3600), st.integers(-172_800, 172_800))
    all_of_it = st.floats(edges(zone_name)[0], nextafter(months(zone_name)[-1].end_s, 0))
    return st.one_of(
        edge.map(lambda at_s: nextafter(at_s, 0)), st.builds(lambda at, by: at + by, edge, near), all_of_it
    )


NUMBER = st.integers(0, 2**31 - 1)
CALLS = st.builds(
    Call,
    look=st.sampled_from(["first", "second"]),
    model=st.sampled_from(["flash", "flash-lite", "pro"]),
    prompt_version=st.just("v1"),
    tokens_in=NUMBER,
    tokens_out=NUMBER,
    cost_micro_usd=st.integers(0, 2**50),
    latency_s=st.just(0.5),
    error=st.sampled_from([None, None, Code.AI_TIMEOUT, Code.AI_OVERLOADED]),
    tokens_video=NUMBER,
    tokens_cached=NUMBER,
    tokens_thought=NUMBER,
    unsettled_micro_usd=st.integers(0, 2**50),
)


@st.composite
def ledgers(draw: st.DrawFn) -> tuple[str, list[Booked]]:
    """A zone, and calls at their moments and cameras."""
    zone_name = draw(st.sampled_from(ZONES))
    camera = st.sampled_from(["door", "till", "yard"])
    return zone_name, draw(st.lists(st.tuples(moments(zone_name), camera, CALLS), max_size=24))


def used(calls: Sequence[Booked]) -> Usage:
    """What calls used, added one by one in Python."""
    total = Usage()
    for _, _, call in calls:
        tokens = (call.tokens_in, call.tokens_video, call.tokens_cached, call.tokens_out, call.tokens_thought)
        total += Usage(1, call.error is not None, *tokens, call.cost_micro_usd, call.unsettled_micro_usd)
    return total


@settings(max_examples=150, deadline=None)
@given(ledgers())
@pytest.mark.slow
def test_every_call_is_in_one_day_and_one_month_and_all_sums_are_the_ledgers(
    database: Database, drawn: tuple[str, list[Booked]]
) -> None:
    zone_name, ledger = drawn
    tenant = Tenant(database, Clients(database, FakeClock()).add(f"Shop {next(NUMBERS)}", zone_name).id)
    with database.writing() as session:
        for at_s, camera_id, call in ledger:
            add_calls(session, tenant.client_id, WindowEntry("w", "", camera_id, camera_id, 0, 1), [call], at_s)
    assert Counter(map(astuple, tenant.calls())) == Counter(astuple(call) for _, _, call in ledger)

    zone = ZoneInfo(zone_name)
    counted = [booked for booked in ledger if months(zone_name)[0].start_s <= booked[0] < months(zone_name)[-1].end_s]
    assert tenant.usage_by_period(months(zone_name)) == by_clock(counted, zone, "%Y-%m")
    for month in months(zone_name):
        mine = [booked for booked in counted if month.start_s <= booked[0] < month.end_s]
        if mine or month.name.endswith("-01"):
            check_month(tenant, month, mine, zone)


def by_clock(calls: Sequence[Booked], zone: ZoneInfo, form: str) -> dict[str, Usage]:
    """The sums by what a clock on the wall showed: nothing here knows of spans."""
    shown: dict[str, list[Booked]] = {}
    for booked in calls:
        shown.setdefault(datetime.fromtimestamp(floor(booked[0]), zone).strftime(form), []).append(booked)
    return {name: used(calls) for name, calls in sorted(shown.items())}


def check_month(tenant: Tenant, month: Period, mine: Sequence[Booked], zone: ZoneInfo) -> None:
    """Days as a clock shows them, and one sum whichever way the month is divided."""
    days = tenant.usage_by_period(days_of(month, zone))
    assert days == by_clock(mine, zone, "%Y-%m-%d")
    groups = [tenant.usage_by("model", month), tenant.usage_by("look", month), tenant.usage_by("camera", month)]
    for group in (days, *groups):
        assert sum(group.values(), Usage()) == used(mine)
    assert {camera: sums.calls for camera, sums in groups[2].items()} == Counter(camera for _, camera, _ in mine)
