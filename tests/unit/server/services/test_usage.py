"""A client's usage in the contract's words: its month, its lines, and a total that is theirs."""

from dataclasses import replace
from datetime import datetime

import pytest

from server.db.books.calls import WindowEntry, add_calls
from server.db.database import Database
from server.db.tenant import Tenant
from server.services.answers import answer_of
from server.services.clients import Client, Clients
from server.services.usage import usage_of
from tests.fakes.clock import FakeClock
from tests.fakes.examiner import CLEAR
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.ids import WindowId
from vigint_core.domain.verdict import Call, Judgement
from vigint_core.wire import UsageBy, WireSums, WireUsage, WireUsageLine

CALL = Call("first", "flash", "v1", 1300, 120, 690, 0.5, None, 700, 10, 20)
FAILED = Call("first", "flash", "v1", 0, 0, 0, 8.0, Code.AI_TIMEOUT, unsettled_micro_usd=4_321)


def unix(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


LATE = unix("2026-11-30T23:30Z")  # in Paris it is December already


@pytest.fixture
def client(database: Database) -> Client:
    return Clients(database, FakeClock()).add("Shop", "Europe/Paris")


def book(database: Database, client: Client, at_s: float, *calls: Call) -> None:
    with database.writing() as session:
        add_calls(session, client.id, WindowEntry("w", "", "till", "Till", 0, 1), calls, at_s)


def usage(database: Database, client: Client, month: str | None = None, by: UsageBy = "day") -> WireUsage:
    return usage_of(client, Tenant(database, client.id), month, by, LATE)


def test_the_current_month_is_that_of_the_clients_zone(database: Database, client: Client) -> None:
    book(database, client, LATE, CALL, FAILED)
    sums = WireSums(
        calls=2, failed=1, tokens_in=1300, tokens_video=700, tokens_cached=10, tokens_out=120, tokens_thought=20,
        cost_micro_usd=690, unsettled_micro_usd=4_321,
    )  # fmt: skip

    assert usage(database, client) == WireUsage(
        month="2026-12",
        time_zone="Europe/Paris",
        start=datetime.fromisoformat("2026-12-01T00:00+01:00"),
        end=datetime.fromisoformat("2027-01-01T00:00+01:00"),
        by="day",
        lines=[WireUsageLine(name="2026-12-01", **sums.model_dump())],
        total=sums,
    )


def test_another_zone_counts_the_same_calls_by_other_months(database: Database, client: Client) -> None:
    book(database, client, LATE, CALL)
    moved = Clients(database, FakeClock()).change("Shop", "America/New_York")

    assert usage(database, client, "2026-11").total.calls == 0
    assert [line.name for line in usage(database, moved, "2026-11").lines] == ["2026-11-30"]
    assert usage(database, moved, "2026-12").total == WireSums()


@pytest.mark.parametrize("by", ["day", "model", "look", "camera"])
def test_the_total_is_the_sum_of_the_lines(database: Database, client: Client, by: UsageBy) -> None:
    for days in range(5):
        book(database, client, LATE + days * 86_400, CALL, FAILED, replace(CALL, look="second", model="pro"))

    found = usage(database, client, by=by)

    for field in WireSums.model_fields:
        assert sum(getattr(line, field) for line in found.lines) == getattr(found.total, field) > 0
    assert found.total.calls == 15


def test_a_camera_is_told_by_its_id_and_its_name(database: Database, client: Client) -> None:
    tenant = Tenant(database, client.id)
    window = WindowEntry("w1", "", "till", "Till 2", 0, 1)
    tenant.analyses.claim(window, "mark", LATE, 90)
    answer = answer_of(Judgement(WindowId("w1"), CLEAR, None, 0, 1, (CALL,)))
    tenant.analyses.settle(window, "mark", answer, final=True, now_s=LATE)

    assert [(line.name, line.label) for line in usage(database, client, by="camera").lines] == [("till", "Till 2")]
    assert [(line.name, line.label) for line in usage(database, client, by="model").lines] == [("flash", "")]


def test_a_machine_that_has_lost_its_zones_says_what_to_install(database: Database, client: Client) -> None:
    with pytest.raises(VigintError, match="install tzdata") as told:
        usage(database, replace(client, time_zone="Mars/Base"))
    assert told.value.code is Code.INTERNAL


def test_what_is_no_month_is_said(database: Database, client: Client) -> None:
    with pytest.raises(ValueError, match="is no month"):
        usage(database, client, "2026-13")
