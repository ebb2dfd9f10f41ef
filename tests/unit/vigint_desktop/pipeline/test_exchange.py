"""The workers beside windows and incidents: started together, woken together, ended together."""

import threading
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.fakes.clock import FakeClock
from tests.fakes.event_peer import event_peer
from tests.fakes.sink import RecordingSink
from tests.fakes.waiting import wait_until
from vigint_core.clock import SystemClock
from vigint_core.media.redact import NOTHING_COVERED
from vigint_desktop.pipeline.courier import Desktop
from vigint_desktop.pipeline.exchange import Exchange
from vigint_desktop.pipeline.listener import STOP_S
from vigint_desktop.pipeline.server_link import Endpoint, ServerLink
from vigint_desktop.pipeline.worker import Worker
from vigint_desktop.store.ledger import Ledger


def test_five_threads_begin_and_none_is_left(tmp_path: Path, link: ServerLink) -> None:
    before = set(threading.enumerate())
    sink = RecordingSink()
    Ledger(tmp_path / "desk.sqlite3").close()
    place = Desktop(tmp_path / "desk.sqlite3", tmp_path, tmp_path / "borrowed")
    exchange = Exchange(place, lambda _: NOTHING_COVERED, link, lambda _: None, sink, SystemClock())

    with event_peer() as events:
        link.set_endpoint(Endpoint(events.url, "vg_1_key"))
        with ExitStack() as running:
            exchange.start(running)
            names = {thread.name for thread in threading.enumerate()}
            assert names >= {"courier", "late looks", "listener", "other desks", "reviewer"}
            assert events.wait_until_asked(1)
            events.send(":\n\n")
            assert wait_until(lambda: exchange.listener.hears is not None, every_s=0.01)
            exchange.wake()

    assert set(threading.enumerate()) <= before
    assert sink.events == []


def test_those_that_a_silent_server_holds_cost_no_more_time_than_one(
    tmp_path: Path, link: ServerLink, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, given = FakeClock(), []

    def hold(_worker: Worker, timeout_s: float) -> bool:
        given.append(timeout_s)
        clock.advance(min(1.5, timeout_s))
        return False

    monkeypatch.setattr(Worker, "start", lambda _worker: None)
    monkeypatch.setattr(Worker, "stop", hold)
    place = Desktop(tmp_path / "desk.sqlite3", tmp_path, tmp_path / "borrowed")
    exchange = Exchange(place, lambda _: NOTHING_COVERED, link, lambda _: None, RecordingSink(), clock)
    with ExitStack() as running:
        exchange.start(running)
    assert given == [STOP_S, STOP_S - 1.5, 0.0, 0.0, 0.0]
