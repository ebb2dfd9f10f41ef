"""An upload that outlives the server it was sent to: real processes, killed in the middle of a part."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from server.config import Config, from_environment
from server.db.database import Database
from server.db.schema import migrate
from server.services.clients import Clients
from tests.fakes.kept import padded_clip, paths_in
from tests.fakes.mortal_server import Mortal, mortal_server
from tests.fakes.server import CLIENT, SECRET_KEY
from tests.fakes.waiting import wait_until
from tests.integration.test_server_http import BODY
from vigint_core.clock import SystemClock
from vigint_core.wire import API_KEY_HEADER

pytestmark = [pytest.mark.usefixtures("s3", "backend"), pytest.mark.slow]
ALERT = "/v1/incidents/i1/files/alert"
CLIP = padded_clip(3_000_000)


class Desk:
    """What a desk does, with whichever server."""

    def __init__(self, key: str) -> None:
        self.key = key

    def ask(self, server: Mortal, method: str, path: str = ALERT, **request: object) -> requests.Response:
        headers = {API_KEY_HEADER: self.key, **request.pop("headers", {})}  # type: ignore[dict-item]
        with requests.Session() as session:
            return session.request(method, server.url + path, headers=headers, timeout=20, **request)  # type: ignore[arg-type]

    def sends(self, server: Mortal, start: int, end: int) -> requests.Response:
        """One part of the clip, which may be the last."""
        return self.ask(server, "PATCH", data=CLIP[start:end], headers=told(start, last=end == len(CLIP)))

    def reached(self, server: Mortal) -> int:
        return int(self.ask(server, "HEAD").headers.get("Upload-Offset", 0))


def told(offset: int, *, last: bool) -> dict[str, str]:
    return {
        "Content-Type": "application/partial-upload",
        "Upload-Offset": str(offset),
        "Upload-Complete": "?1" if last else "?0",
    }


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, backend: str) -> Config:
    monkeypatch.setenv("SECRET_KEY", SECRET_KEY)
    monkeypatch.setenv("VIGINT_DATA_DIR", str(tmp_path))
    return from_environment()


@pytest.fixture
def desk(config: Config) -> Iterator[Desk]:
    database = Database(config.database)
    migrate(database)
    clients = Clients(database, SystemClock())
    clients.add(CLIENT)
    yield Desk(clients.add_key(CLIENT).text)
    database.close()


def test_two_servers_take_turns(config: Config, desk: Desk, tmp_path: Path) -> None:
    with mortal_server({}, tmp_path / "one.log") as one, mortal_server({}, tmp_path / "two.log") as two:
        assert desk.ask(one, "PUT", "/v1/incidents/i1", json=BODY).status_code == 200
        for number, start in enumerate(range(0, len(CLIP), 500_000)):
            answer = desk.sends((one, two)[number % 2], start, min(start + 500_000, len(CLIP)))
            assert answer.status_code in {200, 204}, answer.text
        for server in (one, two):
            assert desk.ask(server, "GET").content == CLIP
    assert len(paths_in(config)) == 1


def test_an_upload_goes_on_after_its_server_was_killed(config: Config, desk: Desk, tmp_path: Path) -> None:
    with mortal_server({}, tmp_path / "one.log") as one:
        assert desk.ask(one, "PUT", "/v1/incidents/i1", json=BODY).status_code == 200
        host, _, port = one.url.removeprefix("http://").partition(":")
        head = f"PATCH {ALERT} HTTP/1.1\r\nHost: x\r\nX-API-Key: {desk.key}\r\nContent-Length: {len(CLIP)}\r\n"
        head += "".join(f"{name}: {text}\r\n" for name, text in told(0, last=True).items())
        with socket.create_connection((host, int(port)), timeout=20) as line:
            line.sendall(head.encode() + b"\r\n" + CLIP[:1_500_000])
            assert wait_until(lambda: desk.reached(one) > 0)
            one.process.kill()
            one.process.wait(30)
    with mortal_server({}, tmp_path / "two.log") as two:
        assert desk.ask(two, "GET").status_code == 404
        reached = desk.reached(two)
        assert 0 < reached < len(CLIP), "what was kept need not be sent again"
        assert desk.sends(two, reached, len(CLIP)).status_code == 200
        assert desk.ask(two, "GET").content == CLIP
    assert len(paths_in(config)) == 1
