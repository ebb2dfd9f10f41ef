"""``tools/setup.sh`` on machines that are played: who may install, what is missing, what is there already."""

import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


class Machine:
    """A checkout in a folder with a space in its name, and the commands that setup finds, played by small scripts."""

    def __init__(self, folder: Path) -> None:
        self.checkout = folder / "check out"
        self._commands = folder / "commands"
        self._commands.mkdir()
        shutil.copytree(ROOT / "tools", self.checkout / "tools")
        for name in ("requirements.lock", "pyproject.toml"):
            shutil.copy(ROOT / name, self.checkout)
        self.has(id="echo 1000", sudo="exit 1", **{"apt-cache": "exit 0", "dpkg-query": "exit 0", "apt-get": "exit 99"})

    def has(self, **commands: str) -> None:
        """Put commands in place; each notes its call."""
        for name, script in commands.items():
            file = self._commands / name
            file.write_text(f'#!/bin/sh\necho "{name} $*" >>"{self._commands}/calls"\n{script}\n', "utf-8")
            file.chmod(file.stat().st_mode | stat.S_IXUSR)

    def has_packages(self, *, but: tuple[str, ...] = (), besides: tuple[str, ...] = ()) -> None:
        """All packages of the lists are installed, under the names of Debian 12, but some, and besides some."""
        lists = "".join(file.read_text("utf-8") for file in (self.checkout / "tools" / "packages").glob("*.txt"))
        names = [line.split("#")[0].split("|")[0].strip() for line in lists.splitlines()] + list(besides)
        lines = "\n".join(f"installed {name}" for name in names if name and name not in but)
        self.has(**{"dpkg-query": f"cat <<'END'\n{lines}\nEND"})

    def has_environment(self) -> None:
        """A virtual environment whose Python notes what it is asked to install."""
        python = self.checkout / ".venv" / "bin" / "python"
        python.parent.mkdir(parents=True)
        self.has(python_in_venv="exit 0")
        shutil.copy(self._commands / "python_in_venv", python)

    @property
    def calls(self) -> list[str]:
        """What was called since this was asked last."""
        file = self._commands / "calls"
        said = file.read_text("utf-8").splitlines() if file.exists() else []
        file.unlink(missing_ok=True)
        return said

    def set_up(self, purpose: str, python: str = sys.executable) -> subprocess.CompletedProcess[str]:
        """Run the script."""
        environment = {**os.environ, "PATH": f"{self._commands}:{os.environ['PATH']}", "PYTHON": python}
        return subprocess.run(
            ["bash", str(self.checkout / "tools" / "setup.sh"), purpose],
            env=environment, capture_output=True, text=True, check=False, timeout=90,
        )  # fmt: skip


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_who_may_not_install_is_told_the_one_command_and_stopped(machine: Machine) -> None:
    machine.has_packages(but=("libegl1", "xvfb"))

    done = machine.set_up("test")

    assert done.returncode == 1
    commands = re.findall(r"^  sudo .*", done.stderr, re.MULTILINE)
    assert commands == ["  sudo apt-get update && sudo apt-get install --yes --no-install-recommends libegl1 xvfb"]


def test_running_needs_nothing_that_only_tests_need(machine: Machine) -> None:
    machine.has_packages(but=("xvfb", "ffmpeg", "gnome-keyring"))
    machine.has_environment()

    assert machine.set_up("run").returncode == 0
    assert not any(call.startswith("apt-get") for call in machine.calls)


def test_root_installs_what_is_missing(machine: Machine) -> None:
    machine.has_packages(but=("libegl1",))
    machine.has_environment()
    machine.has(id="echo 0", **{"apt-get": "exit 0"})

    assert machine.set_up("test").returncode == 0
    assert [call for call in machine.calls if call.startswith("apt-get")] == [
        "apt-get update --quiet=2",
        "apt-get install --yes --no-install-recommends libegl1 --quiet=2",
    ]


def test_sudo_without_a_password_installs_too(machine: Machine) -> None:
    machine.has_packages(but=("libegl1",))
    machine.has_environment()
    machine.has(sudo="exit 0")

    assert machine.set_up("run").returncode == 0
    installing = "sudo -n env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends libegl1"
    assert any(call.startswith(installing) for call in machine.calls)


def test_a_failed_installation_is_not_passed_over(machine: Machine) -> None:
    machine.has_packages(but=("libegl1",))
    machine.has_environment()
    machine.has(id="echo 0", **{"apt-get": '[ "$1" = update ]'})

    assert machine.set_up("run").returncode != 0
    assert not (machine.checkout / ".venv" / ".ready").exists()


def test_a_package_that_has_another_name_here_counts(machine: Machine) -> None:
    machine.has_packages(but=("libglib2.0-0",), besides=("libglib2.0-0t64",))
    machine.has_environment()

    assert machine.set_up("test").returncode == 0


def test_the_name_that_apt_knows_is_asked_for(machine: Machine) -> None:
    machine.has_packages(but=("libglib2.0-0",))
    machine.has(**{"apt-cache": 'case "$*" in *t64*) echo "Package: known";; *) exit 100;; esac'})

    assert "--no-install-recommends libglib2.0-0t64\n" in machine.set_up("run").stderr


def test_a_name_that_apt_has_only_heard_of_is_not_asked_for(machine: Machine) -> None:
    machine.has_packages(but=("chromium",))
    machine.has(**{"apt-cache": 'case "$*" in *chromium-browser) exit 0;; *) echo "Package: known";; esac'})

    assert "--no-install-recommends chromium\n" in machine.set_up("test").stderr


def test_a_machine_without_lists_gets_them_before_its_names_are_chosen(machine: Machine) -> None:
    machine.has_packages(but=("libglib2.0-0",))
    machine.has_environment()
    machine.has(id="echo 0", **{"apt-get": "exit 0"})

    assert machine.set_up("run").returncode == 0

    called = [call.split(" --")[0] for call in machine.calls if call.startswith("apt")]
    assert called == ["apt-get update", "apt-cache show", "apt-cache show", "apt-get install"]


def test_the_environment_is_made_once_and_again_when_the_lock_changes(machine: Machine) -> None:
    machine.has_packages()
    machine.has_environment()

    def installations() -> list[str]:
        return [call for call in machine.calls if "pip install" in call]

    assert machine.set_up("test").returncode == 0
    first, second = installations()
    assert "--no-deps --require-hashes --requirement requirements.lock" in first
    assert "--no-deps --no-build-isolation --no-index --editable ." in second

    assert machine.set_up("test").returncode == 0
    assert installations() == []

    with (machine.checkout / "requirements.lock").open("a", encoding="utf-8") as lock:
        lock.write("# changed\n")
    assert machine.set_up("test").returncode == 0
    assert len(installations()) == 2


def test_an_old_python_is_refused_in_words(machine: Machine) -> None:
    machine.has_packages()
    machine.has(python_old='case "$*" in *version_info*) exit 1;; *) echo "Python 3.9.2";; esac')

    done = machine.set_up("run", python="python_old")

    assert done.returncode == 1
    assert "needs Python 3.11 or newer; Python 3.9.2 is here" in done.stderr
