"""Files of incidents on their way to the server: in order, in parts, once, and never without an end."""

from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from tests.fakes.clock import FakeClock
from tests.fakes.films import film
from tests.fakes.http_peer import HttpPeer, Reply, problem
from tests.fakes.sink import RecordingSink
from tests.unit.vigint_desktop.store.test_ledger import NOW_S, incident
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.ids import IncidentId
from vigint_core.domain.incident import Clip, Incident, IncidentState
from vigint_core.domain.window import Span
from vigint_core.media.clip import film as mp4_of
from vigint_core.media.redact import NOTHING_COVERED, Redaction
from vigint_core.policy.alert_clip import GIVE_UP_S, PATIENCE_S
from vigint_desktop.pipeline import courier as module
from vigint_desktop.pipeline.alert_maker import AlertMaker
from vigint_desktop.pipeline.courier import Courier, Desktop
from vigint_desktop.pipeline.messages import Delivered, Message
from vigint_desktop.pipeline.server_link import Endpoint, ServerError, ServerLink
from vigint_desktop.store.ledger import Ledger
from vigint_desktop.store.upload_books import UploadKind

STILL, ALERT = UploadKind.STILL, UploadKind.ALERT
ACT_S = incident().act_s
CLIP_START_S = ACT_S - 1.5


@dataclass
class Post:
    """A courier over real books and a real clip folder; its steps are taken by the test."""

    folder: Path
    link: ServerLink
    told: list[Message] = field(default_factory=list)
    sink: RecordingSink = field(default_factory=RecordingSink)
    redaction: Redaction | None = NOTHING_COVERED

    def __post_init__(self) -> None:
        self.ledger = Ledger(self.folder / "desk.sqlite3")
        self.clips = self.folder / "clips"
        self.clips.mkdir()
        self.clock = FakeClock(wall_s=ACT_S + PATIENCE_S)
        place = Desktop(self.folder / "desk.sqlite3", self.clips, self.folder / "borrowed")
        maker = AlertMaker(self.clips, lambda _camera_id: self.redaction)
        self.courier = Courier(place, maker, self.link, self.told.append, self.sink, self.clock)

    def put(self, name: str = "i1", state: IncidentState = IncidentState.CONFIRMED, *, still: bool = False) -> Incident:
        """An incident that the server has, with a clip of two seconds around its act."""
        (self.clips / f"{name}-1.mp4").write_bytes(mp4_of(film(size=(160, 90))))
        clip = Clip(f"{name}-1.mp4", Span(CLIP_START_S, CLIP_START_S + 1.9))
        kept = replace(incident(name, state), still=f"{name}.jpg" if still else "", clips=(clip,))
        if still:
            (self.clips / f"{name}.jpg").write_bytes(b"jpeg of " + name.encode())
        with self.ledger.transaction():
            self.ledger.put_incident(kept, NOW_S)
            self.ledger.mark_sent(kept.id, 1)
        return kept

    def step(self, times: int = 1) -> None:
        for _ in range(times):
            self.courier.wake()
            self.courier._step()

    def write_down(self) -> None:
        """What the desk does with the news."""
        with self.ledger.transaction():
            for message in self.told:
                assert isinstance(message, Delivered)
                self.ledger.uploads.settle(message.incident_id, message.kind, taken=message.taken)

    def made(self) -> list[Path]:
        return sorted(self.clips.glob("*-alert-*.mp4"))

    def close(self) -> None:
        self.courier.close()
        self.ledger.close()


@pytest.fixture
def post(tmp_path: Path, link: ServerLink) -> Iterator[Post]:
    with closing(Post(tmp_path, link)) as made:
        yield made


def far(offset: int, *, complete: bool = False, status: int = 204) -> Reply:
    return Reply(status, headers={"Upload-Offset": str(offset), "Upload-Complete": "?1" if complete else "?0"})


def asked(peer: HttpPeer) -> list[tuple[str, str]]:
    return [(a.method, a.path.removeprefix("/v1/incidents/")) for a in peer.asked]


