"""What people say here, on its way to the server: what is sent, when, and what the desk is told of it."""

import pytest

from tests.fakes.clock import NOON_S
from tests.fakes.http_peer import Reply, as_json, problem
from tests.fakes.incident_peer import IncidentPeer, at, view
from tests.fakes.review_desk import ANA, ReviewDesk
from tests.fakes.waiting import wait_until
from vigint_core.domain.fault import Code
from vigint_core.domain.ids import IncidentId
from vigint_core.domain.review import Review, ReviewChange, ReviewState
from vigint_core.wire import WireReview
from vigint_desktop.pipeline.listener import ANYTHING, Heard
from vigint_desktop.pipeline.messages import ReviewAnswered
from vigint_desktop.pipeline.server_link import Endpoint

I1, I2 = IncidentId("i1"), IncidentId("i2")
BEN = WireReview(owner="Ben", at=at(NOON_S))
TAKEN = Review(owner="Ana", at_s=NOON_S)


def test_it_is_read_changed_and_answered_once(server: IncidentPeer, desk: ReviewDesk) -> None:
    server.put(view("i1", review=WireReview(comment="A child.", at=at(NOON_S - 5))))
    desk.says(I1)
    desk.step()
    desk.step(5.0)  # the desk has not written it down yet
    assert desk.told == [ReviewAnswered(I1, ANA, Review(owner="Ana", comment="A child.", at_s=NOON_S))]
    assert server.paths == ["GET /v1/incidents/i1", "PATCH /v1/incidents/i1"]


def test_the_oldest_is_sent_first(server: IncidentPeer, desk: ReviewDesk) -> None:
    server.put(view("i1"), view("i2"))
    desk.says(I2)
    desk.clock.advance(1.0)
    desk.says(I1)
    desk.step()
    assert [path[-2:] for path in server.paths] == ["i2", "i2", "i1", "i1"]


def test_the_same_said_again_later_is_sent_again(server: IncidentPeer, desk: ReviewDesk) -> None:
    server.put(view("i1"))
    desk.says(I1)
    desk.step()
    desk.forgets(I1)
    desk.step()
    desk.says(I1)
    desk.step()
    assert len(desk.told) == 2
    desk.step(60.0)  # never written down: after a repeat nothing is different
    assert desk.told == [ReviewAnswered(I1, ANA, TAKEN)] * 3


def test_what_somebody_else_has_said_is_not_overwritten(server: IncidentPeer, desk: ReviewDesk) -> None:
    server.put(view("i1", review=BEN))
    desk.says(I1)
    desk.step()
    assert desk.told == [ReviewAnswered(I1, ANA, Review(owner="Ben", at_s=NOON_S), Code.REVIEW_CONTESTED)]
    assert server.paths == ["GET /v1/incidents/i1"]


@pytest.mark.parametrize(
    ("meddled", "code", "asked"),
    [
        (WireReview(state=ReviewState.IN_HAND, at=at(NOON_S)), None, ["GET", "PATCH", "GET", "PATCH"]),
        (BEN, Code.REVIEW_CONTESTED, ["GET", "PATCH", "GET"]),
    ],
)
def test_whoever_comes_in_between_is_heard_first(
    server: IncidentPeer, desk: ReviewDesk, meddled: WireReview, code: Code | None, asked: list[str]
) -> None:
    server.put(view("i1"))
    server.meddles = [meddled]
    desk.says(I1)
    desk.step()
    (told,) = desk.told
    assert (told.code, told.waits) == (code, False)
    assert told.review is not None
    assert (told.review.state, told.review.owner) == (meddled.state, "Ana" if code is None else "Ben")
    assert [path.split()[0] for path in server.paths] == asked


def test_where_somebody_comes_in_between_all_the_time_it_waits_a_moment(server: IncidentPeer, desk: ReviewDesk) -> None:
    server.put(view("i1"))
    server.meddles = [WireReview(comment=str(n)) for n in range(4)]
    desk.says(I1)
    desk.step()
    desk.step(0.5)
    assert (len(server.asked), desk.told) == (6, [])
    desk.step(0.5)
    assert [told.code for told in desk.told] == [None]


def test_of_an_incident_that_is_still_to_come_it_waits_silently(server: IncidentPeer, desk: ReviewDesk) -> None:
    desk.opens("i1")
    desk.says(I1)
    times = []
    for second in range(30):
        desk.step(1.0)
        times += [second] * (len(server.asked) - len(times))
    assert times == [0, 1, 3, 7, 15]
    assert desk.told == []
    server.put(view("i1"))
    desk.step(60.0)
    assert desk.told == [ReviewAnswered(I1, ANA, TAKEN)]
    assert desk.sink.events == []


def test_of_its_own_incident_that_was_erased_there_it_gives_up(server: IncidentPeer, desk: ReviewDesk) -> None:
    desk.opens("i1")
    with desk.ledger.transaction():
        desk.ledger.mark_sent(I1, 1)
    desk.says(I1)
    desk.step()
    assert desk.told == [ReviewAnswered(I1, ANA, code=Code.REVIEW_NO_INCIDENT)]


