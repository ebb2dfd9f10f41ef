"""The embedded server's life with small scripts in the child's place; the real child is tested with the server."""

import json
import logging
import os
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from tests.fakes.clock import FakeClock
from tests.fakes.sink import RecordingSink
from tests.fakes.waiting import wait_until
from vigint_core.domain.fault import Code, Fault, VigintError
from vigint_core.policy.retry import BackOff
from vigint_desktop.pipeline import embedded as module
from vigint_desktop.pipeline.embedded import EmbeddedServer, Handshake, server_command
from vigint_desktop.pipeline.server_link import Endpoint, ServerLink

ROOT = Path(__file__).parents[4]
GREETS = """
import json, sys
told = json.loads(sys.stdin.readline())
print(json.dumps({"port": int(told["google_api_key"])}), flush=True)
"""
STAYS = GREETS + "sys.stdin.read()\n"


@dataclass
class Home:
    """An embedded server whose child is a script. The port it tells is the number given as the Google key."""

    script: str
    secrets: Handshake
    link: ServerLink = field(default_factory=ServerLink)
    sink: RecordingSink = field(default_factory=RecordingSink)
    handshakes: int = 0

    def __post_init__(self) -> None:
        command = [sys.executable, "-S", "-c", textwrap.dedent(self.script)]
        self.server = EmbeddedServer(self._handshake, self.link, self.sink, FakeClock(), command)
        self.server.worker._back_off = BackOff(first_s=0.01, most_s=0.01)

    def _handshake(self) -> Handshake:
        self.handshakes += 1
        return self.secrets

    @contextmanager
    def living(self) -> Iterator["Home"]:
        self.server.worker.start()
        try:
            yield self
        finally:
            assert self.server.worker.stop(timeout_s=30.0)
            assert self.link.endpoint is None

    def wait_for_port(self, port: int) -> Endpoint:
        with self.link._changed:
            url = f"http://127.0.0.1:{port}"
            assert self.link._changed.wait_for(lambda: self.link._endpoint and self.link._endpoint.url == url, 30)
        return self.link.wait_for_endpoint(0.0)

    def wait_for_fault(self, code: Code) -> Fault:
        assert self.sink.wait_for(lambda s: any(f.code is code for f in s.of(Fault))), self.sink.events
        return next(f for f in self.sink.of(Fault) if f.code is code)


@pytest.fixture
def keys(tmp_path: Path) -> Handshake:
    return Handshake("the secret", "vg_the_key", "4711", tmp_path, "Shop", tmp_path / "models.json", {"day_usd": 3.0})


def test_the_child_is_greeted_and_its_address_told(keys: Handshake) -> None:
    with Home(STAYS, keys).living() as home:
        endpoint = home.wait_for_port(4711)
        assert endpoint.key == "vg_the_key"
        assert home.sink.of(Fault) == []

    assert home.sink.open_faults() == set()


def test_it_reads_every_key_as_one_line_of_json(keys: Handshake) -> None:
    line = keys.line()

    assert "\n" not in line
    assert json.loads(line) == {
        "secret_key": "the secret",
        "api_key": "vg_the_key",
        "google_api_key": "4711",
        "data_dir": str(keys.data_dir),
        "client_name": "Shop",
        "models_file": str(keys.models_file),
        "budget": {"day_usd": 3.0},
    }


def test_no_key_is_shown(keys: Handshake) -> None:
    assert "secret" not in repr(keys)
    assert "vg_" not in f"{keys}"


def test_a_child_that_dies_comes_back_and_the_fault_is_over_while_it_lives(keys: Handshake, tmp_path: Path) -> None:
    second = tmp_path / "second"
    script = (
        GREETS
        + f"""
import os
if not os.path.exists({str(second)!r}):
    open({str(second)!r}, "w").close()
    sys.exit(3)
sys.stdin.read()
"""
    )
    with Home(script, keys).living() as home:
        assert home.wait_for_fault(Code.SERVER_DIED).detail == "exit code 3"
        home.wait_for_port(4711)
        assert home.sink.wait_for(lambda s: not s.open_faults())
        assert home.handshakes == 2


@pytest.mark.parametrize(
    ("script", "code", "detail"),
    [
        ('print(\'{"error": "server.storage", "detail": "no room"}\')', Code.SERVER_STORAGE, "no room"),
        ('print(\'{"error": "a.code.of.tomorrow"}\')', Code.SERVER_DIED, "no port: ValueError"),
        ('print("Traceback (most recent call last):")', Code.SERVER_DIED, "no port: JSONDecodeError"),
        ('print("[1, 2]")', Code.SERVER_DIED, "no port: TypeError"),
        ('print("{}")', Code.SERVER_DIED, "no port: KeyError"),
        ("raise SystemExit(1)", Code.SERVER_DIED, "no port"),
    ],
)
def test_a_child_that_cannot_start_says_why(keys: Handshake, script: str, code: Code, detail: str) -> None:
    with Home(script, keys).living() as home:
        assert home.wait_for_fault(code).detail.startswith(detail)
        assert home.link.endpoint is None


def test_a_child_that_said_why_and_died_before_it_was_spoken_to_is_understood(
    keys: Handshake, monkeypatch: pytest.MonkeyPatch
) -> None:
    spawn = EmbeddedServer._spawn

    def ended(server: EmbeddedServer) -> "subprocess.Popen[str]":
        child = spawn(server)
        child.wait(30)
        return child

    monkeypatch.setattr(EmbeddedServer, "_spawn", ended)
    with Home('print(\'{"error": "server.storage", "detail": "no room"}\')', keys).living() as home:
        assert home.sink.wait_for(lambda sink: bool(sink.of(Fault)))
        assert (home.sink.of(Fault)[0].code, home.sink.of(Fault)[0].detail) == (Code.SERVER_STORAGE, "no room")


