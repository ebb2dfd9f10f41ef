"""How far one gets before any video: a name that is known, a port that takes connections."""

import socket
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.fakes.clock import FakeClock
from tests.fakes.sources import DOOR
from vigint_core.domain.camera import SourceKind
from vigint_core.domain.fault import Code, VigintError
from vigint_core.texts import LANGUAGES, sentence
from vigint_desktop.capture.reach import Facts, reach


@pytest.fixture
def port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def facts_of(url: str, kind: SourceKind = SourceKind.RTSP) -> Facts:
    facts: Facts = []
    reach(replace(DOOR, url=url, kind=kind), facts, FakeClock())
    return facts


def failure_of(url: str) -> tuple[Facts, str]:
    """What is said of an address that leads nowhere, in words and in detail."""
    facts: Facts = []
    with pytest.raises(VigintError) as caught:
        reach(replace(DOOR, url=url), facts, FakeClock())
    assert caught.value.code is Code.CAMERA_UNREACHABLE
    for language in LANGUAGES:
        for key, values in facts:
            assert sentence(language, f"check.{key}", **values)
    return facts, caught.value.detail


def test_a_name_is_looked_up_and_its_port_tried(port: int) -> None:
    resolved, reached = facts_of(f"http://localhost:{port}/video", SourceKind.MJPEG)
    assert resolved[0] == "camera.resolved"
    assert resolved[1]["host"] == "localhost"
    assert "127.0.0.1" in resolved[1]["address"].split(", "), "beside ::1, where the machine has that"
    assert reached == ("camera.reached", {"address": "127.0.0.1", "port": str(port), "ms": "0"})
    for language in LANGUAGES:
        for key, values in (resolved, reached):
            assert sentence(language, f"check.{key}", **values)


def test_a_numeric_address_needs_no_look_up(port: int) -> None:
    assert [key for key, _ in facts_of(f"rtsp://127.0.0.1:{port}/video")] == ["camera.reached"]


def test_every_address_of_a_name_is_tried(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the player does: a name whose IPv6 address nobody listens at plays all the same."""
    with socket.create_server(("127.0.0.2", 0)) as server:
        gone = server.getsockname()
    stream = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
    listed = [(*stream, gone), (*stream, gone), (*stream, ("127.0.0.1", port))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: listed)
    resolved, reached = facts_of(f"rtsp://door.invalid:{port}/video")
    assert resolved == ("camera.resolved", {"host": "door.invalid", "address": "127.0.0.2, 127.0.0.1"})
    assert reached == ("camera.reached", {"address": "127.0.0.1", "port": str(port), "ms": "0"})


def test_a_port_where_nobody_listens(port: int) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        gone = server.getsockname()[1]
    facts, detail = failure_of(f"rtsp://127.0.0.1:{gone}/video")
    assert facts == [("camera.not_reached", {"address": "127.0.0.1", "port": str(gone)})]
    assert detail == f"127.0.0.1, port {gone}: Connection refused"


@pytest.mark.parametrize(
    "error", [socket.gaierror(socket.EAI_NONAME, "Name or service not known"), UnicodeError("label too long")]
)
def test_a_name_that_nobody_knows(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*arguments: object, **named: object) -> None:
        raise error

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert failure_of("rtsp://door.invalid/video") == (
        [("camera.not_resolved", {"host": "door.invalid"})],
        "nobody knows the name door.invalid",
    )


@pytest.mark.parametrize("url", ["rtsp:///video", "rtsp://[::1/video", "rtsp://door:port/", "door"])
def test_an_address_that_names_no_host(url: str) -> None:
    assert failure_of(url) == ([], "the address names no host")


@pytest.mark.parametrize("kind", [SourceKind.FILE, SourceKind.USB, SourceKind.DEMO])
def test_what_is_in_this_computer_needs_no_network(kind: SourceKind) -> None:
    assert facts_of("/dev/video0", kind) == []
