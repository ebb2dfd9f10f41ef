"""A review that can't be brought, a stranger on the way, a change of mind: no word is lost, none holds others up."""

import pytest

from tests.fakes.clock import NOON_S
from tests.fakes.http_peer import Asked, Reply, as_json, problem
from tests.fakes.incident_peer import IncidentPeer, at, view
from tests.fakes.review_desk import ANA, ReviewDesk
from vigint_core.domain.fault import Code
from vigint_core.domain.ids import IncidentId
from vigint_core.domain.review import Review, ReviewChange, ReviewStanding, ReviewVerdict
from vigint_core.wire import IncidentView, WireReview
from vigint_desktop.pipeline import reviewer as module
from vigint_desktop.pipeline.listener import ANYTHING
from vigint_desktop.pipeline.messages import ReviewAnswered, ReviewAsked

I1, I2 = IncidentId("i1"), IncidentId("i2")
REAL = ReviewChange(verdict=ReviewVerdict.REAL)
FALSE = ReviewChange(verdict=ReviewVerdict.FALSE_ALARM)
NONE = ReviewChange(verdict=ReviewVerdict.NONE)
TAKEN = Review(owner="Ana", at_s=NOON_S)
STRANGER = {"Content-Type": "text/html"}
UNREADABLE = as_json({"id": "i1"})


