"""The promise of the whole pipeline: every window that falls due is in the books once, with a result, whatever happens.

Watcher, analyst and desk are the real ones, on real SQLite; Hypothesis chooses when gates open and close, when streams
break, how slow the judge is and what it says, and when the program ends.
"""

from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fakes.clock import NOON_S, FakeClock
from tests.fakes.judge import CLEAR, ScriptedJudge, failed, suspected
from tests.fakes.pictures import PicturesInMemory, moment, picture
from tests.fakes.sink import RecordingSink
from tests.unit.vigint_desktop.pipeline.test_watcher import ScriptedGate
from vigint_core.domain.camera import Camera, SourceKind
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.frame import Picture
from vigint_core.domain.ids import CameraId
from vigint_core.domain.status import WindowRecord, WindowResult
from vigint_core.domain.window import Span
from vigint_core.policy.sampling import SamplingRule
from vigint_desktop.pipeline import analyst as analyst_module
from vigint_desktop.pipeline import stills
from vigint_desktop.pipeline.analyst import Analyst, Books
from vigint_desktop.pipeline.desk import Desk, Outputs
from vigint_desktop.pipeline.messages import CutRequest
from vigint_desktop.pipeline.tally import Tally
from vigint_desktop.pipeline.watcher import Ears, Post, Watcher
from vigint_desktop.store.reader import Reader

GREY = np.zeros((36, 64), np.uint8)
CAMERAS = (CameraId("door"), CameraId("till"))
ANSWERS = st.sampled_from(
    [
        CLEAR,
        failed(Code.AI_TIMEOUT),
        suspected(),
        (suspected(), suspected()),
        (suspected(), CLEAR),
        VigintError(Code.INTERNAL),
    ]
)
ACTS = st.sampled_from(["watch", "watch", "watch", "open", "close", "break", "blind", "hold", "release"])


def encode(pictures: Sequence[Picture], lead: Sequence[Picture]) -> tuple[bytes, bytes]:
    """Stands in for the encoder, and refuses what it refuses."""
    if not pictures:
        raise VigintError(Code.PIPELINE_NO_PICTURES)
    return b"clip", b"context"


class NoFiles:
    """No clip writer."""

    def request(self, wanted: CutRequest) -> None:
        """Nothing is kept."""


class OpenGate(ScriptedGate):
    """A gate with a handle."""

    def __init__(self) -> None:
        super().__init__()

    def set_open(self, is_open: bool) -> None:
        self.spans = ((0.0, float("inf")),) if is_open else ()


class Shop:
    """Two cameras, an analyst with two threads, a desk; time passes when the test says so."""

    def __init__(self, file: Path, judge: ScriptedJudge) -> None:
        self.file, self.judge, self.clock, self.now_s = file, judge, FakeClock(), 1000.0
        self.tally, self.sink = Tally(), RecordingSink()
        self.desk = Desk(file, Outputs(self.sink, NoFiles(), lambda: None), self.clock, self.tally)
        self.desk.open()
        self.analyst = Analyst(judge, Books(self.desk.post, self.tally), self.sink, self.clock, pool=2)
        self.gates = {name: OpenGate() for name in CAMERAS}
        self.pictures = {name: PicturesInMemory() for name in CAMERAS}
        self.watchers = {name: self._watcher(name) for name in CAMERAS}

    def _watcher(self, name: CameraId) -> Watcher:
        camera = Camera(name, name.title(), SourceKind.DEMO, "")
        post = Post(self.gates[name], self.pictures[name], self.clock.wall)
        return Watcher(camera, SamplingRule(4.0, 2.0, 1.0), post, Ears(self.analyst.submit, self.desk.post))

    def act(self, name: CameraId, what: str) -> None:
        match what:
            case "open" | "close":
                self.gates[name].set_open(what == "open")
            case "break":
                self.watchers[name].lost(self.now_s)
            case "blind":
                self.pictures[name].kept.clear()
            case "hold":
                self.judge.hold.clear()
            case "release":
                self.judge.hold.set()
        self._pass_time(10.0 if what == "blind" else 1.0)

    def _pass_time(self, seconds: float) -> None:
        self.now_s += seconds
        self.clock.advance(seconds)
        for name in CAMERAS:
            self.pictures[name].kept.append(picture(self.now_s, name))
            self.watchers[name].look(GREY, moment(self.now_s))

    def run(self, acts: list[tuple[CameraId, str]]) -> None:
        self.desk.worker.start()
        self.analyst.start()
        self.gates[CAMERAS[0]].set_open(True)  # something falls due in every run
        self._pass_time(1.0)
        try:
            for name, what in acts:
                self.act(name, what)
            for watcher in self.watchers.values():
                watcher.lost(self.now_s)
        finally:
            self.analyst.stop(timeout_s=0.05)
            self.judge.hold.set()
            assert self.analyst.stop(timeout_s=30.0)
            assert self.desk.worker.stop(timeout_s=30.0)
            self.desk.close()

    def books(self) -> list[WindowRecord]:
        with closing(Reader(self.file)) as reader:
            return reader.windows(Span(0.0, NOON_S * 2))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    acts=st.lists(st.tuples(st.sampled_from(CAMERAS), ACTS), min_size=10, max_size=40),
    answers=st.lists(ANSWERS, max_size=12),
)
def test_every_due_window_is_settled_exactly_once(
    monkeypatch: pytest.MonkeyPatch, acts: list[tuple[CameraId, str]], answers: list[object]
) -> None:
    monkeypatch.setattr(analyst_module, "encode_clips", encode)
    monkeypatch.setattr(stills, "encode_still", lambda picture: b"jpeg")
    with TemporaryDirectory() as folder:
        shop = Shop(Path(folder, "desk.sqlite3"), ScriptedJudge(answers))  # type: ignore[arg-type]
        shop.run(acts)
        booked = shop.books()

    assert booked
    assert all(w.result is not WindowResult.WAITING for w in booked)
    assert all((w.reason is not None) == (w.result is WindowResult.NOT_ANALYSED) for w in booked)
    for name in CAMERAS:
        counted, mine = shop.tally.windows(name), [w for w in booked if w.camera_id == name]
        assert counted.due == len(mine)
        assert counted.clear == sum(w.result is WindowResult.CLEAR for w in mine)
        assert counted.suspected == sum(w.result in {WindowResult.SUSPECTED, WindowResult.VETOED} for w in mine)
        assert counted.not_analysed == Counter(w.reason for w in mine if w.reason)
    told = Counter(event.id for event in shop.sink.of(WindowRecord) if event.result is not WindowResult.WAITING)
    assert told == Counter(w.id for w in booked)
