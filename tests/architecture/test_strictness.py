"""Every rule of ``tests/strictness`` is broken once on purpose, and seen to fail."""

import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

ROOT = Path(__file__).parents[2]

_CONFTEST = 'from tests.conftest import footage, working_keyring\npytest_plugins = ["tests.strictness.plugin"]\n'
_SETTINGS = """
[pytest]
filterwarnings = error
qt_api = pyside6
addopts = --strict-markers -p no:cacheprovider
markers =
    slow: slow
    expects_log(pattern): expected
"""
_BREACHES = """
import logging, os, socket, subprocess, sys, threading
import keyring, pytest
from pathlib import Path
from PySide6.QtCore import QObject, QTimer

log = logging.getLogger("shop")
kept = []


def test_logs_a_warning():
    log.warning("the till is on fire")


def test_logs_an_error_in_a_thread():
    thread = threading.Thread(target=log.error, args=("the stock is on fire",))
    thread.start()
    thread.join()


@pytest.mark.expects_log("on fire")
def test_logs_what_it_announces():
    log.warning("the till is on fire")


@pytest.mark.expects_log("on fire")
def test_logs_something_else_than_announced():
    log.warning("the till is wet")


@pytest.mark.expects_log("on fire")
def test_logs_nothing_though_announced():
    log.info("on fire")


def test_leaves_a_thread():
    stop = threading.Event()
    kept.append(stop)
    threading.Thread(target=stop.wait, name="stray", daemon=True).start()


def test_ends_its_thread():
    stop = threading.Event()
    thread = threading.Thread(target=stop.wait)
    thread.start()
    stop.set()


def test_leaves_a_timer(qapp):
    timer = QTimer(interval=50)
    kept.append(timer)
    timer.start()


def test_ends_its_timer(qapp):
    timer = QTimer(interval=50)
    timer.start()
    timer.stop()
    kept.append(timer)


def test_leaves_a_single_shot(qapp):
    QTimer.singleShot(60_000, lambda: None)


def test_deletes_the_receiver_of_its_single_shot(qapp):
    receiver = QObject()
    QTimer.singleShot(60_000, receiver, lambda: None)


def test_deletes_the_parent_of_its_timer(qapp):
    parent = QObject()
    timer = QTimer(parent, interval=50)
    timer.start()
    kept.append(timer)
    parent.deleteLater()


def test_leaves_a_socket():
    kept.append(socket.create_server(("127.0.0.1", 0)))


def test_closes_its_socket():
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
        pass


def test_leaves_a_socket_that_python_does_not_know():
    sock = socket.create_server(("127.0.0.1", 0))
    kept.append(os.dup(sock.fileno()))
    sock.close()


def test_leaves_a_process():
    kept.append(subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE))


def test_connects_beyond_loopback():
    with socket.socket() as sock, pytest.raises(ConnectionRefusedError):
        sock.connect(("192.0.2.1", 80))


def test_resolves_a_foreign_name():
    with pytest.raises(ConnectionRefusedError):
        socket.getaddrinfo("camera.invalid", 80)


def test_sends_a_datagram_beyond_loopback():
    with socket.socket(type=socket.SOCK_DGRAM) as sock, pytest.raises(ConnectionRefusedError):
        sock.sendto(b"", ("192.0.2.1", 9))


def test_sends_a_multicast_beyond_loopback():
    with socket.socket(type=socket.SOCK_DGRAM) as sock, pytest.raises(ConnectionRefusedError):
        sock.sendto(b"", ("239.255.255.250", 9))


def test_sends_a_multicast_to_itself():
    with socket.socket(type=socket.SOCK_DGRAM) as sock:
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1"))
        sock.sendto(b"", ("239.255.255.250", 9))


def test_connects_to_itself():
    left, right = socket.socketpair()
    left.close(), right.close()
    assert socket.getaddrinfo("localhost", 80)


def test_lets_a_warning_pass():
    import warnings
    warnings.warn("old", DeprecationWarning)


@pytest.fixture(scope="module")
def wide_thread():
    stop, more = threading.Event(), threading.Event()
    def work():
        more.wait()
        helper = threading.Thread(target=stop.wait, name="helper")
        helper.start()
        helper.join()
    thread = threading.Thread(target=work, name="wide")
    thread.start()
    yield more
    stop.set()
    thread.join()


def test_uses_a_thread_of_a_wider_fixture(wide_thread):
    wide_thread.set()


def test_has_a_home_of_its_own(tmp_path):
    assert os.environ["HOME"] == str(Path.home()) != os.environ["USERS_HOME"]
    assert os.environ["XDG_CONFIG_HOME"].startswith(os.environ["HOME"])
    assert "GOOGLE_API_KEY" not in os.environ
    assert os.environ["QT_QPA_PLATFORM"] == "offscreen"


def test_has_no_keyring():
    with pytest.raises(keyring.errors.NoKeyringError):
        keyring.get_password("VigInt", "server-key")


def test_has_a_keyring_if_it_asks(working_keyring):
    keyring.set_password("VigInt", "server-key", "secret")
    assert keyring.get_password("VigInt", "server-key") == "secret"


def test_needs_footage(footage):
    pass


@pytest.mark.slow
def test_takes_long():
    pass
"""
_BROKEN = {
    "test_logs_a_warning": r"logged WARNING by shop at .*test_breaches\.py:\d+: the till is on fire",
    "test_logs_an_error_in_a_thread": r"logged ERROR by shop at .*: the stock is on fire",
    "test_logs_something_else_than_announced": r"the till is wet\n.*did not log the warning it announces: 'on fire'",
    "test_logs_nothing_though_announced": r"did not log the warning it announces: 'on fire'",
    "test_leaves_a_thread": r"left behind: thread 'stray' \(daemon\), started at\n.*in test_leaves_a_thread: ",
    "test_leaves_a_timer": r"left behind: active QTimer of 50 ms, started at\n.*in test_leaves_a_timer: timer.start",
    "test_leaves_a_single_shot": r"left behind: QTimer.singleShot of 60000 ms, started at\n.*test_leaves_a_single_shot",
    "test_leaves_a_socket": r"left behind: socket <socket.socket .*\n.*in test_leaves_a_socket: ",
    "test_leaves_a_socket_that_python_does_not_know": r"left behind: internet socket socket:\[\d+\] of a C library",
    "test_leaves_a_process": r"left behind: process \d+ .*\n.*in test_leaves_a_process: ",
    "test_connects_beyond_loopback": r"reached for '192\.0\.2\.1' at\n.*in test_connects_beyond_loopback: ",
    "test_resolves_a_foreign_name": r"reached for 'camera\.invalid' at\n",
    "test_sends_a_datagram_beyond_loopback": r"reached for '192\.0\.2\.1' at\n",
    "test_sends_a_multicast_beyond_loopback": r"reached for '239\.255\.255\.250' at\n",
    "test_lets_a_warning_pass": r"DeprecationWarning: old",
    "test_needs_footage": r"no footage in /nowhere",
}


