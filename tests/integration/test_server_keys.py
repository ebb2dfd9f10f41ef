"""Keys as their owner handles them: typed commands beside two running servers on one database, over real HTTP."""

import json
import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from server.config import from_environment
from server.db.database import Database
from server.db.schema import migrate
from server.services.clients import Clients
from server.services.failed_sign_ins import MOST_PER_KEY
from tests.integration.test_server_http import BODY
from vigint_core.clock import SystemClock
from vigint_core.domain.fault import Code
from vigint_core.wire import API_KEY_HEADER, Me, Problem

pytestmark = pytest.mark.usefixtures("backend")
ROOT = Path(__file__).parents[2]
SERVER = [sys.executable, "-m", "server"]


@dataclass(frozen=True)
class Shop:
    """A server's owner at a terminal."""

    environment: dict[str, str]
    folder: Path

    def type(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*SERVER, *words], cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=60, check=False
        )

    def told(self, *words: str) -> Any:
        done = self.type(*words, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    @contextmanager
    def serving(self, name: str) -> Iterator[str]:
        """The address of a server that runs as a program; its log goes to ``<name>.log``."""
        log = self.folder / f"{name}.log"
        with (
            log.open("wb") as errors,
            subprocess.Popen([*SERVER, "serve"], cwd=ROOT, env=self.environment, stderr=errors) as process,
            log.open() as lines,
        ):
            try:
                yield f"http://127.0.0.1:{self._port(process, lines)}"
            finally:
                process.send_signal(signal.SIGTERM)

    @staticmethod
    def _port(process: subprocess.Popen[bytes], lines: Any) -> int:
        told = ""
        while process.poll() is None:
            told += lines.readline()
            if told.endswith("\n"):
                line, told = json.loads(told), ""
                if line["event"] == "serving":
                    return int(line["port"])
        raise AssertionError(told)

    def log(self) -> str:
        return "".join(file.read_text() for file in self.folder.glob("*.log"))


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    given = {"SECRET_KEY": secrets.token_urlsafe(48), "VIGINT_DATA_DIR": str(tmp_path / "data"), "PORT": "0"}
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "data").mkdir()
    database = Database(from_environment().database)
    migrate(database)
    Clients(database, SystemClock()).add("Lyon")
    database.close()
    return Shop(dict(os.environ), tmp_path)


def ask(url: str, key: str, path: str = "/v1/me", method: str = "GET", **request: Any) -> requests.Response:
    with requests.Session() as session:
        return session.request(method, url + path, headers={API_KEY_HEADER: key}, timeout=20, **request)


def code(answer: requests.Response) -> tuple[int, Code]:
    return answer.status_code, Problem.model_validate_json(answer.content).code


@pytest.mark.slow
def test_a_key_s_life_beside_two_running_servers(shop: Shop) -> None:
    with shop.serving("one") as one, shop.serving("two") as two:
        made = shop.told("keys", "add", "Lyon", "--days", "30")
        assert Me.model_validate_json(ask(one, made["key"]).content).lacking == ()

        changed = shop.told("keys", "rotate", made["id"], "--overlap", "1")
        for url in (one, two):
            assert {ask(url, key).status_code for key in (made["key"], changed["key"])} == {200}
        at_once = shop.told("keys", "rotate", made["id"], "--overlap", "0")
        for url in (one, two):
            for key in (made["key"], changed["key"]):
                assert code(ask(url, key)) == (401, Code.AUTH_INVALID_KEY)
            assert ask(url, at_once["key"]).status_code == 200

        (listed,) = shop.told("keys", "list")
        assert (listed["state"], listed["old_until_s"]) == ("good", None)
        assert listed["last_used_s"] == pytest.approx(listed["created_s"], abs=300)
        assert listed["expires_s"] == pytest.approx(listed["created_s"] + 30 * 86_400, abs=5)

        assert shop.told("keys", "revoke", made["id"])["state"] == "revoked"
        for url in (one, two):
            assert code(ask(url, at_once["key"])) == (401, Code.AUTH_INVALID_KEY)
        refused = shop.type("keys", "rotate", made["id"])
        assert (refused.returncode, refused.stderr) == (1, f"Key {made['id']} is revoked; make a new one.\n")
    kept = shop.log() + shop.type("keys", "list").stdout
    for key in (made["key"], changed["key"], at_once["key"]):
        assert key.split("_", 2)[2] not in kept


@pytest.mark.slow
def test_a_key_for_less_does_less(shop: Shop) -> None:
    key = shop.told("keys", "add", "Lyon", "--scope", "incidents:write", "--expires", "2999-01-31")
    assert (key["scopes"], key["state"]) == (["incidents:write"], "good")
    with shop.serving("one") as url:
        assert ask(url, key["key"], "/v1/incidents/i1", "PUT", json=BODY).status_code == 200
        assert code(ask(url, key["key"], "/v1/incidents")) == (403, Code.AUTH_FORBIDDEN)
        assert code(ask(url, key["key"], "/v1/budget")) == (403, Code.AUTH_FORBIDDEN)


@pytest.mark.slow
def test_failures_count_over_both_servers_and_are_logged_once(shop: Shop) -> None:
    good, attacked = shop.told("keys", "add", "Lyon"), shop.told("keys", "add", "Lyon")
    guess = f"vg_{attacked['id']}_{'hunter2-' * 5}"
    with shop.serving("one") as one, shop.serving("two") as two:
        for number in range(MOST_PER_KEY):
            assert code(ask((one, two)[number % 2], guess)) == (401, Code.AUTH_INVALID_KEY)
        for url in (one, two):
            refused = ask(url, guess)
            assert code(refused) == (429, Code.AUTH_TOO_MANY)
            assert 1 <= int(refused.headers["Retry-After"]) <= 60
            assert ask(url, good["key"]).status_code == 200
            assert ask(url, attacked["key"]).status_code == 200
    failures = [json.loads(line) for line in shop.log().splitlines() if '"sign-in failed"' in line]
    assert [(line["key_id"], line["address"]) for line in failures] == [(attacked["id"], "127.0.0.1")]
    assert "hunter2" not in shop.log()


def test_a_key_in_an_address_is_in_no_log(shop: Shop) -> None:
    key = shop.told("keys", "add", "Lyon")["key"]
    with shop.serving("one") as url, requests.Session() as session:
        for target in (f"/v1/me?api_key={key}", f"/v1/incidents?before={key}", f"/v1/{key}", f"/healthz?{key}"):
            answer = session.get(url + target, timeout=20)
            assert key not in answer.text
        assert code(session.get(f"{url}/v1/me?api_key={key}", timeout=20)) == (401, Code.AUTH_KEY_IN_ADDRESS)
    assert '"/v1/me"' in shop.log()
    assert key.split("_", 2)[2] not in shop.log()
    assert key.split("_", 2)[2].encode() not in b"".join(
        file.read_bytes() for file in (shop.folder / "data").rglob("*") if file.is_file()
    )


@pytest.mark.slow
def test_what_can_not_be_done_is_said(shop: Shop) -> None:
    past = shop.type("keys", "add", "Lyon", "--expires", "2020-01-31")
    assert (past.returncode, past.stdout, past.stderr) == (1, "", "This end has passed already.\n")
    nobody = shop.type("keys", "rotate", "ffff")
    assert (nobody.returncode, nobody.stdout, nobody.stderr) == (1, "", "There is no key ffff.\n")
