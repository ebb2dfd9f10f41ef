"""An alert's clip: cut out of the incident's own clips, covered whatever the owner has unlocked, found again later."""

import io
import os
import sys
import threading
from dataclasses import replace
from pathlib import Path

import av
import pytest

from tests.fakes.films import film
from tests.unit.vigint_desktop.store.test_ledger import incident
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.ids import IncidentId
from vigint_core.domain.incident import Clip, Incident
from vigint_core.domain.window import Span
from vigint_core.domain.zone import Scene, Zone, ZoneUse
from vigint_core.media.clip import film as mp4_of
from vigint_core.media.redact import NOTHING_COVERED, Redaction
from vigint_desktop.pipeline.alert_maker import AlertMaker, start_of, yield_to_others

ACT_S = incident().act_s
LEFT = Zone("p", "", ZoneUse.PRIVACY, ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0)))


def kept(folder: Path) -> Incident:
    """An incident with two clips: from 8 s before the act to 2 s after it, and from there to 22 s after it."""
    for number, frames in ((1, 101), (2, 201)):
        (folder / f"i1-{number}.mp4").write_bytes(mp4_of(film(frames=frames, size=(160, 90))))
    clips = (
        Clip("i1-1.mp4", Span(ACT_S - 8, ACT_S + 2)),
        Clip("i1-2.mp4", Span(ACT_S + 2, ACT_S + 22)),
    )
    return replace(incident(), clips=clips)


def seconds(file: Path) -> float:
    with av.open(file) as container:
        return [frame.time or 0.0 for frame in container.decode(video=0)][-1]


def test_it_shows_fifteen_seconds_with_the_act_five_after_the_start(tmp_path: Path) -> None:
    made = AlertMaker(tmp_path, lambda _: NOTHING_COVERED).make(kept(tmp_path))

    assert start_of(made) == pytest.approx(ACT_S - 5, abs=0.1)
    assert seconds(made) == pytest.approx(15.0, abs=0.11)


def test_it_is_found_again_and_forgotten_alone(tmp_path: Path) -> None:
    maker = AlertMaker(tmp_path, lambda _: NOTHING_COVERED)
    assert maker.find(IncidentId("i1")) is None
    made = maker.make(kept(tmp_path))
    assert (maker.find(IncidentId("i1")), maker.find(IncidentId("i"))) == (made, None)

    maker.forget(IncidentId("i1"))
    assert sorted(file.name for file in tmp_path.iterdir()) == ["i1-1.mp4", "i1-2.mp4"]
    maker.forget(IncidentId("i1"))


def test_the_same_clips_give_the_same_bytes_and_one_file(tmp_path: Path) -> None:
    maker = AlertMaker(tmp_path, lambda _: NOTHING_COVERED)
    first = maker.make(kept(tmp_path)).read_bytes()
    again = maker.make(kept(tmp_path))

    assert again.read_bytes() == first
    assert len(list(tmp_path.glob("*-alert-*"))) == 1


def test_privacy_zones_are_covered_in_it(tmp_path: Path) -> None:
    made = AlertMaker(tmp_path, lambda _: Redaction(Scene((LEFT,), unlocked=True))).make(kept(tmp_path))

    with av.open(io.BytesIO(made.read_bytes())) as container:
        frames = [frame.to_ndarray(format="gray") for frame in container.decode(video=0)]
    assert max(int(frame[:, :76].max()) for frame in frames) <= 30
    assert max(int(frame[:, 90:].mean()) for frame in frames) > 150


def test_of_a_camera_that_is_gone_there_is_none(tmp_path: Path) -> None:
    with pytest.raises(VigintError) as caught:
        AlertMaker(tmp_path, lambda _: None).make(kept(tmp_path))
    assert caught.value.code is Code.PIPELINE_CLIP_GONE
    assert list(tmp_path.glob("*-alert-*")) == []


def test_without_its_clips_there_is_none(tmp_path: Path) -> None:
    told = kept(tmp_path)
    for file in tmp_path.iterdir():
        file.unlink()
    with pytest.raises(VigintError) as caught:
        AlertMaker(tmp_path, lambda _: NOTHING_COVERED).make(told)
    assert caught.value.code is Code.PIPELINE_CLIP_GONE


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux gives threads a niceness of their own")
def test_its_thread_yields_to_the_others_and_the_main_one_does_not() -> None:
    nice: list[int] = []

    def work() -> None:
        yield_to_others()
        nice.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))

    before = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    yield_to_others()

    assert nice == [10]
    assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) == before
