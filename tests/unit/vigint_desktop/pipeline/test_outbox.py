from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from tests.fakes.clock import FakeClock
from tests.fakes.http_peer import HttpPeer, Reply, problem
from tests.fakes.sink import RecordingSink
from tests.unit.vigint_desktop.store.test_ledger import NOW_S, incident
from vigint_core.domain import bounds
from vigint_core.domain.fault import Code
from vigint_core.domain.ids import IncidentId, WindowId
from vigint_core.domain.incident import Act, Decision, Incident, Suspicion
from vigint_core.domain.verdict import IncidentType, Observation, Severity
from vigint_core.domain.window import Span
from vigint_core.wire import IncidentPut
from vigint_desktop.pipeline import outbox as module
from vigint_desktop.pipeline.messages import Message, Sent
from vigint_desktop.pipeline.outbox import Outbox, body_of
from vigint_desktop.pipeline.server_link import Endpoint, ServerError, ServerLink
from vigint_desktop.pipeline.worker import GOOD_S
from vigint_desktop.store.ledger import Ledger


@dataclass
class Post:
    """An outbox over real books; its steps are taken by the test."""

    file: Path
    link: ServerLink
    told: list[Message] = field(default_factory=list)
    sink: RecordingSink = field(default_factory=RecordingSink)

    def __post_init__(self) -> None:
        self.ledger = Ledger(self.file)
        self.clock = FakeClock()
        self.outbox = Outbox(self.file, self.link, self.told.append, self.sink, self.clock)

    def put(self, *incidents: Incident) -> None:
        for each in incidents:
            with self.ledger.transaction():
                self.ledger.put_incident(each, NOW_S)

    def write_down(self) -> None:
        """What the desk does with the news."""
        for message in self.told:
            assert isinstance(message, Sent)
            with self.ledger.transaction():
                self.ledger.mark_sent(message.incident_id, message.revision)
        self.told.clear()

    def step(self) -> None:
        self.outbox.wake()
        self.outbox._step()

    def close(self) -> None:
        self.outbox.close()
        self.ledger.close()


@pytest.fixture
def post(tmp_path: Path, link: ServerLink) -> Iterator[Post]:
    with closing(Post(tmp_path / "desk.sqlite3", link)) as made:
        yield made


def paths(peer: HttpPeer) -> list[str]:
    return [asked.path.rpartition("/")[2] for asked in peer.asked]


def test_incidents_go_out_in_order_and_once(peer: HttpPeer, post: Post) -> None:
    peer.plays(Reply(200))
    post.put(incident("i1"), incident("i2"))

    post.step()
    post.step()  # the desk has not written down yet that they were taken
    assert paths(peer) == ["i1", "i2"]
    assert post.told == [Sent(IncidentId("i1"), 1), Sent(IncidentId("i2"), 1)]

    post.write_down()
    post.step()
    assert post.outbox.waiting == 0
    assert len(peer.asked) == 2


def test_the_server_is_told_what_the_desk_knows(peer: HttpPeer, post: Post) -> None:
    peer.plays(Reply(200))
    post.put(incident("i1"))
    post.step()

    assert IncidentPut.model_validate(peer.asked[0].json) == body_of(incident("i1"))


def test_a_second_act_is_told_too_and_an_older_server_hears_of_none(peer: HttpPeer, post: Post) -> None:
    peer.plays(Reply(200))
    fight = Act(IncidentType.VIOLENCE, Severity.HIGH, 0.7, "hits somebody" + "!" * 3000, NOW_S + 6)
    second = Suspicion(WindowId("w2"), Span(NOW_S + 5, NOW_S + 15), NOW_S + 17, Decision.PENDING, fight)
    both = incident("i2")
    post.put(incident("i1"), replace(both, suspicions=(*both.suspicions, second)))
    post.step()

    plain, told = (asked.json for asked in peer.asked)
    assert "other_acts" not in plain, "who knows no such field refuses the whole"
    (act,) = IncidentPut.model_validate(told).other_acts
    assert (act.type, act.severity, act.confidence, act.at.timestamp()) == ("violence", "high", 0.7, NOW_S + 6)
    assert len(act.summary) == 2000
    assert IncidentPut.model_validate(plain).other_acts == []


