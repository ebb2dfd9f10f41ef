"""A desk's workers and a real server: what is told in between arrives, also when it comes late or in pieces."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from pathlib import Path

import anyio.to_thread
import pytest
import requests

from tests.fakes.examiner import CLEAR, SUSPICION, ScriptedExaminer
from tests.fakes.films import film
from tests.fakes.judge import ReadyClips
from tests.fakes.mp4 import mp4
from tests.fakes.office import Requests
from tests.fakes.pictures import picture, window
from tests.fakes.server import RunningServer, running_server
from tests.fakes.sink import RecordingSink
from tests.fakes.waiting import wait_until
from vigint_core.analysis.examiner import Subject
from vigint_core.clock import SystemClock
from vigint_core.domain.incident import Clip, Incident, IncidentState
from vigint_core.domain.verdict import Call, Outcome, Suspected
from vigint_core.domain.window import Span, Window
from vigint_core.media.clip import encode_still
from vigint_core.media.clip import film as mp4_of
from vigint_core.media.redact import NOTHING_COVERED
from vigint_desktop.pipeline import courier as courier_module
from vigint_desktop.pipeline import late_looks as late_looks_module
from vigint_desktop.pipeline import server_link as link_module
from vigint_desktop.pipeline.courier import Desktop
from vigint_desktop.pipeline.desk import Desk, Outputs
from vigint_desktop.pipeline.exchange import Exchange
from vigint_desktop.pipeline.messages import FilesWritten, Judged, WindowRef
from vigint_desktop.pipeline.outbox import Outbox
from vigint_desktop.pipeline.remote import RemoteJudge
from vigint_desktop.pipeline.server_link import Endpoint, ServerLink
from vigint_desktop.pipeline.tally import Tally
from vigint_desktop.store.reader import Reader


class SlowExaminer(ScriptedExaminer):
    """Its second look takes until ``decide`` is set; ``second_begun`` tells that it is under way."""

    def __init__(self, first: Outcome, second: Outcome) -> None:
        super().__init__(first, second)
        self.second_begun = threading.Event()
        self.decide = threading.Event()

    async def second_look(self, subject: Subject, context: bytes) -> tuple[Outcome, tuple[Call, ...]]:
        self.second_begun.set()
        await anyio.to_thread.run_sync(self.decide.wait, 60.0)
        return await super().second_look(subject, context)


class Shop:
    """The desk's workers that talk to a server, running."""

    def __init__(self, folder: Path, server: RunningServer) -> None:
        self.folder = folder
        self.clips = folder / "clips"
        self.clips.mkdir(parents=True, exist_ok=True)
        self.sink = RecordingSink()
        self.link = ServerLink()
        self.link.set_endpoint(Endpoint(server.url, server.key))
        clock = SystemClock()
        file = folder / "desk.sqlite3"
        self.desk = Desk(file, Outputs(self.sink, Requests(), self._wake), clock, Tally())
        self.outbox = Outbox(file, self.link, self.desk.post, self.sink, clock)
        place = Desktop(file, self.clips, self.clips / "borrowed")
        self.exchange = Exchange(place, lambda _: NOTHING_COVERED, self.link, self.desk.post, self.sink, clock)
        self.judge = RemoteJudge(self.link, clock, "en")

    def _wake(self) -> None:
        self.outbox.wake()
        self.exchange.wake()

    @contextmanager
    def running(self) -> Iterator[None]:
        with ExitStack() as ending:
            self.desk.open()
            ending.callback(self.desk.close)
            ending.callback(self.link.close)
            ending.callback(self.outbox.close)
            for worker in (self.outbox.worker, self.desk.worker):
                worker.start()
                ending.callback(worker.stop)
            self.exchange.start(ending)
            yield

    def look_at(self, seen: Window) -> None:
        """Ask the server about a window, and tell the desk."""
        clips = ReadyClips(mp4(), mp4(), seen.span.start_s)
        judged = self.judge.judge(seen, clips)
        still = encode_still(picture(1004.0)) if isinstance(judged.first, Suspected) else b""
        self.desk.post(Judged(WindowRef.of(seen), judged, still, seen.span.start_s + 4))

    def write_files(self, incident: Incident) -> None:
        """What the clip writer does: the still, and a clip of twelve seconds."""
        (self.clips / f"{incident.id}.jpg").write_bytes(encode_still(picture(1004.0)))
        (self.clips / f"{incident.id}-1.mp4").write_bytes(mp4_of(film(frames=120, size=(320, 180))))
        clip = Clip(f"{incident.id}-1.mp4", Span(incident.act_s - 3, incident.act_s + 8.9))
        self.desk.post(FilesWritten(incident.id, f"{incident.id}.jpg", clip))

    def incident(self, state: IncidentState) -> Incident:
        """The only incident, once it is in this state."""
        found: list[Incident] = []

        def is_so() -> bool:
            with closing(Reader(self.folder / "desk.sqlite3")) as reader:
                found[:] = [i for i in reader.incidents(10) if i.state is state]
            return len(found) == 1

        assert wait_until(is_so), state
        return found[0]

    def waiting(self) -> int:
        with closing(Reader(self.folder / "desk.sqlite3")) as reader:
            return len(reader.uploads(10))


