import json
import threading
from collections.abc import Sequence

import pytest

from tests.fakes.clock import FakeClock
from tests.fakes.scripted_model import ScriptedModel
from vigint_core.analysis.examiner import Examiner, Patience, Subject, open_examiner
from vigint_core.analysis.models import shipped_catalogue
from vigint_core.analysis.question import AnalysisError
from vigint_core.domain.fault import Code
from vigint_core.domain.ids import WindowId
from vigint_core.domain.verdict import Clear, NotAnalysed, Suspected

SUBJECT = Subject(WindowId("w1"), "Till", 1000.0, 1010.0, 995.0, 2.0, 0.5, "fr")
CLIP, CONTEXT = b"the clip", b"the context"


def answer(*, incident: bool, at_s: float = 3.0) -> str:
    return json.dumps(
        {
            "observations": [{"at_s": at_s, "text": "x"}],
            "incident": incident,
            "type": "concealment" if incident else "none",
            "severity": "high" if incident else "none",
            "confidence": 0.9,
            "summary": "s",
        }
    )


SUSPECT, CLEAR = answer(incident=True), answer(incident=False)


def examiner(steps: Sequence[str | AnalysisError], call_s: float = 1.0) -> tuple[Examiner, ScriptedModel]:
    clock = FakeClock()
    model = ScriptedModel(steps, clock, call_s)

    def wait(seconds: float) -> bool:
        clock.advance(seconds)
        return False

    return Examiner(model, shipped_catalogue(), Patience(), clock, wait, lambda: 0.0), model


def test_a_clear_first_look_is_the_whole_judgement() -> None:
    judging, model = examiner([CLEAR])
    judgement = judging.examine(SUBJECT, CLIP, CONTEXT)
    assert isinstance(judgement.first, Clear)
    assert judgement.second is None
    assert judgement.window_id == "w1"
    assert [question.clip for question in model.questions] == [CLIP]


def test_a_suspicion_gets_a_second_look_of_a_better_model_on_the_context() -> None:
    judging, model = examiner([SUSPECT, SUSPECT])
    judgement = judging.examine(SUBJECT, CLIP, CONTEXT)
    assert isinstance(judgement.first, Suspected)
    assert isinstance(judgement.second, Suspected)
    assert (judgement.first_start_s, judgement.second_start_s) == (1000.0, 995.0)
    first, second = model.questions
    assert (first.model, first.clip) == ("gemini-3.5-flash-lite", CLIP)
    assert (second.model, second.clip) == ("gemini-3.8-flash", CONTEXT)
    assert [call.look for call in judgement.calls] == ["first", "second"]


def test_the_second_look_is_told_nothing_of_the_first_answer() -> None:
    judging, model = examiner([SUSPECT, CLEAR])
    judging.examine(SUBJECT, CLIP, CONTEXT)
    asked = model.questions[1].system + model.questions[1].data
    assert "concealment" not in asked
    assert '"incident": true' not in asked


def test_the_second_look_may_veto() -> None:
    judging, _ = examiner([SUSPECT, CLEAR])
    assert isinstance(judging.examine(SUBJECT, CLIP, CONTEXT).second, Clear)


@pytest.mark.parametrize("late", [answer(incident=True, at_s=500.0), "no idea", AnalysisError(Code.AI_BLOCKED)])
def test_a_second_look_that_fails_decides_nothing(late: str | AnalysisError) -> None:
    judging, _ = examiner([SUSPECT, late])
    judgement = judging.examine(SUBJECT, CLIP, CONTEXT)
    assert isinstance(judgement.first, Suspected)
    assert isinstance(judgement.second, NotAnalysed)
    assert judgement.calls[1].error is judgement.second.reason


def test_times_are_checked_against_the_clip_of_the_look() -> None:
    at_14 = answer(incident=True, at_s=14.0)  # inside the 15 s of the context, outside the 10 s of the clip
    judging, _ = examiner([at_14, at_14])
    judgement = judging.examine(SUBJECT, CLIP, CONTEXT)
    assert isinstance(judgement.first, Suspected)
    assert judgement.first.verdict.observations == ()
    assert isinstance(judgement.second, Suspected)
    assert [o.at_s for o in judgement.second.verdict.observations] == [14.0]


def test_the_times_of_a_window_older_than_its_pictures_count_from_the_first_picture() -> None:
    judging, model = examiner([answer(incident=True, at_s=7.9)] * 2)
    fresh = Subject(WindowId("w1"), "Till", start_s=1000.0, end_s=1010.0, context_start_s=1003.0)
    judgement = judging.examine(fresh, CLIP, CLIP)
    assert (judgement.first_start_s, judgement.second_start_s) == (1003.0, 1003.0)
    assert json.loads(model.questions[0].data)["clip_seconds"] == 7.0
    assert isinstance(judgement.first, Suspected)
    assert [o.at_s for o in judgement.first.verdict.observations] == [7.0]


def test_a_slow_first_look_leaves_time_for_the_second() -> None:
    judging, model = examiner([AnalysisError(Code.AI_TIMEOUT), SUSPECT, SUSPECT], call_s=12.0)
    assert isinstance(judging.examine(SUBJECT, CLIP, CONTEXT).second, Suspected)
    assert sum(question.timeout_s for question in model.questions) <= Patience().total_s


def test_without_a_key_every_window_is_not_analysed_and_nothing_is_asked() -> None:
    judging = open_examiner("  ")
    judgement = judging.examine(SUBJECT, CLIP, CONTEXT)
    assert judgement.first == NotAnalysed(Code.AI_NO_KEY)
    assert (judgement.second, judgement.calls) == (None, ())
    assert judging.probe().code is Code.AI_NO_KEY
    judging.close()


def test_the_language_and_the_record_reach_the_model() -> None:
    judging, model = examiner([CLEAR])
    judging.examine(SUBJECT, CLIP, CONTEXT)
    (question,) = model.questions
    assert "in French" in question.system
    assert json.loads(question.data)["camera"] == "Till"
    assert "Till" not in question.system


def test_a_probe_names_the_model_that_answered_and_the_ones_that_are_gone() -> None:
    judging, _ = examiner([AnalysisError(Code.AI_MODEL_RETIRED), "OK"])
    probe = judging.probe()
    assert (probe.model, probe.code) == ("gemini-3.1-flash-lite", None)
    assert probe.detail == "no longer there: gemini-3.5-flash-lite"
    assert probe.latency_s == pytest.approx(2.0)
    assert [call.look for call in probe.calls] == ["probe", "probe"]


def test_a_probe_that_fails_says_why() -> None:
    judging, _ = examiner([AnalysisError(Code.AI_KEY_INVALID, "HTTP 400")])
    probe = judging.probe()
    assert (probe.code, probe.detail) == (Code.AI_KEY_INVALID, "HTTP 400")


def test_closing_closes_the_model() -> None:
    judging, model = examiner([])
    judging.close()
    assert model.closed


def test_closing_ends_a_back_off_that_is_under_way() -> None:
    clock = FakeClock()
    model = ScriptedModel([AnalysisError(Code.AI_UNREACHABLE)] * 2, clock)
    judging = Examiner(model, shipped_catalogue(), Patience(), clock)
    closer = threading.Thread(target=judging.close)
    closer.start()
    closer.join()
    judgement = judging.examine(SUBJECT, CLIP, CONTEXT)
    assert isinstance(judgement.first, NotAnalysed)
    assert len(model.questions) == 1