def test_what_changed_meanwhile_goes_out_again(peer: HttpPeer, post: Post) -> None:
    peer.plays(Reply(200))
    post.put(incident("i1"))
    post.step()
    post.put(replace(incident("i1"), summary="now we know more"))

    post.write_down()  # of revision 1, which is no longer the latest
    post.step()

    assert post.told == [Sent(IncidentId("i1"), 2)]
    assert peer.asked[1].json["summary"] == "now we know more"


def test_while_the_server_fails_nothing_is_lost_and_nothing_skipped(peer: HttpPeer, post: Post) -> None:
    peer.plays(Reply(503), Reply(200))
    post.put(incident("i1"), incident("i2"))

    with pytest.raises(ServerError):
        post.step()
    assert post.told == []

    post.step()
    assert paths(peer) == ["i1", "i1", "i2"]


def test_of_more_than_the_server_takes_the_newest_is_told() -> None:
    seen = tuple(Observation(NOW_S + number, f"seen {number}") for number in range(bounds.MOST_OBSERVATIONS + 5))
    looks = tuple(
        Suspicion(WindowId(f"w{number}"), Span(NOW_S, NOW_S + 10), NOW_S + 12, Decision.CONFIRMED)
        for number in range(bounds.MOST_WINDOWS + 5)
    )
    fights = (Act(IncidentType.VIOLENCE, Severity.HIGH, 0.7, "hits somebody", NOW_S),) * (bounds.MOST_ACTS + 5)
    long = replace(incident("i1"), observations=seen, suspicions=looks, foreign=True, told_acts=fights)
    told = body_of(long)

    assert [each.text for each in told.observations] == [each.text for each in seen[5:]]
    assert told.window_ids == [each.window_id for each in looks[5:]]
    assert len(told.other_acts) == bounds.MOST_ACTS


def test_a_clock_that_is_wrong_keeps_no_incident_from_the_server() -> None:
    """A computer without a battery begins in 1970 or 1980, and its clock is set while something happens."""
    early = replace(incident("i1"), span=Span(86_400.0, 86_410.0), act_s=NOW_S, opened_s=86_412.0)
    told = body_of(early)

    assert (told.start, told.end, told.opened) == (bounds.EARLIEST,) * 3
    assert told.act.timestamp() == NOW_S
    assert [each.at_s for each in told.observations] == [bounds.FARTHEST_S]


@pytest.mark.expects_log("incident i1 will not reach the server")
def test_what_the_server_will_never_take_does_not_hold_the_others_up(peer: HttpPeer, post: Post) -> None:
    peer.plays(problem(422, Code.REQUEST_INVALID), Reply(200))
    post.put(incident("i1"), incident("i2"))

    with pytest.raises(ServerError):
        post.step()
    post.step()

    assert paths(peer) == ["i1", "i2"]
    assert len(post.told) == 2


@pytest.mark.expects_log("incident i1 will not reach the server")
def test_nor_does_one_that_the_contract_has_no_words_for(peer: HttpPeer, post: Post) -> None:
    peer.plays(Reply(200))
    post.put(replace(incident("i1"), act_s=1e18), incident("i2"))

    with pytest.raises(ServerError):
        post.step()
    post.step()

    assert paths(peer) == ["i2"]


@pytest.mark.parametrize(
    "reply",
    [
        problem(401, Code.AUTH_INVALID_KEY),
        problem(401, Code.AUTH_KEY_EXPIRED),
        problem(429, Code.AUTH_TOO_MANY),
        problem(403, Code.AUTH_FORBIDDEN),
        Reply(401, b"<html>"),  # of a proxy that wants a name and a password itself
    ],
)
def test_a_key_that_is_refused_is_tried_again_in_a_minute(peer: HttpPeer, post: Post, reply: Reply) -> None:
    peer.plays(reply, Reply(200))
    post.put(incident("i1"))

    with pytest.raises(ServerError):
        post.step()
    post.clock.advance(59.0)
    post.step()
    assert len(peer.asked) == 1
    assert (post.told, post.outbox.waiting) == ([], 1)

    post.clock.advance(1.0)
    post.step()
    assert [type(told) for told in post.told] == [Sent]


