"""Life and death: what was there before a restart is there after it; the embedded server never outlives the desk."""

import json
import os
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest

from tests.fakes.desktop import command, run_desktop
from tests.fakes.gemini import GeminiStandIn
from tests.fakes.waiting import wait_until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


def children_of(pid: int) -> list[int]:
    """Process ids of a process's children (Linux)."""
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    found = listed.read_text().split() if listed.exists() else []
    for task in Path(f"/proc/{pid}/task").glob("*"):
        with suppress(FileNotFoundError, ProcessLookupError):  # a thread may end while it is looked at
            found += (task / "children").read_text().split()
    return sorted({int(child) for child in found})


def is_running(pid: int) -> bool:
    """Whether a process lives; one that only waits to be reaped does not."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM], ids=["killed", "asked to leave"])
def test_the_embedded_server_dies_with_the_desktop(end: signal.Signals, tmp_path: Path) -> None:
    words = command(tmp_path, ["--offscreen", "--demo", "--duration", "120"])
    desktop = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        log = tmp_path / "logs" / "vigint-server.log"
        assert wait_until(lambda: log.exists() and "serving" in log.read_text(), 60)
        children = children_of(desktop.pid)
        assert children
        os.kill(desktop.pid, end)
        desktop.wait(30)
        assert wait_until(lambda: not any(is_running(child) for child in children))
    finally:
        desktop.kill()
        desktop.wait(30)


def test_a_second_desktop_on_the_same_folder_is_refused(tmp_path: Path) -> None:
    words = ["--offscreen", "--demo", "--server", "none", "--duration", "120"]
    first = subprocess.Popen(command(tmp_path, words), stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        assert wait_until((tmp_path / "desk.lock").exists)
        second = subprocess.run(command(tmp_path, words), capture_output=True, text=True, timeout=90, check=False)
    finally:
        first.terminate()
        first.wait(30)
    assert second.returncode == 1
    assert "Another VigInt" in second.stderr


def test_incidents_are_there_after_a_restart(tmp_path: Path) -> None:
    with GeminiStandIn(always_suspect=True) as gemini:
        environment = {"GOOGLE_API_KEY": "some-key", "GOOGLE_GEMINI_BASE_URL": gemini.url}
        first = run_desktop(tmp_path, ["--demo", "--server", "none"], 20.0, environment)
        assert first.report["incidents"]
        again = run_desktop(tmp_path, ["--demo", "--server", "none"], 2.0, {})
    before = {incident["id"]: incident for incident in first.report["incidents"]}
    after = {incident["id"]: incident for incident in again.report["incidents"]}
    assert set(before) <= set(after)
    assert all(after[known]["act_at"] == incident["act_at"] for known, incident in before.items())
    assert first.rows("SELECT count(*) FROM windows WHERE result = 'waiting'") == [(0,)]


def test_the_doctor_finds_the_chain_whole_but_for_the_missing_key(tmp_path: Path) -> None:
    done = subprocess.run(
        [*command(tmp_path, [])[:3], "doctor", "--data-dir", str(tmp_path), "--json"],
        capture_output=True, text=True, timeout=90, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    findings = {finding["link"]: finding for finding in json.loads(done.stdout)["findings"]}
    assert done.returncode == 1
    assert findings["settings"]["passed"]
    assert findings["books"]["passed"]
    assert findings["server"]["code"] == "ai.no_key"
    assert findings["server"]["remedy"]