def test_stills_go_before_clips_and_each_goes_once(peer: HttpPeer, post: Post) -> None:
    peer.plays(Reply(200), Reply(404), far(9, complete=True, status=200))
    post.put(still=True)
    post.step(4)  # the still; the clip is made; sent; nothing is left

    assert asked(peer) == [("PUT", "i1/files/still"), ("HEAD", "i1/files/alert"), ("PATCH", "i1/files/alert")]
    assert (peer.asked[0].body, peer.asked[0].headers["Content-Type"]) == (b"jpeg of i1", "image/jpeg")
    part = peer.asked[2]
    assert part.headers["Content-Type"] == "application/partial-upload"
    assert (part.headers["Upload-Offset"], part.headers["Upload-Complete"]) == ("0", "?1")
    assert post.told == [
        Delivered(IncidentId("i1"), STILL),
        Delivered(IncidentId("i1"), ALERT, start_s=pytest.approx(CLIP_START_S, abs=0.1)),
    ]
    assert post.made() == [], "the server has it; the incident's own clips stay"
    assert (post.clips / "i1-1.mp4").exists()

    post.write_down()
    post.step()
    assert (post.courier.waiting, post.courier.sent, post.courier.given_up) == (0, 2, 0)
    assert len(peer.asked) == 3


def test_a_clip_goes_in_parts_and_a_still_that_comes_meanwhile_goes_between(
    peer: HttpPeer, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PART", 700)
    post.put("i1")
    post.step()
    size = post.made()[0].stat().st_size
    whole = post.made()[0].read_bytes()
    peer.plays(Reply(404), far(700))
    post.step()
    peer.plays(Reply(200))
    post.put("i2", IncidentState.SUSPECTED, still=True)
    post.step()
    peer.plays(*[far(n) for n in range(1400, size, 700)], far(size, complete=True, status=200))
    post.step(-(-size // 700))

    parts = [a for a in peer.asked if a.method == "PATCH"]
    assert b"".join(part.body for part in parts) == whole
    assert [int(part.headers["Upload-Offset"]) for part in parts] == list(range(0, size, 700))
    assert asked(peer)[2] == ("PUT", "i2/files/still")
    assert [told.kind for told in post.told if isinstance(told, Delivered)] == [STILL, ALERT]


def test_a_line_that_breaks_and_a_program_that_is_killed_go_on_where_the_server_is(
    peer: HttpPeer, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PART", 700)
    peer.plays(Reply(404), far(700), Reply(503))
    post.put()
    post.step(2)
    with pytest.raises(ServerError):
        post.step()
    size = post.made()[0].stat().st_size

    other = Courier(
        Desktop(post.folder / "desk.sqlite3", post.clips, post.folder / "borrowed"),
        AlertMaker(post.clips, lambda _: None),
        post.link,
        post.told.append,
        post.sink,
        post.clock,
    )
    peer.plays(far(size - 10), far(size, complete=True, status=200))
    with closing(other):
        other.wake()
        other._step()

    assert asked(peer)[-2:] == [("HEAD", "i1/files/alert"), ("PATCH", "i1/files/alert")]
    assert (peer.asked[-1].headers["Upload-Offset"], len(peer.asked[-1].body)) == (str(size - 10), 10)
    assert [told.kind for told in post.told if isinstance(told, Delivered)] == [ALERT]


def test_where_the_server_is_elsewhere_it_goes_on_there(peer: HttpPeer, post: Post) -> None:
    peer.plays(Reply(404), far(100, status=409), far(0, complete=True, status=200))
    post.put()
    post.step(3)

    assert [a.headers["Upload-Offset"] for a in peer.asked if a.method == "PATCH"] == ["0", "100"]
    assert len(post.told) == 1


def test_what_the_server_has_already_is_not_sent(peer: HttpPeer, post: Post) -> None:
    peer.plays(far(5000, complete=True, status=200))  # the answer to the last part was lost
    post.put()
    post.step(3)

    assert asked(peer) == [("HEAD", "i1/files/alert")]
    assert len(post.told) == 1


def test_a_clip_that_was_lost_and_made_again_is_sent_as_a_whole(peer: HttpPeer, post: Post) -> None:
    peer.plays(far(700), Reply(200))  # parts of the one before
    post.put()
    post.step(2)

    assert asked(peer) == [("HEAD", "i1/files/alert"), ("PUT", "i1/files/alert")]
    assert peer.asked[1].body[4:8] == b"ftyp"
    assert len(post.told) == 1


@pytest.mark.expects_log("alert of incident i1 will not reach the server")
@pytest.mark.parametrize(
    "reply",
    [
        problem(413, Code.CLIP_TOO_LARGE),
        problem(422, Code.CLIP_NOT_VIDEO),
        problem(422, Code.CLIP_TOO_LONG),
        problem(415, Code.CLIP_NOT_VIDEO),
    ],
)
def test_what_the_server_refuses_for_good_is_given_up_and_named(peer: HttpPeer, post: Post, reply: Reply) -> None:
    peer.plays(Reply(404), reply)
    post.put()
    post.step()
    with pytest.raises(ServerError):
        post.step()
    post.step(3)

    assert post.told == [Delivered(IncidentId("i1"), ALERT, taken=False)]
    assert (len(peer.asked), post.courier.given_up, post.made()) == (2, 1, [])


@pytest.mark.expects_log("alert of incident i1 will not reach the server")
def test_files_of_an_incident_that_was_erased_there_are_given_up(peer: HttpPeer, post: Post) -> None:
    peer.plays(Reply(404), problem(404, Code.REQUEST_NOT_FOUND))
    post.put()
    post.step(2)

    assert asked(peer)[-1] == ("GET", "i1")
    assert post.told == [Delivered(IncidentId("i1"), ALERT, taken=False)]


@pytest.mark.parametrize("status", [404, 405, 413, 415, 422])
def test_what_a_stranger_before_the_server_says_gives_nothing_up(peer: HttpPeer, post: Post, status: int) -> None:
    page = Reply(status, b"<html>", {"Content-Type": "text/html"})
    peer.plays(page, page, Reply(404), Reply(201, b"", {"Upload-Offset": "99", "Upload-Complete": "?1"}))
    post.put()
    for _ in range(2):
        with suppress(ServerError):
            post.step()
    assert post.told == []
    for _ in range(3):
        post.clock.advance(600.0)
        with suppress(ServerError):
            post.step()
    assert [(told.kind, told.taken) for told in post.told if isinstance(told, Delivered)] == [(ALERT, True)]


def test_a_stranger_can_not_say_that_an_incident_was_erased(peer: HttpPeer, post: Post) -> None:
    peer.plays(Reply(404), problem(404, Code.REQUEST_NOT_FOUND), Reply(404, b"404 page not found"))
    post.put()
    for _ in range(2):
        with suppress(ServerError):
            post.step()
    assert (asked(peer)[-1], post.told) == (("GET", "i1"), [])


def test_an_older_server_is_asked_once_and_again_when_somebody_may_have_updated_it(peer: HttpPeer, post: Post) -> None:
    peer.plays(problem(404, Code.REQUEST_NOT_FOUND), problem(405, Code.REQUEST_INVALID))
    post.put("i1", still=True)
    post.put("i2", still=True)
    post.step(5)
    assert asked(peer) == [("PUT", "i1/files/still"), ("GET", "i1")]
    assert (post.told, post.sink.events, post.courier.waiting) == ([], [], 4)

    peer.plays(Reply(200))
    post.clock.advance(600.0)
    post.step(2)
    assert [told.kind for told in post.told if isinstance(told, Delivered)] == [STILL, STILL]


@pytest.mark.parametrize("code", [Code.AUTH_INVALID_KEY, Code.AUTH_FORBIDDEN])
def test_a_key_that_is_refused_is_left_to_the_sign_in(peer: HttpPeer, post: Post, code: Code) -> None:
    peer.plays(problem(401, code), Reply(200))
    post.put(still=True)
    post.step(4)
    assert (len(peer.asked), post.told) == (1, [])

    post.link.set_endpoint(Endpoint(peer.url, "vg_123456_another-key"))
    post.step()
    assert len(post.told) == 1


@pytest.mark.parametrize("reply", [Reply(drop=True), problem(503, Code.SERVER_BUSY, **{"Retry-After": "20"})])
def test_a_server_that_is_away_is_waited_for_in_silence(peer: HttpPeer, post: Post, reply: Reply) -> None:
    peer.plays(reply)
    post.put(state=IncidentState.SUSPECTED, still=True)
    post.step()
    peer.plays(Reply(200))
    times = len(peer.asked)
    post.step(3)
    assert (len(peer.asked), post.sink.events) == (times, [])

    post.clock.advance(20.0)
    post.step()
    assert post.told == [Delivered(IncidentId("i1"), STILL)]


def test_a_server_that_fails_is_named_and_tried_later_and_later(peer: HttpPeer, post: Post) -> None:
    peer.plays(problem(507, Code.STORAGE_FULL))
    post.put(state=IncidentState.SUSPECTED, still=True)
    for longest_s in (1.0, 2.0, 4.0):
        with pytest.raises(ServerError):
            post.step()
        post.clock.advance(longest_s * 0.7)
        post.step()
        post.clock.advance(longest_s * 0.3)
    assert len(peer.asked) == 3


@pytest.mark.expects_log("still of incident i1 will not reach the server")
def test_a_still_that_is_gone_is_given_up(post: Post) -> None:
    post.put(state=IncidentState.SUSPECTED, still=True)
    (post.clips / "i1.jpg").unlink()
    post.step()

    assert post.told == [Delivered(IncidentId("i1"), STILL, taken=False)]


def test_the_clip_is_made_when_enough_is_written_and_not_before(post: Post) -> None:
    post.clock.advance(-PATIENCE_S + 3.0)  # three seconds after the act, of which one is written
    post.put()
    post.step()
    assert post.made() == []

    post.clock.advance(PATIENCE_S - 3.0)
    post.step()
    assert len(post.made()) == 1


@pytest.mark.expects_log("alert of incident i1 will not reach the server")
def test_an_incident_without_a_clip_gets_none(post: Post) -> None:
    kept = replace(post.put(), clips=())
    with post.ledger.transaction():
        post.ledger.put_incident(kept, NOW_S)
    post.step()
    assert post.told == []

    post.clock.advance(GIVE_UP_S)
    post.step()
    assert post.told == [Delivered(IncidentId("i1"), ALERT, taken=False)]


@pytest.mark.expects_log("nobody knows what to cover")
def test_of_a_camera_that_is_gone_no_clip_leaves_the_shop(peer: HttpPeer, post: Post) -> None:
    post.redaction = None
    post.put()
    post.step(2)

    assert (peer.asked, post.courier.given_up) == ([], 1)


def test_a_full_disk_is_named_and_the_clip_made_later(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise VigintError(Code.DISK_FULL)

    post.put()
    with monkeypatch.context() as patched:
        patched.setattr("vigint_desktop.pipeline.alert_maker.keep", full)
        with pytest.raises(VigintError):
            post.step()
    post.clock.advance(1.0)
    post.step()
    assert len(post.made()) == 1


def test_a_clip_that_is_removed_on_its_way_is_made_again(
    peer: HttpPeer, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PART", 700)
    peer.plays(Reply(404), far(700), far(700), Reply(200))
    post.put()
    post.step(2)
    post.made()[0].unlink()
    post.step(2)

    assert [method for method, _ in asked(peer)] == ["HEAD", "PATCH", "PUT"]
    assert len(post.told) == 1


@pytest.mark.parametrize("endpoint", [None, Endpoint("http://127.0.0.1:1", "")])
def test_without_a_server_or_a_key_nothing_is_made(post: Post, endpoint: Endpoint | None) -> None:
    post.link.set_endpoint(endpoint)
    post.put()
    post.step(2)

    assert (post.courier.waiting, post.made(), post.sink.events) == (1, [], [])
