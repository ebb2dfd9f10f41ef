"""The server as a child of the desktop: one line in, one line out, and no life of its own."""

import json
import os
import secrets
import select
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from vigint_core import __version__
from vigint_core.wire import API_KEY_HEADER, Me, Readiness

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "server", "serve", "--embedded"]
EXIT_S = 30.0  # far more than it takes; a machine that is busy is no failure


def orders(folder: Path, **changes: Any) -> dict[str, Any]:
    return {
        "secret_key": secrets.token_urlsafe(48),
        "api_key": f"vg_{secrets.token_hex(6)}_{secrets.token_urlsafe(32)}",
        "google_api_key": "",
        "data_dir": str(folder / "server"),
        "client_name": "Bureau d'accueil",
        **changes,
    }


@contextmanager
def child(log: Path, line: bytes) -> Iterator[subprocess.Popen[bytes]]:
    """A child that was given a line; its log goes to a file."""
    with log.open("ab") as errors:
        process = subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, cwd=ROOT)
    with process:
        assert process.stdin is not None
        process.stdin.write(line)
        process.stdin.flush()
        try:
            yield process
        finally:
            process.kill()


def first_line(process: subprocess.Popen[bytes]) -> dict[str, Any]:
    assert process.stdout is not None
    return json.loads(process.stdout.readline())


def get(port: int, path: str, key: str = "") -> requests.Response:
    with requests.Session() as session:
        return session.get(f"http://127.0.0.1:{port}{path}", headers={API_KEY_HEADER: key}, timeout=20)


def test_it_serves_its_desktop_and_ends_with_the_pipe(tmp_path: Path) -> None:
    told = orders(tmp_path)
    log = tmp_path / "log"
    with child(log, json.dumps(told).encode() + b"\n") as process:
        said = first_line(process)
        assert said["version"] == __version__
        me = Me.model_validate_json(get(said["port"], "/v1/me", told["api_key"]).content)
        assert me.client_name == told["client_name"]
        ready = Readiness.model_validate_json(get(said["port"], "/readyz").content)
        assert ready.ready
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.close()
        assert process.wait(EXIT_S) == 0
        assert process.stdout.read() == b""
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert {"serving"} <= {line["event"] for line in lines}
    for name in ("secret_key", "api_key"):
        assert told[name] not in log.read_text()


def test_a_second_start_changes_the_key_and_keeps_the_books(tmp_path: Path) -> None:
    ids = []
    keys = []
    for _ in range(2):
        told = orders(tmp_path)
        keys.append(told["api_key"])
        with child(tmp_path / "log", json.dumps(told).encode() + b"\n") as process:
            port = first_line(process)["port"]
            ids.append(Me.model_validate_json(get(port, "/v1/me", keys[-1]).content).client_id)
            assert get(port, "/v1/me", keys[0]).status_code == (200 if len(keys) == 1 else 401)
    assert ids[0] == ids[1]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        pytest.param({"api_key": "hunter2hunter2"}, "auth.invalid_key", id="key of another form"),
        pytest.param({"secret_key": "hunter2"}, "request.invalid", id="short secret"),
        pytest.param({"surprise": "hunter2"}, "request.invalid", id="unknown order"),
        pytest.param({"data_dir": "/proc/nowhere/server"}, "server.storage", id="folder that can't be made"),
        pytest.param(None, "request.invalid", id="no JSON"),
    ],
)
def test_bad_orders_end_it_with_one_line(tmp_path: Path, changes: dict[str, Any] | None, code: str) -> None:
    line = b"hunter2\n" if changes is None else json.dumps(orders(tmp_path, **changes)).encode() + b"\n"
    with child(tmp_path / "log", line) as process:
        said = first_line(process)
        assert process.wait(EXIT_S) != 0
    assert said["error"] == code
    assert set(said) == {"error", "detail"}
    assert "hunter2" not in json.dumps(said) + (tmp_path / "log").read_text()


