"""Windows of files, as the running program would make them."""

import io
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

import av
import pytest

from tests.fakes.lab import film
from tests.fakes.scenes import Scene
from vigint_core.analysis.prompts import data_text
from vigint_core.domain.fault import Code, VigintError
from vigint_desktop.lab import windows as cutting
from vigint_desktop.lab.windows import BEGIN_S, Cutter, CutWindow


def cut(file: Path, *, everything: bool = False) -> tuple[list[CutWindow], float]:
    cutter = Cutter(file, "en", everything=everything)
    return list(cutter.windows()), cutter.length_s


def spans(windows: list[CutWindow]) -> list[tuple[float, float]]:
    return [(round(w.span.start_s, 1), round(w.span.end_s, 1)) for w in windows]


def pictures(clip: bytes) -> int:
    with av.open(io.BytesIO(clip)) as container:
        stream = container.streams.video[0]
        assert stream.codec_context.name == "h264"
        return sum(1 for _ in container.decode(stream))


def test_the_act_of_the_footage_is_cut_into_windows_and_their_contexts(footage: Path) -> None:
    windows, length_s = cut(footage / "incident" / "Shoplifting_1.mp4")

    assert length_s == pytest.approx(10.4, abs=0.1)
    assert [end_s for _, end_s in spans(windows)] == [pytest.approx(7.0, abs=0.2), pytest.approx(10.3, abs=0.2)]
    last = windows[-1]
    assert last.span.length_s == pytest.approx(10, abs=0.5)
    assert pictures(last.clip) in (20, 21)
    assert pictures(last.context) == 21  # the clip has no more lead than that
    assert {window.failed for window in windows} == {None}


def test_a_window_late_in_a_clip_has_fifteen_seconds_of_lead(tmp_path: Path) -> None:
    film(tmp_path / "a.mp4", Scene(person=lambda at_s: (20 + 6 * at_s, 110)), 30)
    windows, _ = cut(tmp_path / "a.mp4", everything=True)

    assert [end_s for _, end_s in spans(windows)] == [7, 12, 17, 22, 27, 29.9]
    fourth = windows[3]
    assert spans([fourth]) == [(12, 22)]
    assert fourth.subject.context_start_s - BEGIN_S == 0  # 12 s of lead are all there is
    assert windows[4].subject.context_start_s - BEGIN_S == pytest.approx(2.0)
    assert (pictures(windows[4].clip), pictures(windows[4].context)) == (20, 50)


def test_nothing_is_cut_where_the_gate_is_closed_unless_everything_is_wanted(tmp_path: Path) -> None:
    def passes(at_s: float) -> tuple[float, float] | None:
        return (20 + 60 * (at_s - 20), 110) if 20 <= at_s < 23 else None

    film(tmp_path / "a.mp4", Scene(person=passes), 40)
    windows, length_s = cut(tmp_path / "a.mp4")

    assert length_s == pytest.approx(40, abs=0.2)
    seen = [(start_s, end_s) for start_s, end_s in spans(windows) if end_s > 5]
    assert seen
    assert all(end_s < 30 for _, end_s in seen)
    assert any(start_s < 20 < end_s for start_s, end_s in seen)

    everywhere, _ = cut(tmp_path / "a.mp4", everything=True)
    assert len(everywhere) > len(windows)
    assert spans(everywhere)[-1][1] == 39.9


@pytest.fixture
def far_away(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine on the other side of the world."""
    with monkeypatch.context() as patch:
        patch.setitem(os.environ, "TZ", "Asia/Tokyo")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("far_away")
def test_a_question_tells_nothing_of_the_file_and_is_the_same_every_time(footage: Path) -> None:
    file = footage / "incident" / "Shoplifting_1.mp4"
    (first, *_), (again, *_) = cut(file)[0], cut(file)[0]

    told = data_text(first.subject, first.subject.clip_start_s)
    assert told == data_text(again.subject, again.subject.clip_start_s)
    assert (first.clip, first.context) == (again.clip, again.context)
    assert "hoplifting" not in told
    assert json.loads(told)["clip_begins"] == "2026-01-05 14:00:00+00:00"


def test_a_window_that_cannot_be_encoded_says_so(footage: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> tuple[bytes, bytes]:
        raise VigintError(Code.PIPELINE_ENCODE_FAILED)

    monkeypatch.setattr(cutting, "encode_clips", fails)
    windows, _ = cut(footage / "incident" / "Normal_82.mp4")

    assert {window.failed for window in windows} == {Code.PIPELINE_ENCODE_FAILED}


def test_what_is_no_video_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_text("bread, milk\n" * 50, "utf-8")
    with pytest.raises(VigintError) as caught:
        cut(tmp_path / "a.mp4")
    assert caught.value.code is Code.CAMERA_NOT_VIDEO
