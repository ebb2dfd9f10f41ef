"""What other desks do, as this one learns it: who is asked, when, and what the window and the desk are told."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tests.fakes.clock import NOON_S
from tests.fakes.incident_peer import IncidentPeer, at, view
from tests.fakes.next_door import Room, all_of
from vigint_core.domain.fault import Code
from vigint_core.domain.ids import IncidentId
from vigint_core.domain.incident import Incident, IncidentState
from vigint_core.domain.review import Review, ReviewChange, ReviewState
from vigint_core.domain.status import ClipFetched, ForeignIncidents, IncidentGone, IncidentStill, ReviewTold
from vigint_core.wire import WireReview
from vigint_desktop.pipeline.listener import ANYTHING, Heard
from vigint_desktop.pipeline.messages import ReviewHeard
from vigint_desktop.pipeline.other_desks import DAY_S, REVIEWED_S
from vigint_desktop.pipeline.server_incidents import incident_of, review_of
from vigint_desktop.pipeline.server_link import Endpoint
from vigint_desktop.store.review_books import BookedReview

LIST = "GET /v1/incidents"
I1, I2 = IncidentId("i1"), IncidentId("i2")
SAID = WireReview(owner="Ana", state=ReviewState.IN_HAND, at=at(NOON_S))


SHOWN = (ForeignIncidents, Incident, IncidentGone, ReviewTold)


def test_at_first_the_day_is_read_and_nothing_of_it_is_fresh(server: IncidentPeer, room: Room) -> None:
    new, old = view("i2", NOON_S - 10, SAID), view("i1", NOON_S - DAY_S + 60)
    server.put(old, new, view("i0", NOON_S - DAY_S - 60), view("mine"))
    room.own("mine")
    room.step()
    assert room.news(*SHOWN) == [ReviewTold(I2, review_of(SAID)), all_of(new, old)]
    assert room.told == []

    room.follows()
    room.step(1.0)
    room.step(3000.0)
    assert room.news(*SHOWN) == [], "nothing has changed"
    assert server.paths.count(LIST) == 2


def test_what_was_missed_is_fresh(server: IncidentPeer, room: Room) -> None:
    server.put(view("i1"))
    room.step()
    room.follows()
    room.step(1.0)
    room.news()
    room.step(1800.0)  # the stream is still there, and silent
    room.followed = None
    server.put(view("missed", NOON_S + 1810.0), view("delayed", NOON_S + 1300.0))
    server.put(view("ancient", NOON_S + 1100.0))
    room.clock.advance(100.0)
    room.follows()
    room.step()
    (told,) = room.news(ForeignIncidents)
    assert isinstance(told, ForeignIncidents)
    assert ({each.id for each in told.incidents}, told.fresh) == (
        {"i1", "missed", "delayed", "ancient"},
        {"missed", "delayed"},
    )


def test_an_event_is_followed_by_one_look_at_what_it_is_about(server: IncidentPeer, room: Room) -> None:
    room.step()
    room.follows()
    room.step(1.0)
    room.news()
    server.asked.clear()
    server.put(view("i1"))
    room.hears("put", "i1", "i1", "i1")
    room.step()
    assert room.news(*SHOWN) == [incident_of(view("i1"))]
    room.hears("put", "i1")
    room.step()
    assert room.news(*SHOWN) == [], "it says nothing new"

    server.put(view("i1", review=SAID).model_copy(update={"state": IncidentState.VETOED}))
    room.hears("decided", "i1")
    room.hears("reviewed", "i1")
    room.step()
    vetoed = replace(incident_of(view("i1")), state=IncidentState.VETOED)
    assert room.news(*SHOWN) == [ReviewTold(I1, review_of(SAID)), vetoed]
    assert [path for path in server.paths if "files" not in path] == ["GET /v1/incidents/i1"] * 3


def test_what_is_no_news_here_costs_no_request(server: IncidentPeer, room: Room) -> None:
    room.own("mine")
    server.put(view("mine"))
    room.step()
    server.asked.clear()
    room.hears("put", "mine")
    room.hears("decided", "mine")
    room.hears("file", "mine")
    room.hears("erased", "mine", "unknown")
    room.others.heard(Heard("analysis.settled", "w1"))
    room.step()
    assert (server.asked, room.told) == ([], [])


def test_a_review_of_its_own_is_told_to_the_desk_and_once(server: IncidentPeer, room: Room) -> None:
    room.own("mine", "i2")
    server.put(view("mine", review=SAID), view("i2"))
    room.step()
    assert room.told == [ReviewHeard(IncidentId("mine"), review_of(SAID))]
    room.hears("reviewed", "mine")
    room.others.heard(ANYTHING)
    room.step(1.0)
    assert len(room.told) == 1

    server.put(view("mine"))
    room.hears("reviewed", "mine")
    room.step()
    assert room.told[1:] == [ReviewHeard(IncidentId("mine"), Review())]
    assert room.sink.of(ReviewTold) == [], "the desk tells the window"


def test_what_the_books_hold_already_is_not_told_to_the_desk(server: IncidentPeer, room: Room) -> None:
    room.own("i1", "i2")
    with room.ledger.transaction():
        room.ledger.reviews.put(BookedReview(I1, said=review_of(SAID)))
        room.ledger.reviews.put(BookedReview(I2, said=review_of(SAID), code=Code.REVIEW_CONTESTED))
    server.put(view("i1", review=SAID), view("i2", review=SAID))
    room.step()
    assert room.told == [ReviewHeard(I2, review_of(SAID))]


def test_what_was_said_of_our_own_while_this_desk_was_off_is_told_for_a_month(server: IncidentPeer, room: Room) -> None:
    friday, long_ago = NOON_S - 3 * DAY_S, NOON_S - REVIEWED_S - 60
    room.own("mine", "taken-back", "untouched", "ancient")
    with room.ledger.transaction():
        room.ledger.reviews.put(BookedReview(IncidentId("taken-back"), said=review_of(SAID)))
    server.put(view("mine", friday, SAID), view("taken-back", friday), view("untouched", friday))
    server.put(view("ancient", long_ago, SAID), view("theirs", friday, SAID))
    room.step()
    heard = {IncidentId("mine"): review_of(SAID), IncidentId("taken-back"): Review()}
    assert room.told == [ReviewHeard(name, review) for name, review in heard.items()]
    assert room.news(*SHOWN) == [all_of()], "of other desks the last day"


def test_so_far_back_is_read_once_an_hour(server: IncidentPeer, room: Room) -> None:
    room.step()
    for _ in range(130):
        room.step(30.0)
    since = [at(NOON_S + 30.0 * n) - datetime.fromisoformat(day) for n, day in enumerate(server.since)]
    far = [n for n, ago in enumerate(since) if ago == timedelta(seconds=REVIEWED_S)]
    assert far == [0, 120]
    assert {ago for n, ago in enumerate(since) if n not in far} == {timedelta(seconds=DAY_S)}


def test_what_is_said_here_and_waits_is_laid_over_by_the_desk(server: IncidentPeer, room: Room) -> None:
    with room.ledger.transaction():
        waits = BookedReview(I1, wanted=ReviewChange(comment="A child."), seen=Review(), asked_s=NOON_S)
        room.ledger.reviews.put(waits)
    server.put(view("i1", review=SAID))
    room.step()
    assert room.told == [ReviewHeard(I1, review_of(SAID))]
    assert room.sink.of(ReviewTold) == []


def test_what_is_erased_is_gone_with_all_that_was_fetched(server: IncidentPeer, room: Room) -> None:
    server.put(view("i1"))
    server.files = {("i1", "still"): b"jpeg", ("i1", "alert"): b"clip"}
    room.others.fetch_clip(I1)
    room.step()
    clip = room.others.clip(I1)
    assert clip is not None
    assert (room.others.still(I1), clip.read_bytes()) == (b"jpeg", b"clip")
    assert room.news(IncidentStill, ClipFetched) == [ClipFetched(I1), IncidentStill(I1, b"jpeg")]

    server.views.clear()
    room.hears("erased", "i1")
    room.step()
    assert room.news(*SHOWN) == [IncidentGone(I1)]
    assert (room.others.still(I1), room.others.clip(I1), clip.exists()) == (None, None, False)


def test_a_file_that_came_later_is_fetched_then(server: IncidentPeer, room: Room) -> None:
    server.put(view("i1"))
    room.step()
    room.step()
    assert server.paths == [LIST, "GET /v1/incidents/i1/files/still"], "asked for once"
    server.files["i1", "still"] = b"jpeg"
    room.hears("file", "i1")
    room.step()
    assert server.paths[2:] == ["GET /v1/incidents/i1/files/still"]
    assert room.others.still(I1) == b"jpeg"


def test_another_clip_takes_the_place_of_the_one_before(server: IncidentPeer, room: Room) -> None:
    server.put(view("i1"))
    for content in (b"clip", b"better"):
        server.files["i1", "alert"] = content
        room.hears("file", "i1")
        room.step()
        room.others.fetch_clip(I1)
        room.step()
        clip = room.others.clip(I1)
        assert clip is not None
        assert clip.read_bytes() == content


def test_after_a_gap_every_still_that_was_not_there_may_be(server: IncidentPeer, room: Room) -> None:
    server.put(view("i1", NOON_S - 7200.0), view("i2", NOON_S - 7300.0))
    room.step()
    assert room.others._something.is_set(), "the second one is asked for at once"
    room.step()
    server.files["i1", "still"] = b"jpeg"
    room.step(30.0)
    assert room.others.still(I1) is None, "nobody asks for an old one by the clock"
    room.follows()
    room.step(1.0)
    assert room.others.still(I1) == b"jpeg"


@pytest.mark.parametrize("by_list", [True, False])
def test_one_that_comes_back_is_told_anew(server: IncidentPeer, room: Room, *, by_list: bool) -> None:
    said = view("i1", review=SAID)
    for views in ([said], [], [said]):
        server.views = {each.id: each for each in views}
        room.hears("put", "i1")
        room.step(30.0 if by_list else 0.0)
    assert room.sink.of(ReviewTold) == [ReviewTold(I1, review_of(SAID))] * 2


def test_without_events_the_list_is_read_by_the_clock(server: IncidentPeer, room: Room) -> None:
    room.step()
    server.put(view("i1"))
    room.step(29.0)
    assert server.paths == [LIST]
    room.step(1.0)
    assert room.sink.last(ForeignIncidents) == all_of(view("i1"), fresh={"i1"})
    server.files["i1", "still"] = b"jpeg"
    room.step(30.0)
    assert room.others.still(I1) == b"jpeg", "a young one's still is asked for again"
    server.views.clear()
    room.step(30.0)
    assert room.sink.last(ForeignIncidents) == ForeignIncidents(())
    assert room.others.still(I1) is None


def test_what_another_client_s_desks_do_is_not_shown(server: IncidentPeer, room: Room) -> None:
    server.put(view("i1"))
    room.step()
    room.news()
    server.views.clear()
    room.link.set_endpoint(Endpoint(server.url, "vg_2_key"))
    room.step()
    assert room.news(*SHOWN) == [ForeignIncidents(()), ForeignIncidents(())]


def test_another_address_of_the_same_client_changes_nothing(server: IncidentPeer, room: Room) -> None:
    server.put(view("i1"))
    room.step()
    room.news()
    room.link.set_endpoint(None)
    room.step(10.0)
    room.link.set_endpoint(Endpoint(f"{server.url}/", "vg_1_key"))
    room.step(30.0)
    assert room.news(*SHOWN) == []


def test_one_that_comes_late_by_hours_is_shown_and_rings_for_nobody(server: IncidentPeer, room: Room) -> None:
    room.step()
    room.follows()
    room.step(1.0)
    room.news()
    late, fresh = view("i1", NOON_S - 7200.0), view("i2", NOON_S - 300.0)
    server.put(late, fresh)
    room.hears("put", "i1", "i2")
    room.step()
    assert room.news(*SHOWN) == [all_of(late), incident_of(fresh)]


def test_a_review_that_waits_of_another_desk_is_told_after_a_restart(server: IncidentPeer, room: Room) -> None:
    with room.ledger.transaction():
        waits = BookedReview(I1, wanted=ReviewChange(comment="A child."), seen=Review(), asked_s=NOON_S)
        room.ledger.reviews.put(waits)
    server.put(view("i1"), view("i2"))
    room.step()
    assert room.told == [ReviewHeard(I1, Review())]


def test_an_old_one_that_is_told_of_is_passed_over(server: IncidentPeer, room: Room) -> None:
    room.step()
    server.put(view("i1", NOON_S - DAY_S - 1.0, SAID))
    room.hears("reviewed", "i1")
    room.step()
    assert room.news(Incident, ReviewTold) == []


@pytest.mark.parametrize("endpoint", [None, Endpoint("http://127.0.0.1:1", "")])
def test_without_a_server_or_a_key_there_is_no_clip(room: Room, endpoint: Endpoint | None) -> None:
    room.link.set_endpoint(endpoint)
    room.others.fetch_clip(I1)
    room.step()
    assert room.sink.events == [ClipFetched(I1, Code.SERVER_STARTING)]


def test_the_worker_starts_and_ends_and_leaves_no_clip(server: IncidentPeer, room: Room) -> None:
    left = room.folder / "borrowed" / "7.mp4"
    left.parent.mkdir()
    left.write_bytes(b"of a run that was killed")
    server.put(view("i1"))
    server.files["i1", "alert"] = b"clip"
    room.others.worker.start()
    assert room.sink.wait_for(lambda sink: bool(sink.of(ForeignIncidents)))
    assert not left.exists()
    room.others.fetch_clip(I1)
    assert room.sink.wait_for(lambda sink: sink.of(ClipFetched) == [ClipFetched(I1)])
    assert room.others.worker.stop(30.0)
    room.others.close()
    assert list(left.parent.iterdir()) == []
