"""Two server processes on the same books: what one is told, the desks of the other learn within a second."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from tests.fakes.server import SECRET_KEY, RunningServer, running_server
from tests.integration.test_server_http import BODY, ask
from vigint_core.wire import API_KEY_HEADER

pytestmark = pytest.mark.usefixtures("backend")
ROOT = Path(__file__).parents[2]
_START_S = 60.0


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    with running_server(tmp_path) as running:
        yield running


@contextmanager
def second_process(data_dir: Path) -> Iterator[str]:
    """Another server on the same books, as its owner starts it; its address."""
    told = {"SECRET_KEY": SECRET_KEY, "VIGINT_DATA_DIR": str(data_dir), "PORT": "0"}
    command = [sys.executable, "-m", "server", "serve"]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **told}, stderr=subprocess.PIPE, text=True)
    late = threading.Timer(_START_S, process.kill)
    late.start()
    try:
        assert process.stderr is not None
        lines = (json.loads(line) for line in process.stderr)
        port = next(line["port"] for line in lines if line.get("event") == "serving")
        drain = threading.Thread(target=process.stderr.read)
        drain.start()
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)
        late.cancel()
        late.join()
        drain.join()
        process.stderr.close()


@contextmanager
def stream(url: str, key: str, **headers: str) -> Iterator[Iterator[str]]:
    """The lines of a stream, behind its opening."""
    with (
        requests.Session() as session,
        session.get(f"{url}/v1/events", headers={API_KEY_HEADER: key, **headers}, stream=True, timeout=20) as answer,
    ):
        lines = answer.iter_lines(chunk_size=1, decode_unicode=True)
        assert answer.status_code == 200
        assert next(lines) == "retry: 1000"
        yield lines


def next_subject(lines: Iterator[str]) -> str:
    return str(next(json.loads(line[6:])["subject"] for line in lines if line.startswith("data: ")))


def test_desks_on_two_processes_learn_from_each_other_within_a_second(server: RunningServer, tmp_path: Path) -> None:
    with (
        second_process(tmp_path) as other,
        stream(server.url, server.key) as here,
        stream(other, server.key) as there,
    ):
        took_s = []
        for n in range(5):
            ask(server, "PUT", f"/v1/incidents/i{n}", json=BODY).raise_for_status()
            began_s = time.monotonic()
            assert next_subject(there) == f"i{n}"
            took_s.append(time.monotonic() - began_s)
            assert next_subject(here) == f"i{n}"
        with requests.Session() as session:
            put = session.put(f"{other}/v1/incidents/i9", json=BODY, headers={API_KEY_HEADER: server.key}, timeout=20)
        put.raise_for_status()
        assert next_subject(here) == next_subject(there) == "i9"
    assert sorted(took_s)[2] <= 1.0, took_s


def test_a_desk_that_changes_its_process_goes_on_where_it_was(server: RunningServer, tmp_path: Path) -> None:
    for n in range(3):
        ask(server, "PUT", f"/v1/incidents/i{n}", json=BODY).raise_for_status()
    with second_process(tmp_path) as other, stream(other, server.key, **{"Last-Event-ID": "1"}) as lines:
        assert [next_subject(lines) for _ in range(2)] == ["i1", "i2"]
