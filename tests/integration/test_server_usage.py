"""What is billed, over real HTTP and as a program: what desks sent stands in it, exactly, and nothing of others."""

import csv
import io
import json
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests

from server.config import from_environment
from server.db.books.calls import WindowEntry, add_calls
from server.db.database import Database
from server.db.schema import migrate
from server.db.tenant import Tenant
from server.services.clients import Client, Clients
from tests.fakes.clock import FakeClock
from tests.fakes.examiner import OVERLOADED, SUSPICION, ScriptedExaminer
from tests.fakes.server import CLIENT, RunningServer, running_server
from tests.integration.test_server_analyses import metadata, send
from vigint_core.domain.fault import Code
from vigint_core.domain.scope import Scope
from vigint_core.domain.verdict import Call
from vigint_core.policy.periods import month_of, zone_named
from vigint_core.wire import API_KEY_HEADER, AnalysisResponse, Problem, WireSums, WireUsage

pytestmark = pytest.mark.usefixtures("backend")
ROOT = Path(__file__).parents[2]
HALLOWEEN = datetime.fromisoformat("2026-10-31T23:30Z").timestamp()  # in Paris it is November already
CALL = Call("first", "flash", "v1", 1300, 120, 690, 0.5, None, 700, 10, 20)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    with running_server(tmp_path, examiner=ScriptedExaminer(SUSPICION)) as running:
        running.parts.clients.change(CLIENT, "Europe/Paris")
        yield running


def get(server: RunningServer, query: str = "", key: str | None = None) -> requests.Response:
    with requests.Session() as session:
        headers = {API_KEY_HEADER: server.key if key is None else key}
        return session.get(f"{server.url}/v1/usage{query}", headers=headers, timeout=20)


def usage(server: RunningServer, query: str = "", key: str | None = None) -> WireUsage:
    response = get(server, query, key)
    assert response.status_code == 200, response.text
    return WireUsage.model_validate_json(response.content)


def shop(server: RunningServer) -> Client:
    return server.parts.clients.named(CLIENT)


def book(database: Database, client: Client, at_s: float, *calls: Call) -> None:
    with database.writing() as session:
        add_calls(session, client.id, WindowEntry("w", "", "till", "Till", 0, 1), calls, at_s)


def test_the_looks_of_desks_are_in_the_usage_to_the_last_unit(server: RunningServer) -> None:
    zone = zone_named("Europe/Paris")
    began = month_of(time.time(), zone)
    answers = [send(server, metadata(f"w{number}", camera_id=f"cam-{number % 2}")) for number in range(5)]
    calls = [call for each in answers for call in AnalysisResponse.model_validate_json(each.content).calls]
    send(server, metadata("w0", camera_id="cam-0"))  # a repeat costs nothing
    months = sorted({began, month_of(time.time(), zone)})  # two, should a month end just now

    found = [usage(server, f"?month={month}&by={by}") for by in ("day", "model", "look", "camera") for month in months]

    assert len(calls) == 10
    for field in ("tokens_in", "tokens_out", "tokens_video", "cost_micro_usd", "unsettled_micro_usd"):
        booked = sum(getattr(call, field) for call in calls)
        assert sum(getattr(each.total, field) for each in found) == 4 * booked
    assert sum(each.total.calls for each in found) == 40
    looks = [(line.name, line.calls) for each in found if each.by == "look" for line in each.lines]
    assert {name for name, _ in looks} == {"first", "second"}
    assert {(line.name, line.label) for each in found if each.by == "camera" for line in each.lines} == {
        ("cam-0", "Till 2"),
        ("cam-1", "Till 2"),
    }


def test_without_a_month_it_is_the_current_one_of_the_clients_zone(server: RunningServer) -> None:
    began = datetime.now(UTC)
    found = usage(server)

    assert (found.by, found.time_zone) == ("day", "Europe/Paris")
    assert found.start <= datetime.now(UTC)
    assert began < found.end
    assert (
        found.start.utcoffset()
        == datetime.fromtimestamp(found.start.timestamp(), zone_named("Europe/Paris")).utcoffset()
    )


def test_failed_calls_are_counted(tmp_path: Path) -> None:
    with running_server(tmp_path, examiner=ScriptedExaminer(OVERLOADED)) as server:
        send(server)
        assert [(line.calls, line.failed) for line in usage(server, "?by=look").lines] == [(1, 1)]


def test_a_month_is_half_open_in_the_clients_zone(server: RunningServer) -> None:
    book(server.parts.database, shop(server), HALLOWEEN, CALL)

    assert usage(server, "?month=2026-10").total == WireSums()
    (line,) = usage(server, "?month=2026-11").lines
    assert (line.name, line.calls, line.cost_micro_usd) == ("2026-11-01", 1, 690)


