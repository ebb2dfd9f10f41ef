"""``vigint-server`` as its owner types it."""

import json
import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import requests

from server.__main__ import main
from vigint_core import __version__
from vigint_core.wire import API_KEY_HEADER, Me

ROOT = Path(__file__).parents[2]


@pytest.fixture
def configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SECRET_KEY", secrets.token_urlsafe(48))
    monkeypatch.setenv("VIGINT_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"


def run(*arguments: str) -> int:
    return main(arguments)


def said(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out.strip()


def test_clients_and_keys(configured: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("clients", "add", "Shop Lyon") == 0
    assert "Shop Lyon" in said(capsys)
    assert run("keys", "add", "Shop Lyon", "--json") == 0
    key = json.loads(said(capsys))
    assert key["key"].startswith(f"vg_{key['id']}_")

    assert run("clients", "list", "--json") == 0
    assert [client["name"] for client in json.loads(said(capsys))] == ["Shop Lyon"]
    assert run("keys", "list") == 0
    listed = said(capsys)
    assert key["id"] in listed
    assert "good" in listed
    assert key["key"] not in listed

    assert run("keys", "revoke", key["id"]) == 0
    capsys.readouterr()
    assert run("keys", "list") == 0
    assert "revoked" in said(capsys)


def test_a_data_folder_that_can_not_be_made_is_told_in_words(
    configured: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    configured.write_text("a file stands in its place")

    assert run("migrate") == 1
    assert str(configured) in capsys.readouterr().err


def test_the_key_is_nowhere_in_the_data_folder(configured: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("clients", "add", "Shop")
    run("keys", "add", "Shop", "--json")
    key = json.loads(said(capsys).splitlines()[-1])["key"].encode()
    secret = key.split(b"_", 2)[2]
    assert all(secret not in file.read_bytes() for file in configured.rglob("*") if file.is_file())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("keys", "add", "Nobody"), "no client named Nobody"),
        (("keys", "revoke", "ffff"), "no key ffff"),
        (("clients", "add", "Twice"), "already"),
    ],
)
def test_what_can_not_be_done_is_said(
    configured: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], words: str
) -> None:
    run("clients", "add", "Twice")
    assert run(*arguments) == 1
    assert words in capsys.readouterr().err


def test_empty_lists_say_so(configured: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("clients", "list") == 0
    assert said(capsys) == "No client yet."
    assert run("keys", "list") == 0
    assert said(capsys) == "No key yet."


def test_migrate_twice(configured: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("migrate") == 0
    assert "now at revision" in said(capsys)
    assert run("migrate") == 0
    assert "already at revision" in said(capsys)


@pytest.mark.parametrize(
    ("secret", "words"),
    [
        (None, "SECRET_KEY is not set"),
        ("", "SECRET_KEY is not set"),
        ("hunt5", "too short: 5 characters"),
        ("x" * 40, "well-known or too simple"),
        ("kq2vX0t9Zr" * 4, "well-known or too simple"),
        ("MyVeryLongPassword-that-is-quite-long-indeed", "well-known"),
        ("your-secret-key-here-change-in-production", "well-known"),
    ],
)
def test_without_a_good_secret_key_nothing_starts(
    configured: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    secret: str | None,
    words: str,
) -> None:
    monkeypatch.delenv("SECRET_KEY")
    if secret is not None:
        monkeypatch.setenv("SECRET_KEY", secret)
    assert run("serve") == 2
    errors = capsys.readouterr().err
    assert words in errors
    assert "token_urlsafe" in errors
    assert not secret or secret not in errors
    assert not configured.exists()


def test_a_wrong_setting_is_named(
    configured: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PORT", "many")
    assert run("doctor") == 2
    assert capsys.readouterr().err.startswith("PORT: ")


def test_a_database_without_driver_is_named(
    configured: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", "mysql+pymysql://vigint:hunter2@127.0.0.1/books")
    assert run("migrate") == 1
    errors = capsys.readouterr().err
    assert "pymysql" in errors
    assert "hunter2" not in errors


@pytest.mark.expects_log("ai probed")
def test_doctor_tells_every_part(configured: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("doctor") == 1
    words = said(capsys)
    assert "database" in words
    assert "storage" in words
    assert "durable work" in words
    assert "(ai.no_key)" in words
    assert run("doctor", "--json") == 1
    parts = {part["part"] for part in json.loads(said(capsys))["parts"]}
    assert parts == {"database", "storage", "ai", "mail", "queue", "disk"}


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        run("--version")
    assert end.value.code == 0
    assert said(capsys) == f"vigint-server {__version__}"


def test_serve_as_a_program(
    configured: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its log says what it loaded, requests come without their query, no secret is in it, SIGTERM ends it."""
    monkeypatch.setenv("PORT", "0")
    run("clients", "add", "Shop")
    capsys.readouterr()
    run("keys", "add", "Shop", "--json")
    key = json.loads(said(capsys))["key"]
    with subprocess.Popen([sys.executable, "-m", "server", "serve"], stderr=subprocess.PIPE, cwd=ROOT) as process:
        try:
            lines = _ask_me(process, key)
            process.send_signal(signal.SIGTERM)
            _, rest = process.communicate(timeout=20)
        finally:
            process.kill()
    log = b"".join(lines) + rest
    requested = next(json.loads(line) for line in log.splitlines() if b"/v1/me" in line)
    assert (requested["path"], requested["status"], requested["method"]) == ("/v1/me", 200, "GET")
    for hidden in (os.environ["SECRET_KEY"], key, "hunter2"):
        assert hidden.encode() not in log


def _ask_me(process: subprocess.Popen[bytes], key: str) -> list[bytes]:
    """Read the log up to the line that tells the port, and ask ``/v1/me`` there."""
    assert process.stderr is not None
    lines: list[bytes] = []
    serving: Mapping[str, Any] = {}
    while not serving:
        lines.append(process.stderr.readline())
        line = json.loads(lines[-1])
        serving = line if line["event"] == "serving" else {}
    assert serving["ai"].startswith("not configured")
    assert serving["clients"] == 1
    with requests.Session() as session:
        url = f"http://127.0.0.1:{serving['port']}/v1/me?api_key=hunter2"
        response = session.get(url, headers={API_KEY_HEADER: key}, timeout=20)
    assert Me.model_validate_json(response.content).client_name == "Shop"
    return lines