def test_of_another_desk_s_incident_that_was_erased_it_gives_up(server: IncidentPeer, desk: ReviewDesk) -> None:
    desk.says(I1)
    desk.step()
    assert desk.told == [ReviewAnswered(I1, ANA, code=Code.REVIEW_NO_INCIDENT)]
    assert server.paths == ["GET /v1/incidents/i1"]


@pytest.mark.parametrize("status", [400, 413, 422])
def test_what_the_server_does_not_take_is_not_sent_again(server: IncidentPeer, desk: ReviewDesk, status: int) -> None:
    server.put(view("i1"), view("i2"))
    server.says["PATCH /v1/incidents/i1"] = problem(status, Code.REQUEST_INVALID)
    desk.says(I1)
    desk.says(I2)
    desk.step()
    desk.step(10.0)
    assert desk.told == [ReviewAnswered(I1, ANA, code=Code.REQUEST_INVALID), ReviewAnswered(I2, ANA, TAKEN)]
    assert len(server.asked) == 4


@pytest.mark.parametrize(
    "reply",
    [
        problem(403, Code.AUTH_FORBIDDEN),
        problem(401, Code.AUTH_KEY_EXPIRED),
        problem(405, Code.REQUEST_INVALID),
        as_json({"id": "i1"}),
    ],
)
@pytest.mark.parametrize("method", ["GET", "PATCH"])
def test_why_nothing_is_taken_is_told_of_each_once(
    server: IncidentPeer, desk: ReviewDesk, method: str, reply: Reply
) -> None:
    server.put(view("i1"), view("i2"))
    server.says[method] = reply
    desk.says(I1)
    desk.says(I2)
    desk.step()
    first = len(server.asked)
    desk.step(599.0)
    assert len(server.asked) == first
    desk.reviewer.heard(ANYTHING)
    desk.step()
    assert len(server.asked) == first, "that events come says nothing of reviews"
    desk.step(1.0)
    assert len(server.asked) == 2 * first
    assert [(each.incident_id, each.waits) for each in desk.told] == [(I1, True), (I2, True)]
    assert len({each.code for each in desk.told}) == 1

    desk.says(I1, ReviewChange(owner="Zoe"))
    desk.step()
    assert len(desk.told) == 3, "somebody waits for this one, too"
    desk.link.set_endpoint(Endpoint(server.url, "vg_2_key"))
    desk.step()
    assert len(desk.told) == 5, "of another key it is told, too"
    server.says.clear()
    desk.link.set_endpoint(Endpoint(server.url, "vg_3_key"))
    desk.step()
    assert [each.code for each in desk.told[5:]] == [None, None]
    assert desk.sink.events == []


@pytest.mark.parametrize("reply", [Reply(503), problem(500, Code.INTERNAL), Reply(drop=True)])
def test_a_server_that_is_away_is_asked_later_and_later_and_silently(
    server: IncidentPeer, desk: ReviewDesk, reply: Reply
) -> None:
    server.put(view("i1"))
    server.says["GET"] = reply
    desk.says(I1)
    each = 2 if reply.drop else 1
    times = []
    for second in range(30):
        desk.step(1.0)
        times += [second] * (len(server.asked) // each - len(times))
    assert times == [0, 1, 3, 7, 15]
    assert (desk.told, desk.sink.events) == ([], [])
    server.says.clear()
    desk.step(60.0)
    assert desk.told == [ReviewAnswered(I1, ANA, TAKEN)]

    server.says["GET"] = reply
    desk.says(I2)
    desk.step()
    asked = len(server.asked)
    desk.step(1.0)
    assert len(server.asked) == asked + each, "it was there in between"


def test_a_server_that_has_too_much_to_do_says_when(server: IncidentPeer, desk: ReviewDesk) -> None:
    server.put(view("i1"))
    server.says["GET"] = problem(429, Code.LIMIT_REQUESTS, **{"Retry-After": "120"})
    desk.says(I1)
    desk.step()
    server.says.clear()
    desk.step(119.0)
    assert len(server.asked) == 1
    desk.reviewer.heard(Heard("incident.put", "i1"))
    desk.step()
    assert len(server.asked) == 1
    desk.step(1.0)
    assert desk.told == [ReviewAnswered(I1, ANA, TAKEN)]


def test_when_events_come_again_nothing_waits_any_longer(server: IncidentPeer, desk: ReviewDesk) -> None:
    server.put(view("i1"))
    server.says["GET"] = Reply(503)
    desk.says(I1)
    desk.step()
    server.says.clear()
    desk.reviewer.heard(ANYTHING)
    desk.step()
    assert desk.told == [ReviewAnswered(I1, ANA, TAKEN)]


@pytest.mark.parametrize("endpoint", [None, Endpoint("http://127.0.0.1:1", "")])
def test_without_a_server_or_a_key_it_waits(desk: ReviewDesk, endpoint: Endpoint | None) -> None:
    desk.link.set_endpoint(endpoint)
    desk.says(I1)
    desk.step()
    assert (desk.told, desk.sink.events) == ([], [])


def test_the_books_are_looked_into_when_somebody_says_something(server: IncidentPeer, desk: ReviewDesk) -> None:
    server.put(view("i1"))
    desk.reviewer.worker.start()
    desk.says(I1)
    assert wait_until(lambda: len(desk.told) == 1)
    assert desk.reviewer.worker.stop(30.0)
