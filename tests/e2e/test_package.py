"""The packaged folder works alone: it starts, brings its server, shows pictures, and keeps secrets in a keyring."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "dist" / "vigint"
_BUILD_S = 900
_RUN_S = 120
_DURATION_S = "20"  # the server answers after about 4 s; on a machine that is busy, later
_SOURCES = ("vigint_core", "vigint_desktop", "server", "resources", "build.spec", "requirements.lock")

pytestmark = [pytest.mark.slow, pytest.mark.timeout(_BUILD_S + _RUN_S)]

# Unlocks a fresh keyring in a session of its own, runs the program twice, and asks the keyring what is in it.
_SESSION = """
set -eu
echo any-password | gnome-keyring-daemon --unlock --components=secrets >/dev/null
"$1" --offscreen --duration "$5" --data-dir "$2"
"$1" --offscreen --duration "$5" --data-dir "$2"
exec "$3" -c "$4" "VigInt $2"
"""
_ASK = """
import sys, keyring
print(keyring.get_keyring().name, bool(keyring.get_password(sys.argv[1], "embedded-key")))
"""


@pytest.fixture(scope="module")
def program() -> Path:
    """The packaged desktop program, built anew where a source is younger than it."""
    built = FOLDER / "vigint-desktop"
    if not built.exists() or built.stat().st_mtime < _youngest_source_s():
        command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN", "build.spec"]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=_BUILD_S)
        assert done.returncode == 0, done.stderr[-4000:]
    return built


def _youngest_source_s() -> float:
    files = (file for name in _SOURCES for file in [ROOT / name, *(ROOT / name).rglob("*")])
    return max(file.stat().st_mtime for file in files if file.is_file() and file.suffix != ".pyc")


def _environment(home: Path) -> dict[str, str]:
    """A machine without Python or this checkout: what the system offers, and a home of its own."""
    run = home / "run"
    run.mkdir(mode=0o700, parents=True)
    return {"PATH": "/usr/bin:/bin", "HOME": str(home), "XDG_RUNTIME_DIR": str(run), "LANG": "C.UTF-8"}


def _run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    environment = _environment(folder / "home")
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=_RUN_S
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def test_the_window_opens_with_its_server_and_shows_pictures(program: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    window = [str(program), "--offscreen", "--duration", _DURATION_S, "--data-dir", str(data)]

    _run([*window, "--screenshot", str(tmp_path / "shot.png"), "--report", str(tmp_path / "report.json")], tmp_path)

    report = json.loads((tmp_path / "report.json").read_text("utf-8"))
    assert {camera["kind"] for camera in report["cameras"]} == {"demo"}
    assert [camera["name"] for camera in report["cameras"] if camera["frames"]["shown"] == 0] == []
    assert (tmp_path / "shot.png").read_bytes().startswith(b"\x89PNG")
    served = (data / "logs" / "vigint-server.log").read_text("utf-8")
    assert '"path": "/v1/me", "status": 200' in served, "the desktop signed in at its embedded server"
    assert "Traceback" not in served + (data / "logs" / "vigint-desktop.log").read_text("utf-8")


def test_secrets_are_written_and_read_in_the_systems_keyring(program: Path, tmp_path: Path) -> None:
    for tool in ("dbus-run-session", "gnome-keyring-daemon"):
        assert shutil.which(tool), f"{tool} is missing: make test-slow installs it"
    data = tmp_path / "data"
    data.mkdir()
    arguments = [str(program), str(data), sys.executable, _ASK, _DURATION_S]
    session = ["dbus-run-session", "--", "sh", "-c", _SESSION, "sh", *arguments]

    said = _run(session, tmp_path).stdout

    assert "True" in said.splitlines()[-1], said
    assert not (data / "secrets.json").exists()
    served = (data / "logs" / "vigint-server.log").read_text("utf-8")
    assert served.count('"path": "/v1/me", "status": 200') >= 2, "the second run signed in with the key of the first"


def test_the_server_program_stands_alone(program: Path, tmp_path: Path) -> None:
    said = _run([str(program.with_name("vigint-server")), "--version"], tmp_path).stdout

    assert said.startswith("vigint-server ")


def test_a_file_is_examined_without_a_window(program: Path, tmp_path: Path, footage: Path) -> None:
    clip = footage / "incident" / "Normal_82.mp4"

    intervals = json.loads(_run([str(program), "gate", str(clip), "--json"], tmp_path).stdout)

    assert all(0 <= start < end for start, end in intervals)
    assert intervals


def test_the_folder_holds_nothing_of_this_machine(program: Path) -> None:
    """No path of the checkout or of its environment is needed: the program runs with both unknown to it."""
    assert os.access(program, os.X_OK)
    names = {file.name for file in FOLDER.rglob("*")}
    assert not {name for name in names if name.startswith(("pytest", "mypy", "hypothesis", "libQt6Quick", "libQt6Qml"))}
    assert "qtbase_fr.qm" in names, "Qt's own words in French: file dialogs, menus of text fields"
