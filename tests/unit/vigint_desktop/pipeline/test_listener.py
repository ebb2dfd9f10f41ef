"""Who listens to the server: hears what concerns it, comes back where it left off, and ends when it is told to."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.fakes.clock import FakeClock
from tests.fakes.event_peer import EventPeer, event_peer
from tests.fakes.http_peer import HttpPeer, Reply, as_json, problem
from tests.fakes.sink import RecordingSink
from tests.fakes.waiting import wait_until
from vigint_core.domain.fault import Code
from vigint_desktop.pipeline.listener import ANYTHING, STOP_S, Heard, Listener
from vigint_desktop.pipeline.server_link import Endpoint, ServerLink

SETTLED = 'id: {}\nevent: analysis.settled\ndata: {{"subject":"{}","at":"2026-11-29T12:00:00Z"}}\n\n'


W1 = Heard("analysis.settled", "w1")


class Ear:
    """A listener with a clock of the test's."""

    def __init__(self, link: ServerLink) -> None:
        self.heard: list[Heard] = []
        self.sink = RecordingSink()
        self.clock = FakeClock()
        self.listener = Listener(link, self.sink, self.clock)
        self.listener.add(self.heard.append)

    def has_heard(self, *what: Heard) -> bool:
        return wait_until(lambda: self.heard == list(what), every_s=0.01)

    def follows(self, endpoint: Endpoint | None) -> bool:
        return wait_until(lambda: self.listener.hears == endpoint, every_s=0.01)


@pytest.fixture
def events(link: ServerLink) -> Iterator[EventPeer]:
    with event_peer() as listening:
        link.set_endpoint(Endpoint(listening.url, "vg_1_key"))
        yield listening


@contextmanager
def listening(ear: Ear) -> Iterator[None]:
    ear.listener.worker.start()
    try:
        yield
    finally:
        assert ear.listener.worker.stop(30.0)


def test_it_tells_what_changes_and_to_everybody(link: ServerLink, events: EventPeer) -> None:
    ear, another = Ear(link), list[Heard]()
    ear.listener.add(another.append)
    with listening(ear):
        assert events.wait_until_asked(1)
        assert ear.listener.hears is None
        events.send("retry: 1000\nid: 4\n\n")
        assert ear.has_heard(ANYTHING), "what was before is unknown"
        assert ear.follows(link.endpoint)

        events.send('id: 5\nevent: incident.put\ndata: {"subject":"i1"}\n\n:\n\n')
        events.send("id: 6\nevent: alert.sent\ndata: what\n\nid: 7\nevent: message\ndata: {}\n\n")
        events.send(SETTLED.format(8, "w1"))
        told = (ANYTHING, Heard("incident.put", "i1"), W1)
        assert ear.has_heard(*told), "what is none of ours is passed over"

        events.send("id: 99\nevent: reset\ndata: {}\n\n")
        assert ear.has_heard(*told, ANYTHING), "more was missed than the server tells"
    assert ear.listener.hears is None
    assert another == ear.heard
    assert ear.sink.events == []


@pytest.mark.parametrize("data", ["what", "{}", "[]", '{"subject":7}', '{"subject":""}', '{"subject":"../i1"}'])
def test_of_an_event_that_can_not_be_read_anything_may_be_true(link: ServerLink, events: EventPeer, data: str) -> None:
    ear = Ear(link)
    with listening(ear):
        assert events.wait_until_asked(1)
        events.send(f"id: 5\nevent: incident.put\ndata: {data}\n\n")
        assert ear.has_heard(ANYTHING, ANYTHING)


def test_it_comes_back_where_it_left_off(link: ServerLink, events: EventPeer) -> None:
    ear = Ear(link)
    with listening(ear):
        assert events.wait_until_asked(1)
        events.send(SETTLED.format(8, "w1"))
        assert ear.has_heard(ANYTHING, W1)
        events.hang_up()
        assert wait_until(lambda: ear.listener.hears is None, every_s=0.01)
        ear.clock.advance(1.0)
        assert events.wait_until_asked(2)
    assert "Last-Event-ID" not in events.asked[0]
    assert "Last-Event-ID: 8\r\n" in events.asked[1]


def test_another_client_s_numbers_are_not_ours(link: ServerLink, events: EventPeer) -> None:
    ear = Ear(link)
    with listening(ear):
        assert events.wait_until_asked(1)
        events.send(SETTLED.format(8, "w1"))
        assert ear.has_heard(ANYTHING, W1)
        link.set_endpoint(Endpoint(events.url, "vg_2_key"))
        events.send(":\n\n")  # at the next sign of life it sees that it follows the wrong one
        assert events.wait_until_asked(2)
    assert "Last-Event-ID" not in events.asked[1]


def test_it_ends_soon_while_nothing_comes(link: ServerLink, events: EventPeer) -> None:
    ear = Ear(link)
    ear.listener.worker.start()
    assert events.wait_until_asked(1)
    events.send(":\n\n")
    assert ear.has_heard(ANYTHING)

    started_s = time.monotonic()
    assert ear.listener.worker.stop(30.0)
    assert time.monotonic() - started_s < STOP_S


def test_the_program_waits_no_longer_for_it_than_that(link: ServerLink, events: EventPeer) -> None:
    events.head = b""  # the server accepts and says nothing
    ear = Ear(link)
    ear.listener.worker.start()
    assert events.wait_until_asked(1)

    started_s = time.monotonic()
    ear.listener.worker.stop(0.1)
    assert time.monotonic() - started_s < STOP_S
    events.hang_up()
    assert ear.listener.worker.stop(30.0)
    assert ear.sink.events == []


@pytest.mark.parametrize(
    "reply",
    [
        problem(404, Code.REQUEST_NOT_FOUND),
        problem(403, Code.AUTH_FORBIDDEN),
        problem(401, Code.AUTH_INVALID_KEY),
        as_json({}),
    ],
)
def test_who_has_no_events_for_us_is_not_asked_again_and_again(peer: HttpPeer, link: ServerLink, reply: Reply) -> None:
    peer.plays(reply)
    ear = Ear(link)
    ear.listener._step()
    ear.clock.advance(599.0)
    ear.listener._step()
    assert len(peer.asked) == 1

    ear.clock.advance(1.0)
    ear.listener._step()
    assert len(peer.asked) == 2
    assert (ear.heard, ear.sink.events) == ([], [])


def test_a_server_that_fails_is_asked_later_and_later(peer: HttpPeer, link: ServerLink) -> None:
    peer.plays(Reply(503))
    ear = Ear(link)
    for longest_s in (1.0, 2.0, 4.0):
        ear.listener._step()
        ear.clock.advance(longest_s * 0.75)
        ear.listener._step()
        ear.clock.advance(longest_s * 0.25)
    assert len(peer.asked) == 3
    assert ear.sink.events == []


@pytest.mark.parametrize("endpoint", [None, Endpoint("http://127.0.0.1:1", "")])
def test_without_a_server_or_a_key_it_waits(link: ServerLink, endpoint: Endpoint | None) -> None:
    link.set_endpoint(endpoint)
    ear = Ear(link)
    ear.listener._step()
    assert (ear.heard, ear.sink.events) == ([], [])