def lose_answers(server: IncidentPeer, monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on each review is taken, and something on the way answers that it could not be reached."""
    taken = server._review

    def review(asked: Asked, kept: IncidentView) -> Reply:
        taken(asked, kept)
        return Reply(502, b"<html>", STRANGER)

    monkeypatch.setattr(server, "_review", review)


def verdict(server: IncidentPeer) -> ReviewVerdict:
    return server.views["i1"].review.verdict


def test_a_change_of_mind_while_the_first_word_is_on_its_way(
    server: IncidentPeer, desk: ReviewDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.put(view("i1"))
    desk.keeps(ReviewAsked(I1, REAL, Review()))
    taken = server._review

    def review(asked: Asked, kept: IncidentView) -> Reply:
        if kept.review.verdict is ReviewVerdict.NONE:  # while the desk has it in its hands
            desk.keeps(ReviewAsked(I1, FALSE, Review(verdict=ReviewVerdict.REAL, at_s=NOON_S)))
        return taken(asked, kept)

    monkeypatch.setattr(server, "_review", review)
    desk.step()
    desk.step()  # the desk has written nothing down yet
    assert [each.code for each in desk.told] == [None, None]
    assert verdict(server) is ReviewVerdict.FALSE_ALARM
    shown = [desk.keeps(message) for message in (desk.begun[0], desk.told[0], desk.begun[1], desk.told[1])]
    assert {each.review.verdict for each in shown} == {ReviewVerdict.FALSE_ALARM}
    assert shown[-1].standing is ReviewStanding.SHARED


@pytest.mark.parametrize("restarts", [True, False])
@pytest.mark.parametrize("words", [[REAL, FALSE], [REAL, FALSE, NONE], [REAL, FALSE, REAL]])
def test_changes_of_mind_where_answers_are_lost(
    server: IncidentPeer,
    desk: ReviewDesk,
    monkeypatch: pytest.MonkeyPatch,
    words: list[ReviewChange],
    restarts: bool,
) -> None:
    server.put(view("i1"))
    with monkeypatch.context() as patch:
        lose_answers(server, patch)
        for word in words:
            desk.keeps(ReviewAsked(I1, word, Review()))
            desk.step(60.0)
            for message in desk.begun[-1:]:
                desk.keeps(message)
            if restarts:
                desk.begins_anew()
    assert (verdict(server), desk.told) == (words[-1].verdict, [])
    desk.keeps(ReviewAsked(I1, ReviewChange(verdict=ReviewVerdict.REAL, owner="Ana"), Review()))
    desk.step(60.0)
    assert [each.code for each in desk.told] == [None]
    assert (verdict(server), server.views["i1"].review.owner) == (ReviewVerdict.REAL, "Ana")


def test_what_somebody_else_says_after_a_lost_answer_is_not_overwritten(
    server: IncidentPeer, desk: ReviewDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.put(view("i1"))
    desk.keeps(ReviewAsked(I1, ANA, Review()))
    with monkeypatch.context() as patch:
        lose_answers(server, patch)
        desk.step()
    desk.keeps(desk.begun[0])
    server.put(view("i1", review=WireReview(owner="Ben", at=at(NOON_S))))
    desk.keeps(ReviewAsked(I1, ReviewChange(owner="Zoe"), TAKEN))
    desk.step(60.0)
    assert [each.code for each in desk.told] == [Code.REVIEW_CONTESTED]


def test_what_never_left_this_desk_is_nobody_s_word(server: IncidentPeer, desk: ReviewDesk) -> None:
    """Somebody else says what was said here, and taken back, without a server: that is theirs alone."""
    server.put(view("i1"))
    server.says["GET"] = Reply(503)
    desk.keeps(ReviewAsked(I1, REAL, Review()))
    desk.step()
    desk.keeps(ReviewAsked(I1, FALSE, Review()))
    server.says.clear()
    server.put(view("i1", review=WireReview(verdict=ReviewVerdict.REAL, at=at(NOON_S))))
    desk.step(60.0)
    assert (desk.begun, [each.code for each in desk.told]) == ([], [Code.REVIEW_CONTESTED])


def test_an_answer_counts_though_only_its_beginning_is_written_down(server: IncidentPeer, desk: ReviewDesk) -> None:
    server.put(view("i1"))
    desk.keeps(ReviewAsked(I1, ANA, Review()))
    desk.step()
    desk.keeps(desk.begun[0])
    server.put(view("i1", review=WireReview(owner="Ben", at=at(NOON_S))))
    desk.step()
    assert desk.told == [ReviewAnswered(I1, ANA, TAKEN)]


def test_it_is_told_once_that_a_review_is_sent(server: IncidentPeer, desk: ReviewDesk) -> None:
    server.put(view("i1"))
    server.says["PATCH"] = Reply(502)
    desk.says(I1)
    desk.step()
    desk.step(60.0)
    assert server.paths.count("PATCH /v1/incidents/i1") == 2
    assert desk.begun == [ReviewAnswered(I1, ANA, waits=True, begun=True)]


def test_a_server_that_has_lost_what_was_said_contests_nothing(server: IncidentPeer, desk: ReviewDesk) -> None:
    server.put(view("i1"))
    desk.says(I1, ANA, Review(owner="Ben", at_s=NOON_S - 60))
    desk.step()
    assert desk.told == [ReviewAnswered(I1, ANA, TAKEN)]


@pytest.mark.parametrize("own", [True, False])
@pytest.mark.parametrize("status", [200, 302, 400, 401, 403, 404, 405, 413, 422])
@pytest.mark.parametrize("method", ["GET", "PATCH"])
def test_a_stranger_s_refusal_takes_no_review_away(
    server: IncidentPeer, desk: ReviewDesk, method: str, status: int, own: bool
) -> None:
    server.put(view("i1"), view("i2"))
    if own:
        desk.opens("i1")
        with desk.ledger.transaction():
            desk.ledger.mark_sent(I1, 1)
    server.says[method] = Reply(status, b"<html>404 page not found</html>", STRANGER)
    desk.says(I1)
    desk.says(I2)
    for _ in range(10):
        desk.step(60.0)
    assert [each for each in desk.told if not each.waits] == []
    asked = len(server.asked)
    server.says.clear()
    desk.reviewer.heard(ANYTHING)
    desk.step(60.0)
    desk.step(60.0)
    assert {(each.incident_id, each.code) for each in desk.told if not each.waits} == {(I1, None), (I2, None)}
    assert 8 <= asked <= 40, "it is left alone for longer each time, but never for long: ours may be on its way up"


@pytest.mark.parametrize("reply", [Reply(404, b"", STRANGER), UNREADABLE])
def test_why_the_only_one_waits_is_told_once(server: IncidentPeer, desk: ReviewDesk, reply: Reply) -> None:
    server.put(view("i1"))
    server.says["GET"] = reply
    desk.says(I1)
    for _ in range(5):
        desk.step(60.0)
    assert desk.told == [ReviewAnswered(I1, ANA, code=Code.SERVER_NOT_VIGINT, waits=True)]
    server.says.clear()
    desk.step(60.0)
    assert desk.told[1:] == [ReviewAnswered(I1, ANA, TAKEN)]


@pytest.mark.parametrize("reply", [Reply(404, b"", STRANGER), problem(500, Code.SERVER_FAILED)])
def test_what_was_put_off_has_its_turn_when_events_come_again(
    server: IncidentPeer, desk: ReviewDesk, reply: Reply
) -> None:
    server.put(view("i1"))
    server.says["GET"] = reply
    desk.says(I1)
    desk.step()
    server.says.clear()
    desk.reviewer.heard(ANYTHING)
    desk.step()
    assert desk.told[-1] == ReviewAnswered(I1, ANA, TAKEN)


def test_an_own_incident_waits_for_the_server_behind_many_others(server: IncidentPeer, desk: ReviewDesk) -> None:
    desk.opens(*(f"q{number}" for number in range(1001)), "i1")
    desk.says(I1)
    desk.step()
    desk.step(1.0)
    assert (len(server.asked), desk.told) == (2, [])


def test_what_goes_out_while_it_is_asked_for_is_not_given_up(
    server: IncidentPeer, desk: ReviewDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.opens("i1")
    desk.says(I1)
    answer = server._own_reply

    def crossed(asked: Asked) -> Reply:
        said = answer(asked)
        server.put(view("i1"))
        with desk.ledger.transaction():
            desk.ledger.mark_sent(I1, 1)
        return said

    with monkeypatch.context() as patch:
        patch.setattr(server, "_own_reply", crossed)
        desk.step()
    assert desk.told == []
    desk.step(1.0)
    assert desk.told == [ReviewAnswered(I1, ANA, TAKEN)]


@pytest.mark.parametrize(
    "reply", [problem(500, Code.SERVER_FAILED), UNREADABLE, Reply(404), Reply(drop=True), Reply(504), Reply(507)]
)
def test_one_that_can_t_be_brought_holds_no_other_one_up(server: IncidentPeer, desk: ReviewDesk, reply: Reply) -> None:
    server.put(view("i1"), view("i2"))
    server.says["GET /v1/incidents/i1"] = reply
    desk.says(I1)
    desk.clock.advance(1.0)
    desk.says(I2)
    desk.step()
    desk.step(1.0)
    assert [each for each in desk.told if not each.waits] == [ReviewAnswered(I2, ANA, TAKEN)]
    desk.forgets(I2)
    for _ in range(100):
        desk.step(1.0)
    asked = server.paths.count("GET /v1/incidents/i1")
    assert 4 <= asked <= 16, "it is tried again, less and less often"
    server.says.clear()
    desk.step(60.0)
    assert desk.told[-1] == ReviewAnswered(I1, ANA, TAKEN)


@pytest.mark.parametrize("reply", [problem(500, Code.SERVER_FAILED), UNREADABLE, Reply(drop=True)])
def test_nor_do_many(server: IncidentPeer, desk: ReviewDesk, monkeypatch: pytest.MonkeyPatch, reply: Reply) -> None:
    monkeypatch.setattr(module, "_BATCH", 3)
    server.put(view("i1"))
    server.says["GET /v1/incidents/q"] = reply
    for number in range(5):
        desk.says(IncidentId(f"q{number}"))
        desk.clock.advance(1.0)
    for _ in range(60):
        desk.step(60.0)
    desk.says(I1)
    for _ in range(12):
        desk.step(60.0)
    assert {each for each in desk.told if not each.waits} == {ReviewAnswered(I1, ANA, TAKEN)}


def test_a_server_that_takes_one_in_between_is_not_at_fault(server: IncidentPeer, desk: ReviewDesk) -> None:
    server.put(view("i1"), view("i2"))
    server.says["GET /v1/incidents/q"] = problem(500, Code.SERVER_FAILED)
    for name in ("q1", "i1", "q2", "i2"):
        desk.says(IncidentId(name))
        desk.clock.advance(0.1)
    desk.step()
    assert desk.told == [ReviewAnswered(I1, ANA, TAKEN), ReviewAnswered(I2, ANA, TAKEN)]


def test_who_waits_no_more_casts_no_doubt_on_the_server(server: IncidentPeer, desk: ReviewDesk) -> None:
    server.put(view("i1"))
    server.says["GET /v1/incidents/q"] = problem(500, Code.SERVER_FAILED)
    gone = IncidentId("q1")
    desk.says(gone)
    desk.step()
    desk.forgets(gone)
    desk.says(IncidentId("q2"))
    desk.clock.advance(0.1)
    desk.says(I1)
    desk.step()
    assert desk.told == [ReviewAnswered(I1, ANA, TAKEN)]


def test_after_some_the_books_are_looked_into_again(
    server: IncidentPeer, desk: ReviewDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_BATCH", 2)
    names = [IncidentId(f"q{number}") for number in range(3)]
    for name in names:
        server.put(view(name))
        desk.says(name)
        desk.clock.advance(0.1)
    desk.step()
    assert [each.incident_id for each in desk.told] == names[:2]
    desk.step()
    assert [each.incident_id for each in desk.told] == names


def test_a_server_that_fails_at_each_is_asked_for_one_at_a_time(server: IncidentPeer, desk: ReviewDesk) -> None:
    server.says["GET"] = problem(500, Code.SERVER_FAILED)
    for number in range(50):
        desk.says(IncidentId(f"q{number}"))
    for _ in range(60):
        desk.step(1.0)
    assert len(server.asked) <= 9


def test_fifty_that_are_still_to_come_hide_nothing(server: IncidentPeer, desk: ReviewDesk) -> None:
    names = [f"q{number}" for number in range(module._BATCH)]
    desk.opens(*names)
    for name in names:
        desk.says(IncidentId(name))
    desk.clock.advance(1.0)
    server.put(view("i1"))
    desk.says(I1)
    desk.step()
    desk.step()
    assert desk.told == [ReviewAnswered(I1, ANA, TAKEN)]


def test_whoever_speaks_now_is_told_why_it_waits_behind_many_others(
    server: IncidentPeer, desk: ReviewDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_BATCH", 2)
    server.says["GET"] = problem(403, Code.AUTH_FORBIDDEN)
    names = [IncidentId(f"q{number}") for number in range(5)]
    for name in names:
        desk.says(name)
        desk.clock.advance(1.0)
    for _ in range(4):
        desk.step()
    assert [each.incident_id for each in desk.told] == names
    assert len(server.asked) == 1
