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
from vigint_core.domain.ids import WindowId
from vigint_desktop.pipeline.listener import STOP_S, Listener
from vigint_desktop.pipeline.server_link import Endpoint, ServerLink

SETTLED = 'id: {}\nevent: analysis.settled\ndata: {{"subject":"{}","at":"2026-11-29T12:00:00Z"}}\n\n'


class Ear:
    """A listener with a clock of the test's."""

    def __init__(self, link: ServerLink) -> None:
        self.heard: list[WindowId | None] = []
        self.sink = RecordingSink()
        self.clock = FakeClock()
        self.listener = Listener(link, self.heard.append, self.sink, self.clock)

    def has_heard(self, *window_ids: str | None) -> bool:
        return wait_until(lambda: self.heard == list(window_ids), every_s=0.01)


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


def test_it_tells_of_settled_windows_and_of_nothing_else(link: ServerLink, events: EventPeer) -> None:
    ear = Ear(link)
    with listening(ear):
        assert events.wait_until_asked(1)
        assert ear.listener.hears is None
        events.send("retry: 1000\nid: 4\n\n")
        assert ear.has_heard(None), "what was before is unknown"
        assert ear.listener.hears == link.endpoint

        events.send('id: 5\nevent: incident.put\ndata: {"subject":"i1"}\n\n:\n\n')
        events.send("id: 6\nevent: analysis.settled\ndata: what\n\nid: 7\nevent: analysis.settled\ndata: {}\n\n")
        events.send(SETTLED.format(8, "w1"))
        assert ear.has_heard(None, "w1")

        events.send("id: 99\nevent: reset\ndata: {}\n\n")
        assert ear.has_heard(None, "w1", None), "more was missed than the server tells"
        events.send('id: 100\nevent: incident.decided\ndata: {"subject":"i1"}\n\n')
        assert ear.has_heard(None, "w1", None, None), "a window of it was looked at"
    assert ear.listener.hears is None
    assert ear.sink.events == []


def test_it_comes_back_where_it_left_off(link: ServerLink, events: EventPeer) -> None:
    ear = Ear(link)
    with listening(ear):
        assert events.wait_until_asked(1)
        events.send(SETTLED.format(8, "w1"))
        assert ear.has_heard(None, "w1")
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
        assert ear.has_heard(None, "w1")
        link.set_endpoint(Endpoint(events.url, "vg_2_key"))
        events.send(":\n\n")  # at the next sign of life it sees that it follows the wrong one
        assert events.wait_until_asked(2)
    assert "Last-Event-ID" not in events.asked[1]


def test_it_ends_soon_while_nothing_comes(link: ServerLink, events: EventPeer) -> None:
    ear = Ear(link)
    ear.listener.worker.start()
    assert events.wait_until_asked(1)
    events.send(":\n\n")
    assert ear.has_heard(None)

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
