"""Models and prompts over clips: what they are asked, how many at once, and what becomes of failures."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import pytest

from tests.fakes.lab import RuledModel, film, is_second, said
from tests.fakes.scenes import Scene
from vigint_core.analysis.examiner import Subject
from vigint_core.analysis.models import shipped_catalogue
from vigint_core.analysis.question import AnalysisError, Model, Question
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.verdict import Clear, Judgement, NotAnalysed, Suspected
from vigint_desktop.lab import run as running
from vigint_desktop.lab.labels import LabelledClip, LabError
from vigint_desktop.lab.record import Record, Recorder
from vigint_desktop.lab.run import LOOKS_AT_ONCE, Answers, Results, Variant, Ways, run

ACT, NOTHING = said(3.0), said(incident=False)
LITE, FLASH = "gemini-3.5-flash-lite", "gemini-3.8-flash"


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> list[LabelledClip]:
    """Two short films of somebody who walks."""
    folder = tmp_path_factory.mktemp("clips")
    for name in ("a.mp4", "b.mp4"):
        film(folder / name, Scene(person=lambda at_s: (20 + 10 * at_s, 110)), 14)
    return [LabelledClip(folder / name, ()) for name in ("a.mp4", "b.mp4")]


def variant(model: str | None = None, prompt: str | None = None) -> Variant:
    return Variant.of(shipped_catalogue(), model, prompt)


def ran(
    clips: Sequence[LabelledClip],
    variants: Sequence[Variant],
    model_of: Callable[[Variant], Model],
    ways: Ways | None = None,
    day: date | None = None,
) -> Results:
    ways = ways or Ways(everything=True)
    return asyncio.run(run(clips, variants, Answers(model_of, day), ways, lambda told: None))


def test_every_variant_looks_at_every_window_of_every_clip(clips: list[LabelledClip]) -> None:
    model = RuledModel(lambda _: NOTHING)
    variants = [variant(LITE), variant(FLASH)]
    results = ran(clips, variants, lambda _: model)

    assert {name: len(windows) for name, windows in results.judged.items()} == {v.name: 6 for v in variants}
    assert {window.clip_name for window in results.judged[variants[0].name]} == {"a.mp4", "b.mp4"}
    assert results.lengths_s == {"a.mp4": pytest.approx(14, abs=0.1), "b.mp4": pytest.approx(14, abs=0.1)}
    assert [question.model for question in model.questions].count(FLASH) == 6
    assert model.closed


def test_a_suspicion_is_looked_at_again_unless_first_looks_alone_are_wanted(clips: list[LabelledClip]) -> None:
    model = RuledModel(lambda _: ACT)
    results = ran(clips[:1], [variant()], lambda _: model)
    judgement = results.judged[variant().name][0].judgement
    assert isinstance(judgement.second, Suspected)
    assert {q.model for q in model.questions if is_second(q)} == {FLASH}

    alone = RuledModel(lambda _: ACT)
    results = ran(clips[:1], [variant()], lambda _: alone, Ways(everything=True, first_look=True))
    assert not any(is_second(question) for question in alone.questions)
    assert all(w.judgement.second is None for w in results.judged[variant().name])
    assert all(isinstance(w.judgement.first, Suspected) for w in results.judged[variant().name])


def test_a_variant_hands_over_to_no_other_model(clips: list[LabelledClip]) -> None:
    def gone(_: Question) -> str:
        raise AnalysisError(Code.AI_MODEL_RETIRED)

    model = RuledModel(gone)
    results = ran(clips[:1], [variant()], lambda _: model)

    assert {question.model for question in model.questions} == {LITE}
    outcomes = {w.judgement.first for w in results.judged[variant().name]}
    assert outcomes == {NotAnalysed(Code.AI_MODEL_RETIRED)}


def test_a_prompt_of_one_s_own_is_asked_of_the_first_look(clips: list[LabelledClip], tmp_path: Path) -> None:
    file = tmp_path / "mine.txt"
    file.write_text("Look closely. Answer in ${language}.", "utf-8")
    model = RuledModel(lambda _: ACT)
    ran(clips[:1], [variant(prompt=str(file))], lambda _: model, Ways("fr", everything=True))

    firsts = {question.system for question in model.questions if not is_second(question)}
    assert firsts == {"Look closely. Answer in French."}


class Busy:
    """An examiner that is busy for some rounds of the event loop.

    Attributes:
        now, most: how many windows all of them look at, and the most there ever were.
    """

    now = most = 0

    def __init__(self, *_: object) -> None:
        pass

    async def examine(self, subject: Subject, clip: bytes, context: bytes) -> Judgement:
        Busy.now += 1
        Busy.most = max(Busy.most, Busy.now)
        for _ in range(20):
            await asyncio.sleep(0)
        Busy.now -= 1
        return Judgement(subject.window_id, Clear("Nothing."), None, 0.0, 0.0)


def test_looks_are_made_side_by_side_but_only_so_many(
    clips: list[LabelledClip], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "Examiner", Busy)
    models = [card.name for card in shipped_catalogue().models]
    variants = [variant(model, prompt) for model in models for prompt in (None, "second_look.v3")]
    results = ran(clips[:1], variants, lambda _: RuledModel(lambda _: NOTHING))

    assert len(variants) > LOOKS_AT_ONCE
    assert (Busy.most, Busy.now) == (LOOKS_AT_ONCE, 0)
    assert {len(windows) for windows in results.judged.values()} == {3}


@pytest.mark.parametrize("code", [Code.AI_KEY_INVALID, Code.AI_KEY_WRONG_KIND, Code.AI_BILLING, Code.AI_FORBIDDEN])
def test_a_key_that_is_refused_ends_the_run_at_once(clips: list[LabelledClip], code: Code) -> None:
    def refuses(_: Question) -> str:
        raise AnalysisError(code)

    model = RuledModel(refuses)
    with pytest.raises(VigintError) as caught:
        ran(clips * 5, [variant()], lambda _: model)

    assert caught.value.code is code
    assert len(model.questions) <= 2 * LOOKS_AT_ONCE
    assert model.closed


def test_a_clip_that_is_no_video_is_named_and_the_others_go_on(clips: list[LabelledClip], tmp_path: Path) -> None:
    (tmp_path / "text.mp4").write_text("bread, milk\n" * 50, "utf-8")
    results = ran(
        [LabelledClip(tmp_path / "text.mp4", ()), clips[0]], [variant()], lambda _: RuledModel(lambda _: NOTHING)
    )

    assert {name: error.code for name, error in results.unread.items()} == {"text.mp4": Code.CAMERA_NOT_VIDEO}
    assert list(results.lengths_s) == ["a.mp4"]


def test_a_recorded_run_is_repeated_to_the_last_figure(clips: list[LabelledClip], tmp_path: Path) -> None:
    steps = iter(range(1000))

    def moody(question: Question) -> str:
        number = next(steps)
        if number % 4 == 1:
            raise AnalysisError(Code.AI_RATE_LIMITED if number % 8 == 1 else Code.AI_BLOCKED)
        return ACT if number % 3 else NOTHING

    variants = [variant(LITE), variant(FLASH)]
    with Recorder(tmp_path / "r", date(2027, 2, 1)) as recorder:
        model = RuledModel(moody)
        # Prices are those of the day of the record, so the first run must have been made on that day too.
        first = ran(clips[:1], variants, lambda v: recorder.of(v.name, model), day=date(2027, 2, 1))
    record = Record.read(tmp_path / "r")
    again = ran(clips[:1], variants, lambda v: record.of(v.name), day=record.day)

    def figures(results: Results) -> dict[str, list[tuple[object, ...]]]:
        return {
            name: sorted(
                ((w.span.start_s, w.judgement.first, w.judgement.second, w.judgement.calls) for w in windows), key=str
            )
            for name, windows in results.judged.items()
        }

    assert figures(again) == figures(first)
    kinds = {type(w.judgement.first) for w in first.judged[variants[0].name] + first.judged[variants[1].name]}
    assert kinds == {Clear, Suspected, NotAnalysed}


def test_a_question_that_is_not_recorded_is_a_look_that_failed(clips: list[LabelledClip], tmp_path: Path) -> None:
    Recorder(tmp_path / "r", date(2026, 11, 28)).__exit__()
    record = Record.read(tmp_path / "r")
    results = ran(clips[:1], [variant()], lambda v: record.of(v.name), day=record.day)

    reasons = {w.judgement.first for w in results.judged[variant().name]}
    assert reasons == {NotAnalysed(Code.AI_NOT_RECORDED, LITE)}


def test_a_record_that_can_no_longer_be_written_ends_the_run(clips: list[LabelledClip]) -> None:
    def full(_: Question) -> str:
        raise LabError("The record can't be written: no space left.")

    with pytest.raises(LabError, match="no space"):
        ran(clips, [variant()], lambda _: RuledModel(full))


def test_an_error_that_nobody_foresaw_is_not_hidden(clips: list[LabelledClip]) -> None:
    def broken(_: Question) -> str:
        raise ZeroDivisionError

    with pytest.raises(ExceptionGroup) as caught:
        ran(clips[:1], [variant()], lambda _: RuledModel(broken))
    assert caught.group_contains(ZeroDivisionError)
