"""What a client's calls used: exact sums of half-open periods, its own calls alone."""

from dataclasses import replace
from datetime import UTC
from math import nextafter
from zoneinfo import ZoneInfo

import pytest

from server.db.books.calls import WindowEntry, add_calls
from server.db.database import Database
from server.db.tenant import Tenant, Usage
from server.services.answers import answer_of
from server.services.clients import Clients
from tests.fakes.clock import FakeClock
from tests.fakes.examiner import CLEAR
from vigint_core.domain.fault import Code
from vigint_core.domain.ids import WindowId
from vigint_core.domain.verdict import Call, Judgement
from vigint_core.policy.periods import days_of, month_named

PARIS = ZoneInfo("Europe/Paris")
MARCH = month_named("2026-03", PARIS)
FIRST = Call("first", "flash", "v1", 1300, 120, 690, 0.5, None, 700, 10, 20)
SECOND = replace(FIRST, look="second", model="pro", cost_micro_usd=9_000)
FAILED = Call("first", "flash", "v1", 0, 0, 0, 8.0, Code.AI_TIMEOUT, unsettled_micro_usd=4_321)


@pytest.fixture
def tenant(database: Database) -> Tenant:
    return Tenant(database, Clients(database, FakeClock()).add("Shop").id)


def entry(camera_id: str, name: str = "", window_id: str = "w") -> WindowEntry:
    return WindowEntry(window_id, "f" * 64, camera_id, name or camera_id, 0.0, 10.0)


def book(database: Database, tenant: Tenant, at_s: float, *calls: Call, camera_id: str = "till") -> None:
    with database.writing() as session:
        add_calls(session, tenant.client_id, entry(camera_id), calls, at_s)


def test_every_number_of_a_call_is_summed(database: Database, tenant: Tenant) -> None:
    book(database, tenant, MARCH.start_s + 5, FIRST, SECOND, FAILED)

    assert tenant.usage_by_period([MARCH]) == {"2026-03": Usage(3, 1, 2600, 1400, 20, 240, 40, 9_690, 4_321)}


def test_a_period_has_its_begin_and_not_its_end(database: Database, tenant: Tenant) -> None:
    inside = (MARCH.start_s, nextafter(MARCH.end_s, 0))
    for at_s in (nextafter(MARCH.start_s, 0), *inside, MARCH.end_s):
        book(database, tenant, at_s, FIRST)

    assert tenant.usage_by("look", MARCH)["first"].calls == len(inside)
    assert tenant.usage_by_period([MARCH])["2026-03"].calls == len(inside)


def test_days_are_those_of_the_zone_and_those_without_calls_are_left_out(database: Database, tenant: Tenant) -> None:
    changed = days_of(MARCH, PARIS)[28]  # a Sunday of 23 hours
    for at_s in (changed.start_s - 1, changed.start_s, changed.start_s + 23 * 3600 - 1, changed.start_s + 23 * 3600):
        book(database, tenant, at_s, FIRST)

    found = tenant.usage_by_period(days_of(MARCH, PARIS))

    assert {day: sums.calls for day, sums in found.items()} == {"2026-03-28": 1, "2026-03-29": 2, "2026-03-30": 1}


def test_calls_are_told_apart_by_model_look_and_camera(database: Database, tenant: Tenant) -> None:
    book(database, tenant, MARCH.start_s, FIRST, SECOND)
    book(database, tenant, MARCH.start_s, FAILED, camera_id="door")

    assert {name: sums.cost_micro_usd for name, sums in tenant.usage_by("model", MARCH).items()} == {
        "flash": 690,
        "pro": 9_000,
    }
    assert {name: sums.calls for name, sums in tenant.usage_by("look", MARCH).items()} == {"first": 2, "second": 1}
    assert {name: (sums.calls, sums.failed) for name, sums in tenant.usage_by("camera", MARCH).items()} == {
        "door": (1, 1),
        "till": (2, 0),
    }


def test_calls_of_others_and_probes_are_not_the_clients(database: Database, tenant: Tenant) -> None:
    other = Tenant(database, Clients(database, FakeClock()).add("Other").id)
    book(database, other, MARCH.start_s, FIRST)
    with database.writing() as session:
        add_calls(session, None, None, [replace(FIRST, look="probe")], MARCH.start_s)

    assert tenant.usage_by_period([MARCH]) == tenant.usage_by("camera", MARCH) == {}
    assert tenant.camera_names(MARCH) == {}
    assert other.usage_by_period([MARCH])["2026-03"].calls == 1


def test_sums_are_exact_where_a_float_is_not(database: Database, tenant: Tenant) -> None:
    book(database, tenant, MARCH.start_s, replace(FIRST, cost_micro_usd=2**53), replace(FIRST, cost_micro_usd=1))
    book(database, tenant, MARCH.start_s, *[replace(FIRST, tokens_in=2**31 - 1)] * 3)

    sums = tenant.usage_by_period([MARCH])["2026-03"]

    assert sums.cost_micro_usd == 2**53 + 1 + 3 * 690
    assert sums.tokens_in == 3 * (2**31 - 1) + 2 * 1300


def test_calls_from_before_cameras_were_kept_are_counted_under_none(database: Database, tenant: Tenant) -> None:
    with database.writing() as session:
        add_calls(session, tenant.client_id, None, [FIRST], MARCH.start_s)

    assert list(tenant.usage_by("camera", MARCH)) == [""]


def test_a_camera_has_the_name_of_its_last_call_in_the_period(database: Database, tenant: Tenant) -> None:
    other = Tenant(database, Clients(database, FakeClock()).add("Other").id)
    calls = answer_of(Judgement(WindowId("w"), CLEAR, None, 0, 10, (FIRST,)))
    for who, window_id, name, at_s in (
        (tenant, "w1", "Till", MARCH.start_s),
        (tenant, "w2", "Till 2", MARCH.end_s - 1),
        (tenant, "w3", "Till, moved", MARCH.end_s),
        (other, "w2", "Theirs", MARCH.start_s),
    ):
        window = entry("till", name, window_id)
        who.analyses.claim(window, "mark", at_s, 90)
        who.analyses.settle(window, "mark", calls, final=True, now_s=at_s)

    assert tenant.camera_names(MARCH) == {"till": "Till 2"}
    assert tenant.camera_names(month_named("2026-04", PARIS)) == {"till": "Till, moved"}
    assert tenant.camera_names(month_named("2026-05", UTC)) == {}


def test_sums_add_up() -> None:
    assert Usage(1, 0, 2, 3, 4, 5, 6, 7, 8) + Usage(1, 1, 1, 1, 1, 1, 1, 1, 1) == Usage(2, 1, 3, 4, 5, 6, 7, 8, 9)
