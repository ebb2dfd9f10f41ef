"""Incidents on a server: what is asked, and what its answers mean."""

import json

import pytest

from tests.fakes.clock import NOON_S
from tests.fakes.http_peer import HttpPeer, Reply, problem
from tests.fakes.incident_peer import IncidentPeer, at, view
from tests.unit.vigint_desktop.store.test_ledger import incident
from vigint_core.domain.fault import Code
from vigint_core.domain.ids import CameraId, IncidentId
from vigint_core.domain.incident import Act, Clip, IncidentState
from vigint_core.domain.review import Review, ReviewChange, ReviewState, ReviewVerdict
from vigint_core.domain.verdict import IncidentType, Observation, Severity
from vigint_core.domain.window import Span
from vigint_core.wire import IncidentView, WireAct, WireReview
from vigint_desktop.pipeline.outbox import body_of
from vigint_desktop.pipeline.server_incidents import ServerIncidents, incident_of, review_of
from vigint_desktop.pipeline.server_link import MOST_ANSWER, Endpoint, LongAnswerError, ServerError, ServerLink

I1 = IncidentId("i1")


@pytest.fixture
def incidents(link: ServerLink, server: IncidentPeer) -> ServerIncidents:
    return ServerIncidents(link, Endpoint(server.url, "vg_1_key"))


def test_one_is_read(server: IncidentPeer, incidents: ServerIncidents) -> None:
    server.put(view("i1"))
    assert incidents.one(I1) == view("i1")
    with pytest.raises(ServerError) as caught:
        incidents.one(IncidentId("i2"))
    assert (caught.value.code, caught.value.status) == (Code.REQUEST_NOT_FOUND, 404)
    assert server.asked[0].headers["X-API-Key"] == "vg_1_key"


def test_pages_follow_each_other(server: IncidentPeer, incidents: ServerIncidents) -> None:
    server.put(*(view(f"i{n}", NOON_S + n) for n in range(5)))
    first = incidents.page(NOON_S + 1, limit=3)
    assert [each.id for each in first.incidents] == ["i4", "i3", "i2"]
    assert first.next_cursor is not None
    rest = incidents.page(NOON_S + 1, first.next_cursor, limit=3)
    assert ([each.id for each in rest.incidents], rest.next_cursor) == (["i1"], None)


def test_of_incidents_that_make_too_long_an_answer_fewer_are_asked_for(
    server: IncidentPeer, incidents: ServerIncidents
) -> None:
    long = "ä" * (MOST_ANSWER // 2)
    server.put(view("i1", NOON_S), view("i2", NOON_S + 1).model_copy(update={"camera_name": long}))
    with pytest.raises(LongAnswerError):
        incidents.page(NOON_S)
    server.put(view("i2", NOON_S + 1))
    server.put(*(view(f"n{n}").model_copy(update={"window_ids": ["w" * 64] * 400}) for n in range(48)))
    page = incidents.page(NOON_S)
    assert (len(page.incidents), page.next_cursor) == (10, "10")


def test_what_a_newer_server_tells_of_an_unknown_kind_is_left_out(peer: HttpPeer, link: ServerLink) -> None:
    known, newer = json.loads(view("i1").model_dump_json()), json.loads(view("i2").model_dump_json())
    newer["type"] = "time_travel"
    peer.plays(Reply(200, json.dumps({"incidents": [newer, {}, known], "more": 1}).encode()))
    page = ServerIncidents(link, Endpoint(peer.url, "vg_1_key")).page(NOON_S)
    assert [each.id for each in page.incidents] == ["i1"]


@pytest.mark.parametrize("reply", [Reply(200, b"{}"), Reply(200, b"<html>"), Reply(200, b'{"incidents":[1]}')])
def test_an_answer_in_other_words_is_no_answer(peer: HttpPeer, link: ServerLink, reply: Reply) -> None:
    peer.plays(reply)
    with pytest.raises(ServerError) as caught:
        ServerIncidents(link, Endpoint(peer.url, "vg_1_key")).page(NOON_S)
    assert caught.value.code is Code.SERVER_NOT_VIGINT


def test_a_review_says_for_which_version_it_is_and_only_what_changes(
    server: IncidentPeer, incidents: ServerIncidents
) -> None:
    server.put(view("i1").model_copy(update={"version": 7}))
    change = ReviewChange(verdict=ReviewVerdict.FALSE_ALARM, state=ReviewState.CLOSED, locked=False, comment="")
    kept = incidents.review(I1, 7, change)
    assert server.asked[0].json == {
        "review": {"verdict": "false_alarm", "state": "closed", "locked": False, "comment": ""}
    }
    assert server.asked[0].headers["Content-Type"] == "application/merge-patch+json"
    assert (kept.version, kept.review.verdict) == (8, ReviewVerdict.FALSE_ALARM)
    with pytest.raises(ServerError) as caught:
        incidents.review(I1, 7, change)
    assert caught.value.status == 412


@pytest.mark.parametrize("reply", [problem(403, Code.AUTH_FORBIDDEN), Reply(204)])
def test_a_refusal_keeps_its_code(server: IncidentPeer, incidents: ServerIncidents, reply: Reply) -> None:
    server.says["PATCH"] = reply
    with pytest.raises(ServerError) as caught:
        incidents.review(I1, 1, ReviewChange(owner="Ana"))
    assert caught.value.status == reply.status


def test_an_incident_of_another_desk() -> None:
    act = WireAct(type=IncidentType.VIOLENCE, severity=Severity.LOW, confidence=0.5, summary="pushes", at=at(NOON_S))
    told = view("i1").model_copy(update={"other_acts": [act]})
    shown = incident_of(told)
    assert (shown.id, shown.camera_id, shown.state, shown.foreign) == ("i1", CameraId("door"), "confirmed", True)
    assert (shown.span, shown.act_s, shown.opened_s) == (Span(NOON_S - 12, NOON_S - 2), NOON_S - 8, NOON_S)
    assert shown.observations == (Observation(NOON_S - 8, "a bottle goes into a bag"),)
    assert shown.other_acts == (Act(IncidentType.VIOLENCE, Severity.LOW, 0.5, "pushes", NOON_S),)
    assert (shown.suspicions, shown.still, shown.clips, shown.alert_s) == ((), "", (), None)


@pytest.mark.parametrize(("begun_s", "end_s"), [(NOON_S - 13, NOON_S + 2), (NOON_S - 30, NOON_S - 2)])
def test_its_clip_lies_at_the_server(begun_s: float, end_s: float) -> None:
    shown = incident_of(view("i1").model_copy(update={"alert_start": at(begun_s)}))
    assert (shown.clips, shown.alert_s) == ((Clip("", Span(begun_s, end_s)),), begun_s)


def test_an_incident_is_the_same_there_as_here() -> None:
    own = incident(state=IncidentState.CONFIRMED)
    shown = incident_of(IncidentView(id=own.id, **body_of(own).model_dump()))
    for name in ("type", "severity", "state", "source", "confidence", "summary", "observations", "span", "opened_s"):
        assert getattr(shown, name) == getattr(own, name), name


def test_what_people_say_of_it() -> None:
    assert review_of(WireReview()) == Review()
    said = WireReview(verdict=ReviewVerdict.REAL, owner="Ana", locked=True, comment="seen", by="k1", at=at(NOON_S))
    assert review_of(said) == Review(ReviewVerdict.REAL, "Ana", ReviewState.NEW, True, "seen", NOON_S)
