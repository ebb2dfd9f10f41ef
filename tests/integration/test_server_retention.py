"""The daily job: what is old goes, what is locked stays, once a day over all processes, and it says what it did."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from server.config import Config
from server.db.books.links import LinkEntry
from server.db.books.retention import MOST_RUNS, RetentionRuns
from server.db.database import Database
from server.db.schema import migrate
from server.db.tables import FileKind, LinkRight
from server.db.tenant import Tenant
from server.services.finished_work import FinishedWork
from server.services.parts import Parts, assemble
from server.services.retention import LINKS_KEPT_S, WORKFLOW, Retention
from server.workflows import retention as daily
from server.workflows import runtime
from server.workflows.retention import RetentionSweep
from tests.fakes.clock import FakeClock
from tests.fakes.examiner import ScriptedExaminer
from tests.fakes.links import START_S, add_incident
from tests.fakes.possessions import CLIP, give_everything, mentions, objects
from tests.fakes.server import CLIENT, SECRET_KEY, RunningServer, running_server
from tests.fakes.waiting import wait_until
from vigint_core.domain.fault import Code
from vigint_core.domain.incident import IncidentState
from vigint_core.domain.status import Health
from vigint_core.domain.verdict import Severity
from vigint_core.policy.keeping import DAY_S

pytestmark = pytest.mark.usefixtures("backend")


class Shop:
    """A client of a server that does not run, with the clock in the test's hand."""

    def __init__(self, parts: Parts, clock: FakeClock) -> None:
        self.parts = parts
        self.clock = clock
        self.client_id = parts.clients.add("Shop").id
        self.tenant = Tenant(parts.database, self.client_id)

    def add(self, name: str, **changes: Any) -> None:
        add_incident(self.parts.database, self.client_id, name, **changes)

    def sweep(self) -> dict[str, int]:
        return {name: number for name, number in self.parts.retention.sweep_client(self.client_id).items() if number}

    def left(self) -> set[str]:
        names = ("low", "medium", "high", "critical", "vetoed", "locked")
        return {name for name in names if self.tenant.incidents.one(name) is not None}


@pytest.fixture
def shop_with(tmp_path: Path) -> Iterator[Callable[..., Shop]]:
    made: list[Parts] = []

    def make(**limits: Any) -> Shop:
        config = Config(secret_key=SecretStr(SECRET_KEY), vigint_data_dir=tmp_path, **limits)
        database = Database(config.database)
        migrate(database)
        clock = FakeClock(wall_s=START_S + 60)
        made.append(assemble(config, database, ScriptedExaminer(), clock))
        return Shop(made[-1], clock)

    yield make
    for parts in made:
        parts.close()


def test_incidents_go_by_age_and_severity_and_a_locked_one_stays(shop_with: Callable[..., Shop]) -> None:
    shop = shop_with(vigint_keep_days=30, vigint_keep_days_low=5, vigint_keep_days_critical=90)
    for severity in Severity:
        shop.add(severity.value, severity=severity)
    shop.add("vetoed", severity=Severity.CRITICAL, state=IncidentState.VETOED)
    shop.add("locked", severity=Severity.LOW)
    shop.parts.incidents.review(shop.tenant, "locked", lambda _version: True, {"locked": True}, "key")

    everything = {"low", "medium", "high", "critical", "vetoed", "locked"}
    left = []
    for days in (4.9, 0.2, 2.0, 24.0, 60.0, 1000.0):
        shop.clock.advance(days * DAY_S)
        shop.sweep()
        left.append(everything - shop.left())

    assert left == [
        set(),
        {"low"},
        {"low", "vetoed"},
        {"low", "vetoed", "medium", "high"},
        {"low", "vetoed", "medium", "high", "critical"},
        {"low", "vetoed", "medium", "high", "critical"},
    ]


def test_a_client_keeps_for_as_long_as_it_says(shop_with: Callable[..., Shop]) -> None:
    shop = shop_with()
    shop.add("high", severity=Severity.HIGH)
    assert shop.parts.retention.set_rule(shop.tenant, {"days": 2.0}).days == 2
    shop.clock.advance(3 * DAY_S)
    assert shop.sweep() == {"incidents": 1}
    for wrong in ({"years": 1.0}, {"days": 0.0}, {"high": float("nan")}, {"low": 1e9}):
        with pytest.raises(ValueError, match="not a time to keep"):
            shop.parts.retention.set_rule(shop.tenant, wrong)
    assert shop.parts.retention.rule_of(shop.tenant).days == 2
    assert shop.parts.retention.set_rule(shop.tenant, {}).days == 30


