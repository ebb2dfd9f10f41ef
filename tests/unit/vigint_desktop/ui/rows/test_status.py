"""The bar says what was proven, the banner says why nothing is analysed, and neither makes anything up."""

from dataclasses import replace
from datetime import UTC

import pytest

from tests.fakes.moments import NOON_S, camera, status
from vigint_core.domain.budget import BudgetView, Caps, Economy
from vigint_core.domain.camera import CameraState
from vigint_core.domain.fault import Code, Fault
from vigint_core.domain.status import BudgetTold, CameraEffort, FaultCleared, Health, Part, PartStatus
from vigint_desktop.settings import AnalysisPlace
from vigint_desktop.ui.rows.status import (
    StatusState,
    camera_segment,
    fault_segment,
    notice,
    part_segment,
    segments,
    until,
    weight,
    worst_fault,
)
from vigint_desktop.ui.text import Texts

DOOR, TILL = camera("Door"), camera("Till")


def part(which: Part, health: Health, code: Code | None = None, label: str = "") -> PartStatus:
    return PartStatus(which, health, code, label, round_trip_s=0.042, at_s=NOON_S)


def test_before_anyone_reported_nothing_is_ok(words: Texts) -> None:
    made = segments(StatusState(), [DOOR], AnalysisPlace.EMBEDDED, words)

    assert [segment.key for segment in made] == ["cameras", "server", "sign_in", "ai", "queue"]
    assert {segment.health for segment in made} == {Health.UNKNOWN}
    assert {segment.word for segment in made[1:]} == {"checking"}


def test_an_unknown_part_is_being_checked_whatever_its_label_says(words: Texts) -> None:
    made = part_segment(Part.AI, part(Part.AI, Health.UNKNOWN, Code.AI_NOT_PROVEN, "gemini"), words)

    assert (made.health, made.word) == (Health.UNKNOWN, "checking")


def test_a_proven_server_tells_version_and_round_trip(words: Texts) -> None:
    made = part_segment(Part.SERVER, part(Part.SERVER, Health.OK, label="0.1.0"), words)

    assert (made.word, made.brief) == ("ok · 0.1.0 · 42 ms", "ok")
    assert made.since_s == NOON_S


def test_a_failed_part_tells_cause_and_remedy(words: Texts) -> None:
    made = part_segment(Part.SIGN_IN, part(Part.SIGN_IN, Health.DOWN, Code.AUTH_INVALID_KEY), words)

    assert made.health is Health.DOWN
    assert made.cause == words.cause(Code.AUTH_INVALID_KEY)
    assert made.remedy == words.remedy(Code.AUTH_INVALID_KEY)


@pytest.mark.parametrize(
    ("states", "health", "word"),
    [
        ([CameraState.LIVE, CameraState.LIVE], Health.OK, "2 of 2 live"),
        ([CameraState.LIVE, CameraState.FAILED], Health.DEGRADED, "1 of 2 live"),
        ([CameraState.FAILED, CameraState.UNAUTHORIZED], Health.DOWN, "0 of 2 live"),
        ([CameraState.CONNECTING, CameraState.FAILED], Health.UNKNOWN, "0 of 2 live"),
        ([CameraState.STALLED, CameraState.STALLED], Health.DOWN, "0 of 2 live"),
        ([CameraState.LIVE, CameraState.FROZEN], Health.DEGRADED, "1 of 2 live"),
        ([CameraState.LIVE, CameraState.BLACK], Health.DEGRADED, "1 of 2 live"),
        ([CameraState.LIVE, CameraState.COVERED], Health.DEGRADED, "1 of 2 live"),
        ([CameraState.LIVE, CameraState.UNSUPPORTED], Health.DEGRADED, "1 of 2 live"),
        ([CameraState.LIVE, CameraState.ASLEEP], Health.OK, "1 of 1 live · 1 at rest"),
        ([CameraState.LIVE, CameraState.OFF], Health.OK, "1 of 1 live · 1 at rest"),
        ([CameraState.FAILED, CameraState.ASLEEP], Health.DOWN, "0 of 1 live · 1 at rest"),
        ([CameraState.OFF, CameraState.STOPPED], Health.OK, "all at rest"),
    ],
)
def test_cameras_are_ok_only_when_every_one_is_live(
    states: list[CameraState], health: Health, word: str, words: Texts
) -> None:
    state = StatusState()
    for one, of in zip((DOOR, TILL), states, strict=True):
        state = state.with_camera(status(one.id, of))

    made = camera_segment(state, (DOOR, TILL), words)

    assert (made.health, made.word) == (health, word)