def test_a_program_that_is_not_there(keys: Handshake, tmp_path: Path) -> None:
    home = Home(STAYS, keys)
    home.server._command = [str(tmp_path / "nowhere")]
    with home.living():
        assert "can't be started" in home.wait_for_fault(Code.SERVER_DIED).detail


def test_a_handshake_that_cannot_be_made_is_a_fault(keys: Handshake, monkeypatch: pytest.MonkeyPatch) -> None:
    home = Home(STAYS, keys)

    def locked() -> Handshake:
        raise VigintError(Code.STORE_FAILED, "keyring: locked")

    home.server._handshake = locked
    with home.living():
        assert home.wait_for_fault(Code.STORE_FAILED).detail == "keyring: locked"


def test_a_child_that_never_tells_its_port_is_ended(keys: Handshake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "START_S", 0.2)
    with Home("import sys; sys.stdin.read()", keys).living() as home:
        home.wait_for_fault(Code.SERVER_DIED)


def test_a_child_that_ignores_the_end_of_its_stdin_is_ended(keys: Handshake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LEAVE_S", 0.2)
    with Home(GREETS + "import time\nwhile True: time.sleep(60)\n", keys).living() as home:
        home.wait_for_port(4711)

    assert home.sink.of(Fault) == []


def test_a_restart_hands_the_new_keys_over_and_is_no_fault(keys: Handshake) -> None:
    with Home(STAYS, keys).living() as home:
        home.wait_for_port(4711)
        home.secrets = replace(keys, google_api_key="4712")
        home.server.restart()
        home.wait_for_port(4712)

    assert home.sink.of(Fault) == []


def test_a_restart_that_comes_before_there_is_a_child_is_not_lost(keys: Handshake) -> None:
    home = Home(STAYS, keys)
    began, goes_on = threading.Event(), threading.Event()

    def slow() -> Handshake:
        told = home._handshake()
        began.set()
        assert goes_on.wait(30)
        return told

    home.server._handshake = slow
    with home.living():
        assert began.wait(30)  # the old key has been read
        home.secrets = replace(keys, google_api_key="4712")
        home.server.restart()
        goes_on.set()
        home.wait_for_port(4712)

    assert home.sink.of(Fault) == []


def test_a_stop_that_comes_before_there_is_a_child_leaves_none(keys: Handshake) -> None:
    home = Home(STAYS, keys)
    home.server._handshake = lambda: (home.server.worker.stopping.set(), keys)[1]
    home.server.worker.start()

    assert home.server.worker.stop(timeout_s=30.0)
    assert home.link.endpoint is None


def test_another_server_that_is_in_use_meanwhile_stays_in_use(keys: Handshake) -> None:
    own = Endpoint("https://own.example", "key")
    home = Home(STAYS, keys)
    home.server.worker.start()
    home.wait_for_port(4711)
    home.link.set_endpoint(own)
    assert home.server.worker.stop(timeout_s=30.0)

    assert home.link.endpoint is own


def test_what_the_child_logs_is_kept_and_what_it_chatters_is_not_in_its_way(
    keys: Handshake, caplog: pytest.LogCaptureFixture
) -> None:
    chatter = (
        GREETS + "print('x' * 300_000, flush=True)\nprint('ready', file=sys.stderr, flush=True)\nsys.stdin.read()\n"
    )
    with caplog.at_level(logging.INFO, "vigint.embedded_server"), Home(chatter, keys).living() as home:
        home.wait_for_port(4711)
        assert wait_until(lambda: "ready" in caplog.text)


def test_unpackaged_the_server_is_this_python() -> None:
    assert server_command() == [sys.executable, "-m", "server", "serve", "--embedded"]


def test_packaged_it_is_the_program_beside_this_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", "/opt/vigint/vigint-desktop")

    assert server_command()[0].startswith("/opt/vigint/vigint-server")
    assert server_command()[1:] == ["serve", "--embedded"]


_PARENT = """
import sys
from pathlib import Path
from vigint_core.clock import SystemClock
from vigint_desktop.pipeline.embedded import EmbeddedServer, Handshake
from vigint_desktop.pipeline.server_link import ServerLink

class Silent:
    def publish(self, event): pass

link = ServerLink()
command = [sys.executable, "-S", "-c", sys.argv[1]]
keys = Handshake("s", "k", "1", Path("."), "Shop", Path("models.json"), {})
server = EmbeddedServer(lambda: keys, link, Silent(), SystemClock(), command)
server.worker.start()
link.wait_for_endpoint(60)
print("up", flush=True)
sys.stdin.read()
"""


@pytest.mark.slow
def test_the_child_goes_when_the_desktop_is_killed(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    child = f"import os\nopen({str(pid_file)!r}, 'w').write(str(os.getpid()))\n" + STAYS
    parent = subprocess.Popen(
        [sys.executable, "-c", _PARENT, child], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"up\n"
        pid = int(pid_file.read_text())
        parent.send_signal(signal.SIGKILL)

    def gone() -> bool:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        return Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z"  # ended; nobody here may collect it

    assert wait_until(gone)