def test_clips_of_windows_go_after_a_day_and_all_else_with_its_time(shop_with: Callable[..., Shop]) -> None:
    shop = shop_with()
    give_everything(shop.parts, shop.client_id, "camera", "all", START_S)
    assert shop.sweep() == {}

    shop.clock.advance(1.1 * DAY_S)
    assert shop.sweep() == {"files": 2, "bytes": 2 * len(CLIP)}
    assert shop.tenant.files.find("all-incident", FileKind.ALERT) is not None
    shop.clock.advance(29 * DAY_S)
    swept = shop.sweep()

    assert {name: swept[name] for name in ("incidents", "windows", "files", "alerts")} == {
        "incidents": 1, "windows": 1, "files": 2, "alerts": 1,
    }  # fmt: skip
    assert objects(shop.parts) == []
    left = {table for table in mentions(shop.parts, "all-incident") if table != "events"}
    assert left <= {"files"}, "only rows that name nothing else"
    assert shop.sweep() == {}


def test_a_window_stays_with_its_incident(shop_with: Callable[..., Shop]) -> None:
    shop = shop_with()
    give_everything(shop.parts, shop.client_id, "camera", "all", START_S)
    shop.parts.incidents.review(shop.tenant, "all-incident", lambda _version: True, {"locked": True}, "key")
    shop.clock.advance(100 * DAY_S)
    assert "windows" not in shop.sweep()
    assert "analyses" in mentions(shop.parts, "all-window")


def test_links_go_a_month_after_their_end(shop_with: Callable[..., Shop]) -> None:
    shop = shop_with()
    shop.add("locked")
    shop.parts.incidents.review(shop.tenant, "locked", lambda _version: True, {"locked": True}, "key")
    end_s = shop.clock.wall() + DAY_S
    shop.tenant.links.add(LinkEntry("0123456789abcdef0123", "locked", LinkRight.VIEW, START_S, end_s, "key"))
    shop.clock.advance(DAY_S + LINKS_KEPT_S - 1)
    assert shop.sweep() == {}
    shop.clock.advance(2)
    assert shop.sweep() == {"links": 1}


def test_what_belongs_to_nobody_goes_too(shop_with: Callable[..., Shop]) -> None:
    shop = shop_with()
    give_everything(shop.parts, shop.client_id, "camera", "all", START_S)
    with pytest.raises(Exception, match="invalid_key"):
        shop.parts.clients.sign_in("vg_nobody_" + "x" * 43, "192.0.2.7")
    shop.clock.advance(8 * DAY_S)
    assert shop.parts.retention.sweep_rest()["events"] >= 1
    assert "events" not in mentions(shop.parts, shop.client_id)
    assert "failed_sign_ins" not in mentions(shop.parts, "192.0.2.7")


def test_the_day_changes_at_night_and_its_work_is_reported(shop_with: Callable[..., Shop]) -> None:
    shop = shop_with()
    retention, runs = shop.parts.retention, RetentionRuns(shop.parts.database)
    assert retention.day() == "2026-11-22"
    shop.clock.advance((24 + 2.9 - 13.55) * 3600)
    assert retention.day() == "2026-11-22", "3 o'clock has not come"
    shop.clock.advance(0.2 * 3600)
    assert retention.day() == "2026-11-23"

    retention.begin("2026-11-23")
    assert not retention.is_done("2026-11-23")
    retention.begin("2026-11-23")
    retention.finish("2026-11-23", [{"files": 2, "links": 1}, {"files": 3}])

    run = runs.latest()
    assert run is not None
    assert (run.day, dict(run.erased), retention.is_done("2026-11-23")) == (
        "2026-11-23",
        {"files": 5, "links": 1},
        True,
    )


