from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fakes.clock import NOON_S, FakeClock
from tests.fakes.examiner import CLEAR, OVERLOADED, SUSPICION, ScriptedExaminer
from tests.fakes.judge import ReadyClips
from tests.fakes.pictures import window
from vigint_core.domain.budget import Caps, Payer
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.status import Health, Part
from vigint_core.domain.verdict import NotAnalysed
from vigint_core.domain.window import Circumstances
from vigint_desktop.pipeline.direct import DirectJudge, NoJudge
from vigint_desktop.store.purse import DeskPurse

PROVE_AGAIN_S = 60.0
DAY_S = 24 * 3600.0
Direct = Callable[..., DirectJudge]
CLIPS = ReadyClips(b"clip", b"context", NOON_S - 5)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def direct(clock: FakeClock) -> Iterator[Direct]:
    """Makes judges; the event loop of each ends with the test."""
    made: list[DirectJudge] = []

    def make(examiner: ScriptedExaminer, purse: DeskPurse | None = None, notice: Code | None = None) -> DirectJudge:
        judge = DirectJudge(examiner, "fr", clock, purse, notice=notice)  # type: ignore[arg-type]
        made.append(judge)
        return judge

    yield make
    for judge in made:
        judge.stop()


def test_the_examiner_is_asked_about_this_window(direct: Direct) -> None:
    examiner = ScriptedExaminer(SUSPICION, CLEAR)

    told = direct(examiner).judge(window("w1"), CLIPS)

    assert (told.window_id, told.first, told.second) == ("w1", SUSPICION, CLEAR)
    (subject,) = examiner.subjects
    assert (subject.window_id, subject.camera_name, subject.language) == ("w1", "Door", "fr")
    assert (subject.start_s, subject.end_s, subject.context_start_s) == (NOON_S, NOON_S + 10, NOON_S - 5)
    assert (subject.gate_peak, subject.gate_active_share) == (2.0, 0.5)


def test_the_models_are_proven_before_the_first_look(direct: Direct) -> None:
    examiner = ScriptedExaminer()
    status = direct(examiner).status()

    assert (status.part, status.health, status.code, status.label) == (Part.AI, Health.OK, None, "model-probe")
    assert examiner.probes == 1


def test_what_was_proven_is_believed_for_a_day_while_looks_go_well(clock: FakeClock, direct: Direct) -> None:
    examiner = ScriptedExaminer()
    judge = direct(examiner)

    judge.status()
    clock.advance(DAY_S - 1)
    judge.judge(window("w1"), CLIPS)
    assert judge.status().label == "model-first"
    assert examiner.probes == 1

    clock.advance(1)
    judge.status()
    assert examiner.probes == 2, "models die"


def test_what_fails_is_probed_again_only_after_a_while(clock: FakeClock, direct: Direct) -> None:
    examiner = ScriptedExaminer(probe_code=Code.AI_KEY_INVALID)
    judge = direct(examiner)

    assert judge.status().code is Code.AI_KEY_INVALID
    clock.advance(PROVE_AGAIN_S - 0.1)
    assert judge.status().health is Health.DOWN
    assert examiner.probes == 1

    examiner.probe_code = None
    clock.advance(0.1)
    assert judge.status().health is Health.OK
    assert examiner.probes == 2


def test_a_failed_look_is_told_too(direct: Direct) -> None:
    judge = direct(ScriptedExaminer(OVERLOADED))
    judge.status()
    judge.judge(window("w1"), CLIPS)

    assert (judge.status().health, judge.status().code) == (Health.DEGRADED, Code.AI_OVERLOADED)


def test_without_a_key_it_is_not_configured(direct: Direct) -> None:
    assert direct(ScriptedExaminer(probe_code=Code.AI_NO_KEY)).status().health is Health.NOT_CONFIGURED


def test_its_end_closes_the_examiner(direct: Direct) -> None:
    examiner = ScriptedExaminer()
    direct(examiner).stop()

    assert examiner.closed


def test_with_the_ai_off_nobody_looks_and_that_is_said(clock: FakeClock) -> None:
    judge = NoJudge(clock)

    told = judge.judge(window("w1"), CLIPS)

    assert (told.window_id, told.first, told.second, told.calls) == ("w1", NotAnalysed(Code.AI_OFF), None, ())
    assert (judge.status().health, judge.status().code) == (Health.NOT_CONFIGURED, Code.AI_OFF)
    judge.stop()


def test_every_call_is_in_the_ledger_with_its_camera_and_window(
    tmp_path: Path, clock: FakeClock, direct: Direct
) -> None:
    purse = DeskPurse(tmp_path / "money.sqlite3", clock, Caps())
    judge = direct(ScriptedExaminer(SUSPICION, OVERLOADED), purse)
    judge.judge(window("w1"), CLIPS)
    judge.status()

    told = [(camera, w, call.look, call.error) for camera, w, call in purse.calls()]
    assert told == [
        ("door", "w1", "first", None),
        ("door", "w1", "second", Code.AI_OVERLOADED),
        ("", "", "probe", None),
    ]
    purse.close()


@pytest.mark.expects_log("are not in the ledger")
def test_an_answer_is_not_lost_for_a_ledger_that_refuses(tmp_path: Path, clock: FakeClock, direct: Direct) -> None:
    purse = DeskPurse(tmp_path / "money.sqlite3", clock, Caps())
    purse.close()

    assert direct(ScriptedExaminer(), purse).judge(window("w1"), CLIPS).first == CLEAR


def test_who_asks_after_the_end_is_told_so(direct: Direct) -> None:
    judge = direct(ScriptedExaminer())
    judge.stop()
    with pytest.raises(VigintError) as caught:
        judge.judge(window("w1"), CLIPS)
    assert caught.value.code is Code.PIPELINE_STOPPED


def test_the_subject_tells_who_pays_and_what_is_true_around(direct: Direct) -> None:
    examiner = ScriptedExaminer()
    around = Circumstances(True, "08:00-19:00", "Parcels at noon.")
    direct(examiner).judge(replace(window("w1"), around=around), CLIPS)

    (subject,) = examiner.subjects
    assert (subject.around, subject.payer) == (around, Payer(camera_id="door"))


def test_what_is_worth_knowing_is_told_beside_a_good_proof_and_after_looks(direct: Direct) -> None:
    judge = direct(ScriptedExaminer(), notice=Code.AI_CATALOGUE_UNREADABLE)

    assert (judge.status().health, judge.status().code) == (Health.DEGRADED, Code.AI_CATALOGUE_UNREADABLE)
    judge.judge(window("w1"), CLIPS)
    assert judge.status().code is Code.AI_CATALOGUE_UNREADABLE


def test_a_look_that_money_was_missing_for_says_nothing_of_the_ai(direct: Direct) -> None:
    judge = direct(ScriptedExaminer(NotAnalysed(Code.BUDGET_SPENT)))
    judge.status()
    judge.judge(window("w1"), CLIPS)

    assert (judge.status().health, judge.status().code) == (Health.OK, None)


def test_its_books_tell_how_the_money_stands(tmp_path: Path, clock: FakeClock, direct: Direct) -> None:
    purse = DeskPurse(tmp_path / "money.sqlite3", clock, Caps(day=7))

    view = direct(ScriptedExaminer(), purse).budget()
    assert view is not None
    assert view.caps == Caps(day=7)
    assert direct(ScriptedExaminer()).budget() is None
    purse.close()