def test_another_key_is_tried_at_once(peer: HttpPeer, post: Post) -> None:
    peer.plays(problem(401, Code.AUTH_INVALID_KEY), Reply(200))
    post.put(incident("i1"))
    with pytest.raises(ServerError):
        post.step()

    post.link.set_endpoint(Endpoint(peer.url, "vg_2_another"))
    post.step()

    assert [type(told) for told in post.told] == [Sent]


def test_who_sent_too_much_waits_as_long_as_the_server_asks(peer: HttpPeer, post: Post) -> None:
    peer.plays(problem(429, Code.LIMIT_REQUESTS, **{"Retry-After": "7"}), Reply(200))
    post.put(incident("i1"))

    with pytest.raises(ServerError):
        post.step()
    post.clock.advance(6.9)
    post.step()
    assert (len(peer.asked), post.told, post.outbox.waiting) == (1, [], 1)

    post.clock.advance(0.2)
    post.step()
    assert post.told == [Sent(IncidentId("i1"), 1)]


def test_a_wait_without_end_is_not_believed(peer: HttpPeer, post: Post) -> None:
    peer.plays(problem(429, Code.LIMIT_BYTES, **{"Retry-After": "99999"}), Reply(200))
    post.put(incident("i1"))

    with pytest.raises(ServerError):
        post.step()
    post.clock.advance(60.0)
    post.step()

    assert len(peer.asked) == 2


@pytest.mark.parametrize("reply", [problem(401, Code.AUTH_INVALID_KEY), Reply(404, b"<html>")])
def test_a_wrong_key_or_a_stranger_keeps_everything_waiting(peer: HttpPeer, post: Post, reply: Reply) -> None:
    peer.plays(reply)
    post.put(incident("i1"))

    with pytest.raises(ServerError):
        post.step()

    assert post.told == []
    assert post.outbox.waiting == 1


@pytest.mark.parametrize("endpoint", [None, Endpoint("http://127.0.0.1:1", "")])
def test_without_a_server_or_a_key_it_waits_in_silence(post: Post, endpoint: Endpoint | None) -> None:
    post.link.set_endpoint(endpoint)
    post.put(incident("i1"))

    post.step()

    assert post.outbox.waiting == 1
    assert post.sink.events == []


def test_it_works_on_a_thread_of_its_own_and_is_closed_by_another(peer: HttpPeer, post: Post) -> None:
    peer.plays(problem(503, Code.SERVER_STORAGE), Reply(200))
    post.put(incident("i1"))
    post.outbox.worker.start()
    post.outbox.wake()

    assert peer.wait_until_asked(2)
    assert ("outbox", Code.SERVER_STORAGE) in post.sink.open_faults()  # a good step alone does not end it
    post.clock.advance(GOOD_S)
    assert post.sink.wait_for(lambda s: ("outbox", Code.SERVER_STORAGE) not in s.open_faults())
    assert post.outbox.worker.stop(timeout_s=30.0)
    post.outbox.close()
    assert post.told == [Sent(IncidentId("i1"), 1)]


def test_one_step_sends_no_more_than_a_batch(peer: HttpPeer, post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_BATCH", 2)
    peer.plays(Reply(200))
    post.put(*(incident(f"i{n}") for n in range(5)))

    for _ in range(3):
        post.step()
        post.write_down()

    assert sorted(paths(peer)) == ["i0", "i1", "i2", "i3", "i4"]


def test_the_body_counts_observations_from_the_start() -> None:
    body = body_of(replace(incident(), observations=(Observation(NOW_S + 4, "x" * 3000),), camera_name="n" * 300))

    assert body.observations[0].at_s == 4.0
    assert (len(body.observations[0].text), len(body.camera_name)) == (2000, 200)
    assert (body.start.timestamp(), body.end.timestamp(), body.act.timestamp()) == (NOW_S, NOW_S + 10, NOW_S + 4)
    assert body.window_ids == ["w1"]


@pytest.mark.parametrize("wrong", [{"camera_id": ""}, {"act_s": float("nan")}, {"opened_s": 1e20}, {"confidence": 2.0}])
def test_a_body_that_cannot_be_made_is_a_refusal(wrong: dict[str, object]) -> None:
    with pytest.raises(ServerError) as caught:
        body_of(replace(incident(), **wrong))  # type: ignore[arg-type]

    assert caught.value.code is Code.REQUEST_INVALID
