"""Second looks that come late: who asks for them, when, and what the desk is told."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.clock import FakeClock
from tests.fakes.http_peer import HttpPeer, Reply, as_json, problem
from tests.fakes.sink import RecordingSink
from tests.unit.vigint_desktop.store.test_ledger import NOW_S, incident
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.ids import WindowId
from vigint_core.domain.incident import Decision, IncidentState
from vigint_core.domain.verdict import Clear, NotAnalysed, Suspected
from vigint_core.policy.asking import FIRST_S, LONGEST_S
from vigint_desktop.pipeline import late_looks as module
from vigint_desktop.pipeline.late_looks import LateLooks
from vigint_desktop.pipeline.listener import ANYTHING, Heard
from vigint_desktop.pipeline.messages import Message, Settled
from vigint_desktop.pipeline.server_link import Endpoint, ServerLink
from vigint_desktop.store.ledger import Ledger
from vigint_desktop.store.reader import Reader

AROSE_S = incident().suspicions[0].at_s
FIRST: dict[str, Any] = {
    "outcome": "suspected",
    "type": "concealment",
    "severity": "high",
    "confidence": 0.8,
    "summary": "conceals a bottle",
}
VETO: dict[str, Any] = {"outcome": "clear", "summary": "a wallet"}


@dataclass
class Desk:
    """Late looks over real books; their steps are taken by the test."""

    file: Path
    link: ServerLink
    told: list[Message] = field(default_factory=list)
    sink: RecordingSink = field(default_factory=RecordingSink)

    def __post_init__(self) -> None:
        self.ledger = Ledger(self.file)
        self.clock = FakeClock(mono_s=1000.0, wall_s=AROSE_S)
        self.followed: Endpoint | None = None
        self.late = LateLooks(self.file, self.link, lambda: self.followed, self.told.append, self.sink, self.clock)

    def put(self, *windows: str, decision: Decision = Decision.PENDING) -> None:
        """An incident of which these windows wait."""
        kept = incident(state=IncidentState.SUSPECTED)
        of_it = tuple(replace(kept.suspicions[0], window_id=WindowId(name), decision=decision) for name in windows)
        with self.ledger.transaction():
            self.ledger.put_incident(replace(kept, suspicions=of_it), NOW_S)
        self.late.wake()

    def step(self, after_s: float = 0.0) -> None:
        self.clock.advance(after_s)
        self.late._something_came()
        self.late._step()

    def hears(self) -> None:
        """The listener follows the server."""
        self.followed = self.link.endpoint
        self.late.heard(ANYTHING)

    def close(self) -> None:
        self.late.close()
        self.ledger.close()


@pytest.fixture
def desk(tmp_path: Path, link: ServerLink) -> Iterator[Desk]:
    with closing(Desk(tmp_path / "desk.sqlite3", link)) as made:
        yield made


def settled(window_id: str) -> Heard:
    return Heard("analysis.settled", window_id)


def answer(second: dict[str, Any] | None, *, pending: bool = False, name: str = "w1") -> Reply:
    return as_json({"window_id": name, "first": FIRST, "second": second, "pending": pending})


PENDING = [answer(None, pending=True), as_json({"window_id": "w1", "pending": True}, status=202)]


@pytest.mark.parametrize("pending", PENDING)
def test_without_events_it_is_asked_soon_then_seldom_then_no_more(peer: HttpPeer, desk: Desk, pending: Reply) -> None:
    peer.plays(pending)
    desk.put("w1")
    asked_s, elapsed_s = [], 0.0
    desk.step()
    while elapsed_s < 2 * LONGEST_S:
        times = len(peer.asked)
        desk.step(1.0)
        elapsed_s += 1.0
        if len(peer.asked) > times:
            asked_s.append(elapsed_s)

    assert asked_s == [2, 5, 10, 20, *range(80, 561, 60)]
    assert peer.asked[0].path == "/v1/analyses/w1"
    assert (desk.told, desk.sink.events) == ([], [])


@pytest.mark.parametrize(
    ("second", "kind"),
    [(VETO, Clear), (FIRST, Suspected), ({"outcome": "not_analysed", "reason": "ai.timeout"}, NotAnalysed)],
)
def test_the_answer_is_told_once(peer: HttpPeer, desk: Desk, second: dict[str, Any], kind: type) -> None:
    peer.plays(answer(second))
    desk.put("w1")
    desk.step()
    for _ in range(30):
        desk.step(10.0)
        desk.late.wake()  # the desk has written something else

    (told,) = desk.told
    assert isinstance(told, Settled)
    assert (told.window_id, type(told.first), type(told.second)) == ("w1", Suspected, kind)
    assert len(peer.asked) == 1


def test_an_answer_without_a_second_look_ends_the_asking(peer: HttpPeer, desk: Desk) -> None:
    peer.plays(answer(None))
    desk.put("w1")
    desk.step()
    for _ in range(5):
        desk.step(10.0)
    assert (desk.told, len(peer.asked)) == ([], 1)


def test_what_is_settled_is_asked_for_at_once_and_only_that(peer: HttpPeer, desk: Desk) -> None:
    peer.plays(answer(None, pending=True))
    desk.hears()
    desk.put("w1", "w2")
    desk.step()
    assert len(peer.asked) == 2, "it may have been there before anybody listened"
    desk.step(59.0)
    assert len(peer.asked) == 2
    desk.step(1.0)
    assert len(peer.asked) == 4, "in case it is not told"

    peer.plays(answer(VETO, name="w2"))
    desk.late.heard(settled("w2"))
    desk.late.heard(settled("of another desk"))
    desk.late.heard(Heard("incident.put", "w1"))
    desk.step()
    assert [asked.path for asked in peer.asked[4:]] == ["/v1/analyses/w2"]
    assert [told.window_id for told in desk.told if isinstance(told, Settled)] == ["w2"]


def test_news_that_are_quicker_than_the_desk_are_not_lost(peer: HttpPeer, desk: Desk) -> None:
    peer.plays(answer(VETO))
    desk.hears()
    desk.step()
    desk.late.heard(settled("w1"))  # the desk has not written the suspicion yet
    desk.step()
    assert peer.asked == []

    desk.put("w1")
    desk.step()
    assert len(desk.told) == 1


def test_books_that_can_not_be_read_at_once_are_read_later(
    peer: HttpPeer, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    peer.plays(answer(VETO))
    desk.put("w1")

    def refuse() -> Reader:
        raise VigintError(Code.STORE_FAILED, "locked")

    with monkeypatch.context() as broken:
        broken.setattr(desk.late._reader, "opened", refuse)
        with pytest.raises(VigintError):
            desk.step()
    desk.step()
    desk.step(FIRST_S)
    assert len(desk.told) == 1


@pytest.mark.parametrize("heard", [ANYTHING, Heard("incident.decided", "i1")])
def test_when_any_may_be_settled_all_are_asked_for_again(peer: HttpPeer, desk: Desk, heard: Heard) -> None:
    peer.plays(answer(None, pending=True))
    desk.hears()
    desk.put("w1")
    desk.step()
    desk.late.heard(heard)
    desk.step()
    assert len(peer.asked) == 2


def test_a_server_that_fails_is_left_alone_for_a_moment_and_what_it_told_is_not_forgotten(
    peer: HttpPeer, desk: Desk
) -> None:
    peer.plays(Reply(503), answer(VETO))
    desk.hears()
    desk.put("w1")
    desk.step()
    desk.step(4.9)
    assert (len(peer.asked), desk.told) == (1, [])

    desk.step(0.2)
    assert len(desk.told) == 1
    assert desk.sink.events == []


@pytest.mark.parametrize(
    "reply", [Reply(404, b"404 page not found"), Reply(405), Reply(200, b"<html>", {"Content-Type": "text/html"})]
)
def test_what_a_stranger_before_the_server_says_ends_nothing(peer: HttpPeer, desk: Desk, reply: Reply) -> None:
    peer.plays(reply, answer(VETO))
    desk.put("w1")
    desk.step(0.0)
    desk.step(2.0)
    desk.step(10.0)
    assert [type(told) for told in desk.told] == [Settled]


@pytest.mark.parametrize(
    "reply",
    [
        problem(404, Code.REQUEST_NOT_FOUND),
        problem(405, Code.REQUEST_INVALID),
        as_json({"window_id": "w1", "first": {"outcome": "suspected"}, "second": VETO}),
    ],
)
def test_an_older_server_and_nonsense_are_asked_once(peer: HttpPeer, desk: Desk, reply: Reply) -> None:
    peer.plays(reply)
    desk.put("w1")
    desk.step()
    for _ in range(5):
        desk.step(10.0)
    assert (len(peer.asked), desk.told, desk.sink.events) == (1, [], [])


@pytest.mark.parametrize("decision", [Decision.CONFIRMED, Decision.VETOED])
def test_what_is_decided_is_not_asked_for(peer: HttpPeer, desk: Desk, decision: Decision) -> None:
    desk.put("w1", decision=decision)
    desk.step()
    desk.step(10.0)
    assert peer.asked == []


def test_after_a_restart_what_is_old_is_asked_for_once_and_not_in_a_row(peer: HttpPeer, desk: Desk) -> None:
    peer.plays(answer(None, pending=True))
    desk.clock.advance(300.0)
    desk.put("w1")
    for _ in range(10):
        desk.step()
    assert len(peer.asked) == 1

    desk.step(LONGEST_S)
    desk.put("w2")  # just as old
    desk.step()
    assert {asked.path for asked in peer.asked} == {"/v1/analyses/w1"}


def test_there_is_an_end_to_what_is_asked_for(peer: HttpPeer, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_WAITING", 2)
    monkeypatch.setattr(module, "_MOST_HEARD", 2)
    peer.plays(answer(None, pending=True))
    for name in ("a", "b", "c"):
        desk.late.heard(settled(name))
    desk.put("w1", "w2", "w3")
    desk.step()
    desk.step(2.0)

    assert [asked.path[-2:] for asked in peer.asked] == ["w2", "w3"]
    assert list(desk.late._settled) == ["b", "c"]


@pytest.mark.parametrize("endpoint", [None, Endpoint("http://127.0.0.1:1", "")])
def test_without_a_server_or_a_key_nobody_is_asked(desk: Desk, endpoint: Endpoint | None) -> None:
    desk.link.set_endpoint(endpoint)
    desk.put("w1")
    desk.step()
    desk.step(10.0)
    assert desk.sink.events == []


def test_both_threads_start_and_end(peer: HttpPeer, desk: Desk) -> None:
    peer.plays(answer(VETO))
    desk.put("w1")
    desk.clock.advance(3.0)
    desk.late.worker.start()
    assert peer.wait_until_asked(1)
    assert desk.late.worker.stop(30.0)
    assert len(desk.told) == 1
