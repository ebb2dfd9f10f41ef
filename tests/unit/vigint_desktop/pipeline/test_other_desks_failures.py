"""A server that fails, has nothing for us, or has a stranger before it: nothing that is shown is lost by it."""

import pytest

from tests.fakes.clock import NOON_S
from tests.fakes.http_peer import Reply, as_json, problem
from tests.fakes.incident_peer import NOT_FOUND, IncidentPeer, view
from tests.fakes.next_door import Room, all_of
from vigint_core.domain.fault import Code
from vigint_core.domain.ids import IncidentId
from vigint_core.domain.incident import Incident
from vigint_core.domain.status import ForeignIncidents, IncidentGone
from vigint_desktop.pipeline.server_incidents import incident_of

LIST = "GET /v1/incidents"
I1, I2 = IncidentId("i1"), IncidentId("i2")


@pytest.mark.parametrize(
    ("reply", "stays"),
    [
        (problem(403, Code.AUTH_FORBIDDEN), False),
        (problem(401, Code.AUTH_INVALID_KEY), False),
        (NOT_FOUND, True),
        (problem(405, Code.REQUEST_INVALID), True),
        (as_json({"incidents": "many"}), True),
    ],
)
def test_who_has_no_incidents_for_us_is_asked_seldom(
    server: IncidentPeer, room: Room, reply: Reply, *, stays: bool
) -> None:
    server.put(view("i1"))
    room.step()
    server.says[f"{LIST}?"] = reply
    room.step(30.0)
    room.step(599.0)
    assert server.paths.count(LIST) == 2
    told = room.sink.of(ForeignIncidents)
    assert told[1:] == ([] if stays else [ForeignIncidents(())])
    server.says.clear()
    room.step(1.0)
    assert server.paths.count(LIST) == 3
    assert room.sink.last(ForeignIncidents) == all_of(view("i1")), "nothing of it is fresh"
    assert room.sink.open_faults() == set()


@pytest.mark.parametrize(
    "reply",
    [Reply(404, b"404 page not found"), Reply(401, b"<html>"), Reply(200, b"<html>", {"Content-Type": "text/html"})],
)
def test_what_a_stranger_before_the_server_says_takes_nothing_away(
    server: IncidentPeer, room: Room, reply: Reply
) -> None:
    server.put(view("i1"))
    room.step()
    room.follows()
    server.says["GET"] = reply
    room.hears("put", "i1")
    room.step(1.0)
    room.step(31.0)
    assert room.news(IncidentGone) == []
    server.says.clear()
    server.put(view("i2", NOON_S + 30.0))
    room.hears("put", "i2")
    room.step(31.0)
    assert room.sink.last(ForeignIncidents).fresh == {"i2"}


def test_a_server_that_fails_is_asked_later_and_later_and_nothing_is_lost(server: IncidentPeer, room: Room) -> None:
    server.put(view("i1"))
    room.step()
    room.follows()
    room.step(1.0)
    server.asked.clear()
    server.put(view("i2", NOON_S))
    server.says["GET"] = Reply(503)
    room.hears("put", "i2")
    for longest_s in (1.0, 2.0, 4.0):
        room.step()
        room.step(longest_s * 0.75)
        room.clock.advance(longest_s * 0.25)
    assert len(server.asked) == 3
    server.says.clear()
    room.step(30.0)
    assert incident_of(view("i2")) in room.sink.events
    assert room.sink.open_faults() == set()


def test_a_list_that_could_not_be_read_is_read_when_it_can(server: IncidentPeer, room: Room) -> None:
    room.step()
    room.follows()
    server.says["GET"] = Reply(503)
    room.step(1.0)
    server.says.clear()
    server.put(view("i1"))
    room.step(1.0)
    assert room.sink.last(ForeignIncidents) == all_of(view("i1"), fresh={"i1"})


def test_when_events_come_again_nobody_waits(server: IncidentPeer, room: Room) -> None:
    server.says["GET"] = Reply(503, headers={"Retry-After": "500"})
    room.step()
    server.says.clear()
    room.step(499.0)
    assert len(server.asked) == 1
    room.follows()
    room.step()
    assert room.sink.of(ForeignIncidents) == [ForeignIncidents(())]


def test_a_storage_that_fails_holds_up_no_incident(server: IncidentPeer, room: Room) -> None:
    server.put(view("i1"))
    server.says["GET /v1/incidents/i1/files"] = problem(503, Code.SERVER_STORAGE)
    room.step()
    room.step()
    server.put(view("i2"))
    room.hears("put", "i2")
    room.step()
    assert incident_of(view("i2")) in room.sink.events
    assert server.paths.count("GET /v1/incidents/i1/files/still") == 1
    assert room.others.still(I1) is None


def test_one_that_can_not_be_read_does_not_hold_up_the_others(server: IncidentPeer, room: Room) -> None:
    room.step()
    server.put(view("i2"))
    server.says["GET /v1/incidents/i1"] = as_json({"type": "time_travel"})
    room.hears("put", "i1", "i2")
    room.step()
    assert room.news(Incident) == [incident_of(view("i2"))]
