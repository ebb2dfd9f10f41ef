"""``GET /v1/budget`` of a real server: each client reads how its own money stands, in the contract's words."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.fakes.clock import FakeClock
from tests.fakes.server import CLIENT, RunningServer, running_server
from vigint_core.domain.budget import Caps, Economy, Hold, Payer
from vigint_core.domain.fault import Code
from vigint_core.wire import API_KEY_HEADER, Problem, WireBudget, WireCaps
from vigint_desktop.pipeline.monitor import ServerProbe
from vigint_desktop.pipeline.server_link import Endpoint, ServerLink

LIMITS = {"vigint_budget_day_usd": 0.001, "vigint_budget_camera_month_usd": 0.0005}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    with running_server(tmp_path, limits=LIMITS) as running:
        yield running


def budget(server: RunningServer, key: str) -> requests.Response:
    with requests.Session() as session:
        return session.get(f"{server.url}/v1/budget", headers={API_KEY_HEADER: key}, timeout=20)


def spend(server: RunningServer, camera_id: str, cost: int) -> None:
    client = next(client for client in server.parts.clients.all() if client.name == CLIENT)
    hold = server.parts.purse.reserve(Payer(client.id, camera_id), cost, second=True)
    assert isinstance(hold, Hold)
    server.parts.purse.settle(hold, cost)


def test_a_client_reads_its_own_money_and_no_other(server: RunningServer) -> None:
    spend(server, "door", 420)
    spend(server, "till", 100)
    server.parts.clients.add("Other shop")
    other = server.parts.clients.add_key("Other shop").text

    mine = WireBudget.model_validate_json(budget(server, server.key).content)
    theirs = WireBudget.model_validate_json(budget(server, other).content)

    assert mine == WireBudget(
        caps=WireCaps(day=1000, camera_month=500, reserve_share=0.15),
        spent_day=520,
        spent_month=520,
        economy=Economy.FEWER_FRAMES,
        cameras={"door": Economy.LOCAL_ONLY},
    )
    assert (theirs.spent_day, theirs.economy, theirs.cameras) == (0, Economy.NONE, {})


def test_the_desk_understands_what_the_server_tells(server: RunningServer) -> None:
    spend(server, "door", 420)
    link = ServerLink()
    link.set_endpoint(Endpoint(server.url, server.key))

    view = ServerProbe(link, FakeClock()).budget()
    link.close()

    assert view is not None
    assert view.caps == Caps(day=1000, camera_month=500)
    assert (view.spent_day, view.economy_of("door"), view.economy_of("till")) == (
        420,
        Economy.LOCAL_ONLY,
        Economy.NONE,
    )


def test_without_a_key_nothing_is_told(server: RunningServer) -> None:
    answer = budget(server, "vg_000000_nobody")

    assert answer.status_code == 401
    assert Problem.model_validate_json(answer.content).code is Code.AUTH_INVALID_KEY