def test_of_the_environment_only_limits_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GOOGLE_API_KEY", "DATABASE_URL", "PORT", "SECRET_KEY"):
        monkeypatch.setenv(name, "hunter2")
    line = json.dumps(orders(tmp_path)).encode() + b"\n"
    with child(tmp_path / "log", line) as process:
        parts = Readiness.model_validate_json(get(first_line(process)["port"], "/readyz").content).parts
    assert {part.part: part.label for part in parts}["database"] == "sqlite"
    assert [part.code for part in parts if part.part == "ai"] == ["ai.no_key"]
    monkeypatch.setenv("VIGINT_MAX_LOOKS", "hunter2")
    with child(tmp_path / "log", line) as process:
        said = first_line(process)
    assert said == {"error": "request.invalid", "detail": "environment: VIGINT_MAX_LOOKS"}
    assert "hunter2" not in (tmp_path / "log").read_text()


@pytest.mark.slow
def test_books_of_a_newer_version_are_left_alone(tmp_path: Path) -> None:
    told = json.dumps(orders(tmp_path)).encode() + b"\n"
    with child(tmp_path / "log", told) as process:
        first_line(process)

    with sqlite3.connect(tmp_path / "server" / "server.sqlite3") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with child(tmp_path / "log", told) as process:
        said = first_line(process)
    assert said["error"] == "server.storage"
    assert "newer" in said["detail"]


def test_an_interrupt_is_the_parents_business(tmp_path: Path) -> None:
    """Ctrl-C in a terminal reaches the whole group; the desktop decides, and closes the pipe."""
    with child(tmp_path / "log", json.dumps(orders(tmp_path)).encode() + b"\n") as process:
        port = first_line(process)["port"]
        process.send_signal(signal.SIGINT)
        assert get(port, "/healthz").status_code == 200
        process.terminate()
        assert process.wait(EXIT_S) in {0, -signal.SIGTERM}


def test_googles_library_is_not_loaded_on_the_way_to_the_socket() -> None:
    heavy = "[m for m in sys.modules if m.startswith('google.genai') or m == 'alembic']"
    code = f"import sys, server.cli.embedded; print({heavy})"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, timeout=60, check=True
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.slow
def test_it_ends_with_the_pipe_although_the_ai_keeps_silent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The probe hangs in a library; the exit does not wait for it."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(30)
        monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", f"http://127.0.0.1:{silent.getsockname()[1]}")
        told = orders(tmp_path, google_api_key="any-key-will-do")
        with child(tmp_path / "log", json.dumps(told).encode() + b"\n") as process:
            port = first_line(process)["port"]
            caller, _ = silent.accept()
            with caller:
                parts = Readiness.model_validate_json(get(port, "/readyz").content).parts
                assert [part.code for part in parts if part.part == "ai"] == ["ai.not_proven"]
                assert process.stdin is not None
                process.stdin.close()
                assert process.wait(EXIT_S) == 0
    log = (tmp_path / "log").read_text()
    assert "ai probed" not in log, "the exit waited for the probe"
    assert "any-key-will-do" not in log


PARENT = """
import json, subprocess, sys
child = subprocess.Popen(sys.argv[2:], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
child.stdin.write(open(sys.argv[1], "rb").read())
child.stdin.flush()
print(json.dumps({"pid": child.pid, **json.loads(child.stdout.readline())}), flush=True)
child.wait()
"""


@pytest.mark.slow
def test_it_dies_with_a_parent_that_was_killed(tmp_path: Path) -> None:
    (tmp_path / "orders").write_bytes(json.dumps(orders(tmp_path)).encode() + b"\n")
    arguments = [sys.executable, "-c", PARENT, str(tmp_path / "orders"), *COMMAND]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT) as parent:
        said = first_line(parent)
        handle = os.pidfd_open(said["pid"])
        try:
            parent.kill()
            assert ended(handle, EXIT_S), "the server outlived its parent"
        finally:
            os.close(handle)


def ended(handle: int, within_s: float) -> bool:
    """Whether the process behind a pidfd ended in time."""
    return bool(select.select([handle], [], [], within_s)[0])