@pytest.fixture(scope="module")
def complaints(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What one run of all these tests says against each of them; "" for those that pass."""
    folder = tmp_path_factory.mktemp("breaches")
    for name, text in {"conftest.py": _CONFTEST, "pytest.ini": _SETTINGS, "test_breaches.py": _BREACHES}.items():
        (folder / name).write_text(text, "utf-8")
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "USERS_HOME": os.environ["HOME"],
        "GOOGLE_API_KEY": "the user's own",
        "VIGINT_FOOTAGE": "/nowhere",
    }
    command = [sys.executable, "-m", "pytest", "--tb=short", "--junitxml=report.xml"]
    subprocess.run(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, check=False, timeout=90)
    cases = ET.parse(folder / "report.xml").iter("testcase")
    said: dict[str, str] = {}
    for case in cases:
        said[case.attrib["name"]] = said.get(case.attrib["name"], "") + "\n".join(child.text or "" for child in case)
    return said


@pytest.mark.parametrize(("name", "pattern"), _BROKEN.items())
def test_a_breach_fails_and_names_its_origin(name: str, pattern: str, complaints: dict[str, str]) -> None:
    assert re.search(pattern, complaints[name]), complaints[name]


def test_nothing_else_is_complained_about(complaints: dict[str, str]) -> None:
    assert {name for name, said in complaints.items() if said} == set(_BROKEN)


def test_slow_tests_are_left_out_unless_asked_for(complaints: dict[str, str]) -> None:
    assert "test_takes_long" not in complaints
    assert len(complaints) > len(_BROKEN)
