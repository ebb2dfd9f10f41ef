"""The application: what is done before it answers anybody."""

import threading
from pathlib import Path

import fastapi.routing
import pytest
import requests

from server import app
from server.services.event_hub import EventHub
from tests.fakes.server import running_server


def test_no_request_waits_for_routes_to_be_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build, built = fastapi.routing._IncludedRouter._build_effective_context, []
    with running_server(tmp_path) as server:

        def counted(*args: object) -> object:
            built.append(args)
            return build(*args)  # type: ignore[arg-type]

        monkeypatch.setattr(fastapi.routing._IncludedRouter, "_build_effective_context", counted)
        assert requests.get(f"{server.url}/healthz", timeout=30).status_code == 200
        assert requests.post(f"{server.url}/v1/analyses", timeout=30).status_code == 401
    assert built == []


@pytest.mark.expects_log("a task beside the requests failed and begins anew")
def test_a_task_beside_the_requests_that_fails_begins_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bug of any kind: before, the server went on without its events, and said so when it stopped."""
    run, begun, well = EventHub.run, [], threading.Event()

    async def fail_at_first(hub: EventHub) -> None:
        begun.append(1)
        if len(begun) < 3:
            raise KeyError("a bug")
        well.set()
        await run(hub)

    monkeypatch.setattr(EventHub, "run", fail_at_first)
    monkeypatch.setattr(app, "AGAIN_S", 0.01)
    with running_server(tmp_path) as server:
        assert well.wait(20)
        assert requests.get(f"{server.url}/healthz", timeout=30).status_code == 200
    assert len(begun) == 3
