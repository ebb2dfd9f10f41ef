"""A stream of events, as it is read: in pieces of any size, until somebody ends it."""

import threading
from collections.abc import Iterator
from contextlib import closing, suppress

import pytest

from tests.fakes.event_peer import EventPeer, event_peer
from tests.fakes.http_peer import HttpPeer, Reply, as_json, problem
from vigint_core.domain.fault import Code
from vigint_desktop.pipeline import event_stream as module
from vigint_desktop.pipeline.event_stream import EventStream, ServerEvent
from vigint_desktop.pipeline.server_link import Endpoint, ServerError, ServerLink


@pytest.fixture(params=[True, False], ids=["chunked", "until it closes"])
def events(request: pytest.FixtureRequest) -> Iterator[EventPeer]:
    with event_peer(chunked=request.param) as listening:
        yield listening


def opened(link: ServerLink, peer: EventPeer, last_id: str = "") -> EventStream:
    stream = EventStream(link, Endpoint(peer.url, "vg_1_key"), "/v1/events", last_id)
    assert peer.wait_until_asked(1)
    return stream


def test_events_come_as_they_are_sent_and_the_number_of_the_last_is_kept(link: ServerLink, events: EventPeer) -> None:
    with closing(opened(link, events)) as stream:
        told = iter(stream)
        events.send("retry: 1000\nid: 7\n\n")
        assert (next(told), stream.last_id) == (None, "7")
        events.send('id: 8\nevent: analysis.settled\ndata: {"subject":"w1"}\n\n')
        assert next(told) == ServerEvent("analysis.settled", '{"subject":"w1"}')
        events.send(":\n\n")
        assert (next(told), stream.last_id) == (None, "8")


def test_pieces_may_end_anywhere(link: ServerLink, events: EventPeer) -> None:
    with closing(opened(link, events)) as stream:
        told = iter(stream)
        for piece in ("id: 1\r", "\nevent: a\r\nda", "ta: é", "\r\ndata:two\r\n", "\r\nid: 2\ndata: b\n\n"):
            events.send(piece)
        assert next(told) == ServerEvent("a", "é\ntwo")
        assert next(told) == ServerEvent("message", "b")


def test_a_later_stream_goes_on_after_the_last_number(link: ServerLink, events: EventPeer) -> None:
    with closing(opened(link, events, "41")):
        assert "Last-Event-ID: 41\r\n" in events.asked[0]
        assert "X-API-Key: vg_1_key\r\n" in events.asked[0]


def test_another_thread_can_end_it(link: ServerLink, events: EventPeer) -> None:
    with closing(opened(link, events)) as stream:
        killer = threading.Timer(0.05, stream.shut)
        killer.start()
        with suppress(ServerError):  # what ends within a chunk has broken off
            assert list(stream) == []
        killer.join()
        stream.shut()  # once more does no harm


def test_a_line_that_breaks_is_an_error_or_an_end(link: ServerLink, events: EventPeer) -> None:
    with closing(opened(link, events)) as stream:
        events.send("id: 1\ndata: a\n\n")
        told = iter(stream)
        assert next(told) == ServerEvent("message", "a")
        events.hang_up()
        with pytest.raises((ServerError, StopIteration)):
            next(told)


def test_a_line_that_is_silent_for_too_long_is_broken(
    link: ServerLink, events: EventPeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "QUIET_S", 0.05)
    with closing(opened(link, events)) as stream, pytest.raises(ServerError):
        list(stream)


def test_an_event_without_end_is_refused(link: ServerLink, events: EventPeer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_LINE", 100)
    with closing(opened(link, events)) as stream:
        events.send("data: " + "x" * 200)
        with pytest.raises(ServerError) as caught:
            list(stream)
    assert caught.value.code is Code.SERVER_NOT_VIGINT


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (problem(403, Code.AUTH_FORBIDDEN), Code.AUTH_FORBIDDEN),
        (problem(404, Code.REQUEST_NOT_FOUND), Code.REQUEST_NOT_FOUND),
        (Reply(500), Code.SERVER_FAILED),
        (as_json({"not": "events"}), Code.SERVER_NOT_VIGINT),
        (Reply(drop=True), Code.SERVER_UNREACHABLE),
    ],
)
def test_a_server_without_events_is_named(
    peer: HttpPeer, link: ServerLink, endpoint: Endpoint, reply: Reply, code: Code
) -> None:
    peer.plays(reply)
    with pytest.raises(ServerError) as caught:
        EventStream(link, endpoint, "/v1/events", "")
    assert caught.value.code is code