def test_reports_do_not_grow_for_ever(shop_with: Callable[..., Shop]) -> None:
    shop = shop_with()
    runs = RetentionRuns(shop.parts.database)
    for number in range(MOST_RUNS + 5):
        runs.begin(f"2026-{number:05}", float(number))
    assert not runs.is_done("2026-00000")
    assert mentions(shop.parts, "2026-00")["retention_runs"] == MOST_RUNS


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningServer]:
    monkeypatch.setattr(daily, "DELAY_S", 0.0)
    with running_server(tmp_path / "server", examiner=ScriptedExaminer()) as running:
        yield running


@pytest.mark.slow
def test_a_running_server_does_it_by_itself_and_once(server: RunningServer, monkeypatch: pytest.MonkeyPatch) -> None:
    retention = server.parts.retention
    began = threading.Semaphore(0)
    once = type(retention).begin
    monkeypatch.setattr(type(retention), "begin", lambda *given: (began.release(), once(*given))[1])
    client_id = server.parts.clients.named(CLIENT).id
    add_incident(server.parts.database, client_id, "old")
    with server.parts.database.connection() as connection:
        connection.exec_driver_sql("UPDATE incidents SET opened_s = 5, updated_s = 5")

    assert wait_until(lambda: retention.is_done(retention.day())), "nobody asked for it"
    assert Tenant(server.parts.database, client_id).incidents.one("old") is None
    RetentionSweep(retention, server.parts.durable).sweep()
    server.parts.durable.enqueue(WORKFLOW, f"{WORKFLOW}:{retention.day()}", retention.day())
    server.parts.durable.result(f"{WORKFLOW}:{retention.day()}", 20.0)
    assert not began.acquire(blocking=False) or not began.acquire(blocking=False), "one day is one workflow"


@pytest.mark.slow
@pytest.mark.expects_log("Exception encountered in background workflow")
@pytest.mark.expects_log("what is not kept was not erased")
@pytest.mark.expects_log("health changed")
def test_a_day_s_work_that_fails_is_a_fault_until_another_attempt_succeeds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module, name in ((daily, "DELAY_S"), (runtime, "_ROUND_S"), (runtime, "RENEW_S")):
        monkeypatch.setattr(module, name, 0.1)
    monkeypatch.setattr(daily, "AGAIN_S", 2.0)  # before the last attempt is made, the first is seen
    mended, sweep = threading.Event(), Retention.sweep_rest

    def fail_at_first(retention: Retention) -> Any:
        if not mended.is_set():
            raise KeyError("a bug")
        return sweep(retention)

    monkeypatch.setattr(Retention, "sweep_rest", fail_at_first)

    def queue(server: RunningServer) -> tuple[Health, Code | None]:
        (state,) = server.parts.health.states("queue")
        return state.health, state.finding.code

    with running_server(tmp_path / "server", examiner=ScriptedExaminer()) as server:
        retention = server.parts.retention
        assert wait_until(lambda: queue(server) == (Health.OK, None))
        assert wait_until(lambda: queue(server) == (Health.DEGRADED, Code.SERVER_ERASING_FAILED))
        mended.set()
        assert wait_until(lambda: retention.is_done(retention.day()))
        assert wait_until(lambda: queue(server) == (Health.OK, None))


@pytest.mark.slow
def test_durable_work_of_a_client_is_forgotten_with_it(server: RunningServer) -> None:
    work, day = FinishedWork(server.parts.database), "2020-01-01"
    one, other = server.parts.clients.named(CLIENT).id, server.parts.clients.add("Other").id
    names = [f"{kind}:{client}:w1:1" for kind in ("second", "alert") for client in (one, other)]
    assert wait_until(lambda: server.parts.durable.fault is None)
    for name in names:
        server.parts.durable.start(WORKFLOW, name, day)
        server.parts.durable.result(name, 20.0)

    server.parts.durable.result(f"{WORKFLOW}:{server.parts.retention.day()}", 20.0)
    assert work.forget_windows(one, ["w1", "w2"]) == 1
    server.parts.erasure.client(one)

    assert work.forget_client(one) == 0
    assert work.forget_client(other) == 2
    assert work.forget_ended(server.parts.clock.wall() + 60) >= 1, "the day's own"
    assert work.forget_ended(server.parts.clock.wall() + 60) == 0
