"""However much happens at other desks, this one remembers, shows and asks no more than it can bear."""

import pytest

from tests.fakes.clock import NOON_S
from tests.fakes.incident_peer import IncidentPeer, at, view
from tests.fakes.next_door import Room
from vigint_core.domain.ids import IncidentId
from vigint_core.domain.review import ReviewState
from vigint_core.domain.status import ForeignIncidents, IncidentGone
from vigint_core.wire import WireReview
from vigint_desktop.pipeline import other_desks as module
from vigint_desktop.pipeline.listener import ANYTHING

LIST = "GET /v1/incidents"
SAID = WireReview(owner="Ana", state=ReviewState.IN_HAND, at=at(NOON_S))


def test_there_is_an_end_to_what_is_shown(server: IncidentPeer, room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 2)
    monkeypatch.setattr(module, "_MOST_REVIEWS", 2)
    server.put(*(view(f"i{n}", NOON_S + n, SAID) for n in range(4)))
    room.step()
    assert [each.id for each in room.sink.last(ForeignIncidents).incidents] == ["i3", "i2"], "the newest"
    server.put(view("i4", NOON_S + 4))
    room.hears("put", "i4")
    room.step()
    assert room.sink.of(IncidentGone) == [IncidentGone(IncidentId("i2"))]
    assert len(room.others._reviews) <= 2


def test_when_more_is_told_than_can_be_remembered_the_list_is_read(
    server: IncidentPeer, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_MOST_NEWS", 2)
    room.step()
    server.put(*(view(f"i{n}", NOON_S + n) for n in range(3)))
    room.hears("put", "i0", "i1", "i2")
    room.step(1.0)
    assert server.paths[:2] == [LIST, LIST]
    assert {each.id for each in room.sink.last(ForeignIncidents).incidents} == {"i0", "i1", "i2"}


def test_however_often_more_was_missed_the_list_is_read_once_a_second(server: IncidentPeer, room: Room) -> None:
    room.follows()
    for _ in range(5):
        room.others.heard(ANYTHING)
        room.step(0.5)
    assert server.paths == [LIST] * 3