def test_the_cameras_that_are_not_live_are_named_with_their_cause(words: Texts) -> None:
    state = (
        StatusState()
        .with_camera(status("door"))
        .with_camera(status("till", CameraState.FAILED, Code.CAMERA_UNREACHABLE))
    )

    assert camera_segment(state, (DOOR, TILL), words).cause == f"Till: {words.cause(Code.CAMERA_UNREACHABLE)}"


def test_a_camera_at_rest_is_named_with_its_rest_and_its_faults_do_not_count(words: Texts) -> None:
    state = (
        StatusState()
        .with_camera(status("door"))
        .with_camera(status("till", CameraState.ASLEEP, Code.CAMERA_UNREACHABLE))
        .with_fault(fault(Code.CAMERA_UNREACHABLE, "till", subject="Till"))
    )

    assert camera_segment(state, (DOOR, TILL), words).cause == "Till: asleep"
    assert fault_segment(state, words) is None


def test_a_machine_that_cannot_keep_up_says_so_and_what_nobody_looked_at(words: Texts) -> None:
    state = StatusState().with_camera(status("door")).with_camera(status("till"))
    for camera_id, unseen_s in ((DOOR.id, 30.0), (TILL.id, 12.5)):
        state = state.with_effort(CameraEffort(camera_id, saving=camera_id == DOOR.id, unseen_s=unseen_s))

    made = camera_segment(state, (DOOR, TILL), words)

    assert (made.health, made.word) == (Health.DEGRADED, "2 of 2 live · saving")
    assert "42 s" in made.cause

    caught_up = state.with_effort(CameraEffort(DOOR.id, saving=False, unseen_s=30.0))
    assert camera_segment(caught_up, (DOOR, TILL), words).health is Health.OK


def test_what_saving_told_leaves_with_its_camera() -> None:
    state = StatusState().with_effort(CameraEffort(TILL.id, saving=True, unseen_s=1.0))

    assert dict(state.only_cameras([DOOR]).efforts) == {}


def test_no_camera_is_not_all_cameras(words: Texts) -> None:
    assert camera_segment(StatusState(), (), words).health is Health.NOT_CONFIGURED


def test_parts_that_are_not_used_are_left_out(words: Texts) -> None:
    keys = [s.key for s in segments(StatusState(), [], AnalysisPlace.DIRECT, words)]

    assert keys == ["cameras", "ai", "queue"]


def fault(code: Code, source: str = "x", at_s: float = NOON_S, subject: str = "") -> Fault:
    return Fault(code, source, "detail", at_s, subject)


def test_the_worst_fault_is_shown_with_the_number_of_others(words: Texts) -> None:
    state = StatusState().with_fault(fault(Code.CAMERA_LOST, "door", subject="Door")).with_fault(fault(Code.DISK_FULL))

    made = fault_segment(state, words)

    assert made is not None
    assert made.word == words.cause(Code.DISK_FULL)
    assert made.title == "Worst fault, and 1 more"


def test_a_fault_with_a_subject_names_it(words: Texts) -> None:
    made = fault_segment(StatusState().with_fault(fault(Code.CAMERA_LOST, "door", subject="Door")), words)

    assert made is not None
    assert made.word == f"Door: {words.cause(Code.CAMERA_LOST)}"


def test_a_repeat_updates_a_fault_and_its_end_removes_it(words: Texts) -> None:
    state = StatusState().with_fault(fault(Code.CAMERA_LOST)).with_fault(fault(Code.CAMERA_LOST, at_s=NOON_S + 5))

    assert len(state.faults) == 1
    assert worst_fault(state) == fault(Code.CAMERA_LOST, at_s=NOON_S + 5)
    assert fault_segment(state.without_fault(FaultCleared("x", Code.CAMERA_LOST)), words) is None


def test_a_camera_that_left_the_wall_takes_its_faults_along() -> None:
    state = StatusState().with_camera(status("till")).with_fault(fault(Code.CAMERA_LOST, "till"))

    left = state.only_cameras([DOOR])

    assert (dict(left.cameras), dict(left.faults)) == ({}, {})


@pytest.mark.parametrize("code", Code)
def test_every_code_has_a_weight(code: Code) -> None:
    assert weight(code) >= 1