def test_the_usage_of_others_is_nobodys_business(server: RunningServer) -> None:
    server.parts.clients.add("Other shop")
    other = server.parts.clients.add_key("Other shop").text
    book(server.parts.database, shop(server), HALLOWEEN, CALL)

    assert usage(server, "?month=2026-11", other).total == WireSums()
    refused = get(server, key="")
    assert (refused.status_code, Problem.model_validate_json(refused.content).code) == (401, Code.AUTH_MISSING_KEY)


def test_a_key_that_may_not_read_usage_is_told_so(server: RunningServer) -> None:
    analysing = server.parts.clients.add_key(CLIENT, [Scope.ANALYSE]).text
    refused = get(server, key=analysing)
    assert (refused.status_code, Problem.model_validate_json(refused.content).code) == (403, Code.AUTH_FORBIDDEN)


@pytest.mark.parametrize(
    "query",
    ["?month=", "?month=2026-13", "?month=2026-00", "?month=1999-12", "?month=2026-11-01", "?month=2026-11%0A",
     "?month=%D9%A2026-11", "?month=now", "?by=hour", "?by="],
)  # fmt: skip
def test_a_month_that_is_none_is_a_problem(server: RunningServer, query: str) -> None:
    response = get(server, query)
    assert response.status_code == 422, response.text
    assert Problem.model_validate_json(response.content).code is Code.REQUEST_INVALID
    assert response.json()["errors"]


@pytest.fixture
def books(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """Of a server that its owner configured, with a shop in Paris and two calls around the end of October."""
    monkeypatch.setenv("SECRET_KEY", secrets.token_urlsafe(48))
    monkeypatch.setenv("VIGINT_DATA_DIR", str(tmp_path))
    database = Database(from_environment().database)
    migrate(database)
    client = Clients(database, FakeClock()).add("Shop Lyon", "Europe/Paris")
    book(database, client, HALLOWEEN, CALL, CALL)
    book(database, client, HALLOWEEN - 3600, CALL)
    yield database
    database.close()


def program(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "server", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", timeout=60, check=False)


@pytest.mark.slow
def test_the_program_prints_a_table_csv_and_json_of_the_same_sums(books: Database) -> None:
    asked = ("usage", "--client", "Shop Lyon", "--month", "2026-11")

    table, comma, document = program(*asked), program(*asked, "--csv"), program(*asked, "--json")

    assert (table.returncode, comma.returncode, document.returncode) == (0, 0, 0), table.stderr
    assert table.stdout.splitlines()[-1].split()[:4] == ["total", "2", "0", "2600"]
    rows: list[dict[str, Any]] = list(csv.DictReader(io.StringIO(comma.stdout)))
    total = WireUsage.model_validate_json(document.stdout).total
    assert [row["day"] for row in rows] == ["2026-11-01"]
    assert {field: sum(int(row[field]) for row in rows) for field in WireSums.model_fields} == total.model_dump()
    assert (total.calls, total.cost_micro_usd) == (2, 1380)


def test_the_program_says_what_it_can_not_do(books: Database) -> None:
    unknown, no_month = program("usage", "--client", "Nobody"), program("usage", "--client", "A", "--month", "2026-13")

    assert (unknown.returncode, unknown.stderr.strip()) == (1, "There is no client named Nobody.")
    assert (no_month.returncode, unknown.stdout, no_month.stdout) == (2, "", "")
    assert "'2026-13' is no month; months are written like 2026-11" in no_month.stderr


@pytest.mark.slow
def test_the_program_sets_and_lists_time_zones(books: Database) -> None:
    assert program("clients", "set", "Shop Lyon", "--time-zone", "America/New_York").returncode == 0
    assert program("clients", "add", "Shop Oslo", "--time-zone", "Europe/Oslo").returncode == 0
    wrong = program("clients", "add", "Shop Mars", "--time-zone", "Mars/Base")
    listed = json.loads(program("clients", "list", "--json").stdout)

    assert {each["name"]: each["time_zone"] for each in listed} == {
        "Shop Lyon": "America/New_York",
        "Shop Oslo": "Europe/Oslo",
    }
    assert "Europe/Oslo       en        Shop Oslo" in program("clients", "list").stdout
    assert (wrong.returncode, wrong.stdout) == (1, "")
    assert "Mars/Base is no time zone that this machine knows; they are named like Europe/Paris" in wrong.stderr
    client = Clients(books, FakeClock()).named("Shop Lyon")
    assert len(Tenant(books, client.id).calls()) == 3
    october = program("usage", "--client", "Shop Lyon", "--month", "2026-10", "--json")
    assert WireUsage.model_validate_json(october.stdout).total.calls == 3, "New York has October still"
