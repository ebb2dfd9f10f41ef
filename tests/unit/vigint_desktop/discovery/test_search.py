"""Discovery on a network of one computer: who answers is told once, what answers nonsense is counted, a search ends."""

import socket
import threading
from collections.abc import Sequence
from contextlib import ExitStack, suppress

import pytest
from hypothesis import given
from hypothesis.strategies import binary, text

from tests.fakes.clock import FakeClock
from tests.fakes.onvif_device import LOOPBACK, OnvifDevice, onvif_device
from tests.fakes.onvif_words import BOMB, GREEDY, Mood, probe_match
from vigint_core.clock import SystemClock
from vigint_core.domain.fault import Code
from vigint_core.domain.status import CheckResult, FoundCamera
from vigint_core.texts import LANGUAGES, sentence
from vigint_desktop.discovery import search as module
from vigint_desktop.discovery.search import Discovery, own_addresses

SEARCHED = ("discovery.searched", {"addresses": LOOPBACK})


class Search:
    """A search that ends when it has told of so many cameras; what it told, and how it ended."""

    def __init__(self, device: OnvifDevice, *, until: int, seconds: float = 30.0) -> None:
        self.told: list[FoundCamera] = []
        self._until = until
        self._interrupt = threading.Event()
        looking = Discovery(SystemClock(), lambda: [LOOPBACK], device.group)
        self.result = looking.search("s1", seconds, self._tell, self._interrupt)

    def _tell(self, found: FoundCamera) -> None:
        self.told.append(found)
        if len(self.told) >= self._until:
            self._interrupt.set()


def counted(result: CheckResult) -> list[tuple[str, dict[str, str]]]:
    assert (result.check_id, result.ok, result.code, result.facts[0]) == ("s1", True, None, SEARCHED)
    for language in LANGUAGES:
        for key, values in result.facts:
            assert sentence(language, f"check.{key}", **values)
    return list(result.facts[1:])


def test_a_camera_is_found_with_its_names_and_the_address_that_answered() -> None:
    with onvif_device() as device:
        search = Search(device, until=1)
    assert search.told == [
        FoundCamera("s1", "urn:uuid:till", device.service_url, LOOPBACK, "Till camera", "IPC-42"),
    ]
    assert counted(search.result) == [("discovery.found_one", {"count": "1"})]


def test_several_cameras_are_told_one_by_one() -> None:
    with ExitStack() as stack:
        first = stack.enter_context(onvif_device())
        for number in range(4):
            stack.enter_context(onvif_device(port=first.group[1], key=f"urn:uuid:{number}"))
        search = Search(first, until=5)
    assert {found.key for found in search.told} == {"urn:uuid:till", *(f"urn:uuid:{number}" for number in range(4))}
    assert counted(search.result) == [("discovery.found", {"count": "5"})]


def test_a_camera_that_answers_again_and_again_is_told_once() -> None:
    with onvif_device(mood=Mood(times=3)) as device:
        search = Search(device, until=2, seconds=0.6)  # long enough for two probes
    assert len(search.told) == 1
    assert device.heard.probes >= 2


def test_a_camera_of_the_newer_kind_answers_to_its_own_name() -> None:
    with onvif_device(mood=Mood(types="tds:Device", scopes=())) as device:
        search = Search(device, until=1)
    assert [(found.name, found.hardware) for found in search.told] == [("", "")]


@pytest.mark.parametrize("answer", [b"", b"\xff\xfe\x00", b"<html>", b"<a>" * 20_000, BOMB, GREEDY])
def test_an_answer_that_is_none_is_counted(answer: bytes) -> None:
    with onvif_device(mood=Mood(probe=answer or b"\n")) as device:
        search = Search(device, until=1, seconds=0.3)
    nothing, garbled = counted(search.result)
    assert nothing == ("discovery.nothing", {"count": "0"})
    assert garbled[0] == "discovery.garbled"
    assert search.told == []


@pytest.mark.parametrize(
    "mood",
    [
        Mood(types="pnp:Device NetworkVideoTransmitter", scopes=("ldap:///ou=printers",)),
        Mood(urls="ftp://127.0.0.1/onvif http://127.0.0.1:99999/ http:///onvif http://[::1/"),
    ],
)
def test_what_is_no_camera_or_gives_no_address_is_passed_over(mood: Mood) -> None:
    with onvif_device(mood=mood) as device:
        search = Search(device, until=1, seconds=0.3)
    assert (search.told, counted(search.result)) == ([], [("discovery.nothing", {"count": "0"})])


def test_a_camera_that_names_another_machine_is_asked_where_it_answered_from() -> None:
    with onvif_device(mood=Mood(urls="https://192.0.2.9:8443/onvif/device_service#now")) as device:
        search = Search(device, until=1)
    assert [(found.service_url, found.host) for found in search.told] == [
        ("https://127.0.0.1:8443/onvif/device_service", LOOPBACK)
    ]


def test_an_address_with_a_password_is_told_without() -> None:
    with onvif_device(mood=Mood(urls="http://admin:hunter2@127.0.0.1:8080/onvif/device_service")) as device:
        search = Search(device, until=1)
    assert [found.service_url for found in search.told] == ["http://127.0.0.1:8080/onvif/device_service"]


def test_more_cameras_than_can_be_shown_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_FOUND", 1)
    with onvif_device() as device, onvif_device(port=device.group[1], key="urn:uuid:door"):
        search = Search(device, until=9, seconds=0.3)
    assert len(search.told) == 1
    assert counted(search.result) == [("discovery.found_one", {"count": "1"}), ("discovery.left_out", {"count": "1"})]


def test_a_flood_of_answers_ends_the_search(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_ANSWERS", 20)
    with onvif_device(mood=Mood(times=50)) as device:
        search = Search(device, until=9, seconds=30.0)  # the time limit of the test would show it otherwise
    assert len(search.told) == 1


def test_a_search_that_was_stopped_before_it_began_ends_at_once() -> None:
    interrupt = threading.Event()
    interrupt.set()
    result = Discovery(FakeClock(), lambda: [LOOPBACK]).search("s1", 30.0, lambda found: None, interrupt)
    assert (result.ok, result.code) == (False, Code.PIPELINE_STOPPED)


@pytest.mark.parametrize("addresses", [[], ["192.0.2.77"]])
def test_without_a_network_it_says_so(addresses: Sequence[str]) -> None:
    result = Discovery(SystemClock(), lambda: addresses).search("s1", 30.0, lambda found: None, threading.Event())
    assert (result.ok, result.code, result.facts) == (False, Code.DISCOVERY_NO_NETWORK, ())


def test_an_interface_that_takes_no_multicast_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*arguments: object) -> int:
        raise OSError(101, "Network is unreachable")

    monkeypatch.setattr(socket.socket, "sendto", refused)
    result = Discovery(SystemClock(), lambda: [LOOPBACK]).search("s1", 0.0, lambda found: None, threading.Event())
    assert result.code is Code.DISCOVERY_NO_NETWORK


def test_this_computer_has_addresses_and_the_loopback_is_one() -> None:
    assert LOOPBACK in own_addresses()


@given(binary(), text())
def test_no_datagram_however_odd_is_more_than_garbled(anything: bytes, told: str) -> None:
    mood = Mood(types=told, scopes=(told,), urls=told)
    for datagram in (anything, probe_match(b"<a:MessageID>1</a:MessageID>", mood, told)):
        with suppress(ValueError):
            for answer in module._answers(datagram):
                module._service(answer.service_urls, LOOPBACK)
                module._of_scope(answer.scopes, "name")