def test_a_recording_that_fails_outweighs_a_camera_that_is_only_limited() -> None:
    assert weight(Code.PIPELINE_RECORDING_FAILED) > weight(Code.CAMERA_FROZEN) > weight(Code.CAMERA_SUB_LOST)


@pytest.mark.parametrize("place", [AnalysisPlace.EMBEDDED, AnalysisPlace.SERVER, AnalysisPlace.DIRECT])
def test_without_an_ai_key_the_banner_says_that_nothing_is_analysed(place: AnalysisPlace, words: Texts) -> None:
    state = StatusState().with_part(part(Part.AI, Health.NOT_CONFIGURED, Code.AI_NO_KEY))

    said = notice(state, place, words)

    assert said is not None
    assert said.title == "Nothing is being analysed."
    assert (said.cause, said.remedy) == (words.cause(Code.AI_NO_KEY), words.remedy(Code.AI_NO_KEY))


def test_a_dead_server_is_named_before_the_ai_behind_it(words: Texts) -> None:
    state = (
        StatusState()
        .with_part(part(Part.SERVER, Health.DOWN, Code.SERVER_UNREACHABLE))
        .with_part(part(Part.AI, Health.DOWN, Code.AI_NOT_PROVEN))
    )

    said = notice(state, AnalysisPlace.SERVER, words)

    assert said is not None
    assert said.cause == words.cause(Code.SERVER_UNREACHABLE)


def test_a_server_nobody_uses_stops_nothing(words: Texts) -> None:
    state = StatusState().with_part(part(Part.SERVER, Health.NOT_CONFIGURED))

    assert notice(state, AnalysisPlace.DIRECT, words) is None


def test_analysis_that_is_off_says_so(words: Texts) -> None:
    said = notice(StatusState(), AnalysisPlace.OFF, words)

    assert said is not None
    assert said.title == "Analysis is off."


def test_the_banner_keeps_quiet_while_a_part_may_still_answer(words: Texts) -> None:
    state = StatusState().with_part(part(Part.AI, Health.DEGRADED, Code.AI_RATE_LIMITED))

    assert notice(StatusState(), AnalysisPlace.EMBEDDED, words) is None
    assert notice(state, AnalysisPlace.EMBEDDED, words) is None


def test_what_is_well_and_has_something_to_tell_is_noted(words: Texts) -> None:
    retiring = part_segment(Part.AI, part(Part.AI, Health.OK, Code.AI_MODEL_RETIRING), words)

    assert (retiring.health, retiring.noted) == (Health.OK, True)
    assert retiring.remedy == words.remedy(Code.AI_MODEL_RETIRING)
    assert not part_segment(Part.AI, part(Part.AI, Health.OK), words).noted
    assert not part_segment(Part.AI, part(Part.AI, Health.DEGRADED, Code.AI_MODEL_REPLACED), words).noted


def test_a_quota_that_is_used_up_says_until_when_in_segment_and_banner(words: Texts) -> None:
    spent = replace(part(Part.AI, Health.DOWN, Code.AI_QUOTA_EXHAUSTED), until_s=NOON_S + 3600)
    said = notice(StatusState().with_part(spent), AnalysisPlace.DIRECT, words)

    assert part_segment(Part.AI, spent, words).until_s == NOON_S + 3600
    assert said is not None
    assert until(said.until_s, NOON_S, words, UTC) == "Expected to last until 23:13."


def test_a_moment_that_is_over_or_not_known_is_not_announced(words: Texts) -> None:
    assert until(0.0, NOON_S, words) == ""
    assert until(NOON_S - 1, NOON_S, words) == ""


@pytest.mark.parametrize(("economy", "told"), [(Economy.LOCAL_ONLY, True), (Economy.HIGH_VALUE_ONLY, False)])
def test_a_budget_that_sends_nothing_stops_the_analysis_and_the_banner_says_so(
    economy: Economy, told: bool, words: Texts
) -> None:
    view = BudgetView(Caps(day=100), 99, 99, economy=economy)
    said = notice(StatusState().with_budget(BudgetTold(view, NOON_S)), AnalysisPlace.DIRECT, words)

    assert (said is not None) is told
    assert said is None or said.cause == words.cause(Code.BUDGET_LOCAL_ONLY)
    assert notice(StatusState().with_budget(BudgetTold(None, NOON_S)), AnalysisPlace.DIRECT, words) is None
