import pytest

from tests.fakes.clock import NOON_S, FakeClock
from tests.fakes.examiner import CLEAR, OVERLOADED, SUSPICION, ScriptedExaminer
from tests.fakes.judge import ReadyClips
from tests.fakes.pictures import window
from vigint_core.domain.fault import Code
from vigint_core.domain.status import Health, Part
from vigint_core.domain.verdict import NotAnalysed
from vigint_desktop.pipeline.direct import PROVE_AGAIN_S, DirectJudge, NoJudge

CLIPS = ReadyClips(b"clip", b"context", NOON_S - 5)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


def direct(examiner: ScriptedExaminer, clock: FakeClock) -> DirectJudge:
    return DirectJudge(examiner, "fr", clock)  # type: ignore[arg-type]


def test_the_examiner_is_asked_about_this_window(clock: FakeClock) -> None:
    examiner = ScriptedExaminer(SUSPICION, CLEAR)

    told = direct(examiner, clock).judge(window("w1"), CLIPS)

    assert (told.window_id, told.first, told.second) == ("w1", SUSPICION, CLEAR)
    (subject,) = examiner.subjects
    assert (subject.window_id, subject.camera_name, subject.language) == ("w1", "Door", "fr")
    assert (subject.start_s, subject.end_s, subject.context_start_s) == (NOON_S, NOON_S + 10, NOON_S - 5)
    assert (subject.gate_peak, subject.gate_active_share) == (2.0, 0.5)


def test_a_real_look_is_proof_enough(clock: FakeClock) -> None:
    examiner = ScriptedExaminer()
    judge = direct(examiner, clock)
    judge.judge(window("w1"), CLIPS)

    status = judge.status()

    assert (status.part, status.health, status.code) == (Part.AI, Health.OK, None)
    assert status.label
    assert examiner.probes == 0


def test_what_was_never_proven_is_probed_once_and_then_believed(clock: FakeClock) -> None:
    examiner = ScriptedExaminer()
    judge = direct(examiner, clock)

    assert judge.status().health is Health.OK
    clock.advance(24 * 3600)
    assert judge.status().label == "model-probe"
    assert examiner.probes == 1


def test_what_fails_is_probed_again_only_after_a_while(clock: FakeClock) -> None:
    examiner = ScriptedExaminer(probe_code=Code.AI_KEY_INVALID)
    judge = direct(examiner, clock)

    assert judge.status().code is Code.AI_KEY_INVALID
    clock.advance(PROVE_AGAIN_S - 0.1)
    assert judge.status().health is Health.DOWN
    assert examiner.probes == 1

    examiner.probe_code = None
    clock.advance(0.1)
    assert judge.status().health is Health.OK
    assert examiner.probes == 2


def test_a_failed_look_is_told_too(clock: FakeClock) -> None:
    judge = direct(ScriptedExaminer(OVERLOADED), clock)
    judge.judge(window("w1"), CLIPS)

    assert (judge.status().health, judge.status().code) == (Health.DEGRADED, Code.AI_OVERLOADED)


def test_without_a_key_it_is_not_configured(clock: FakeClock) -> None:
    assert direct(ScriptedExaminer(probe_code=Code.AI_NO_KEY), clock).status().health is Health.NOT_CONFIGURED


def test_its_end_closes_the_examiner(clock: FakeClock) -> None:
    examiner = ScriptedExaminer()
    direct(examiner, clock).stop()

    assert examiner.closed


def test_with_the_ai_off_nobody_looks_and_that_is_said(clock: FakeClock) -> None:
    judge = NoJudge(clock)

    told = judge.judge(window("w1"), CLIPS)

    assert (told.window_id, told.first, told.second, told.calls) == ("w1", NotAnalysed(Code.AI_OFF), None, ())
    assert (judge.status().health, judge.status().code) == (Health.NOT_CONFIGURED, Code.AI_OFF)
    judge.stop()