def recent(name: str = "w1") -> Window:
    """A window that has just ended."""
    made = window(name)
    end_s = SystemClock().wall()
    return replace(made, span=Span(end_s - 10.0, end_s))


def get(server: RunningServer, path: str) -> requests.Response:
    return requests.get(server.url + path, headers={"X-API-Key": server.key}, timeout=30.0)


@pytest.fixture
def examiner() -> SlowExaminer:
    return SlowExaminer(SUSPICION, SUSPICION)


@pytest.fixture
def server(tmp_path: Path, examiner: SlowExaminer) -> Iterator[RunningServer]:
    with running_server(tmp_path / "server", examiner=examiner) as listening:
        yield listening
        examiner.decide.set()


@pytest.fixture
def shop(tmp_path: Path, server: RunningServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    monkeypatch.setattr(link_module, "SECOND_S", 0)
    made = Shop(tmp_path / "desk", server)
    with made.running():
        yield made


@pytest.mark.parametrize(("second", "state"), [(SUSPICION, IncidentState.CONFIRMED), (CLEAR, IncidentState.VETOED)])
def test_a_second_look_that_comes_late_reaches_the_desk_at_once(
    shop: Shop,
    server: RunningServer,
    examiner: SlowExaminer,
    monkeypatch: pytest.MonkeyPatch,
    second: Outcome,
    state: IncidentState,
) -> None:
    monkeypatch.setattr(late_looks_module, "FIRST_S", 3600.0)  # nobody asks by the clock
    examiner.second = second
    assert wait_until(lambda: shop.exchange.listener.hears is not None)
    shop.look_at(recent())
    assert examiner.second_begun.wait(30.0)
    suspected = shop.incident(IncidentState.SUSPECTED)
    assert suspected.suspicions[0].window_id == "w1"
    assert wait_until(lambda: get(server, f"/v1/incidents/{suspected.id}").status_code == 200)

    examiner.decide.set()
    assert shop.incident(state).suspicions[0].window_id == "w1"
    assert shop.sink.open_faults() == set()


def test_without_events_it_reaches_the_desk_by_asking(shop: Shop, examiner: SlowExaminer) -> None:
    listener = shop.exchange.listener
    assert listener.worker.stop(30.0)
    shop.look_at(recent())
    shop.incident(IncidentState.SUSPECTED)
    examiner.decide.set()

    shop.incident(IncidentState.CONFIRMED)


@pytest.mark.slow
def test_still_and_alert_clip_reach_the_server_in_parts(
    shop: Shop, server: RunningServer, examiner: SlowExaminer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(courier_module, "PART", 2000)
    examiner.decide.set()
    shop.look_at(recent())
    incident = shop.incident(IncidentState.CONFIRMED)
    shop.write_files(incident)
    assert wait_until(lambda: shop.exchange.courier.sent == 2, 60.0)
    assert wait_until(lambda: shop.waiting() == 0)

    base = f"/v1/incidents/{incident.id}"
    files = {each["kind"]: each for each in get(server, f"{base}/files").json()["files"]}
    assert files.keys() == {"still", "alert"}
    assert get(server, f"{base}/files/still").content == (shop.clips / f"{incident.id}.jpg").read_bytes()
    clip = get(server, f"{base}/files/alert")
    assert clip.headers["Content-Type"] == "video/mp4"
    assert len(clip.content) > 2 * 2000
    assert wait_until(lambda: get(server, base).json()["alert_start"] is not None)
    assert shop.sink.open_faults() == set()
    assert sorted(file.name for file in shop.clips.glob("*alert*")) == []


@pytest.mark.slow
def test_a_clip_of_which_the_server_has_a_part_goes_on_after_a_restart(
    tmp_path: Path, server: RunningServer, examiner: SlowExaminer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(courier_module, "PART", 2000)
    examiner.decide.set()
    killed = Shop(tmp_path / "desk", server)
    original = killed.exchange.courier._bring_clip

    def die_after_a_part(*given: object) -> bool:
        done = original(*given)  # type: ignore[arg-type]
        if killed.exchange.courier._progress:
            killed.exchange.courier.worker.stopping.set()
        return done

    killed.exchange.courier._bring_clip = die_after_a_part  # type: ignore[method-assign]
    with killed.running():
        killed.look_at(recent())
        incident = killed.incident(IncidentState.CONFIRMED)
        killed.write_files(incident)
        assert wait_until(killed.exchange.courier.worker.stopping.is_set)
    state = requests.head(
        f"{server.url}/v1/incidents/{incident.id}/files/alert", headers={"X-API-Key": server.key}, timeout=30.0
    )
    assert (state.status_code, state.headers["Upload-Offset"]) == (204, "2000")
    (made,) = killed.clips.glob("*-alert-*.mp4")
    whole = made.read_bytes()

    again = Shop(tmp_path / "desk", server)
    with again.running():
        assert wait_until(lambda: again.waiting() == 0)
    assert get(server, f"/v1/incidents/{incident.id}/files/alert").content == whole
