from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.clock import FakeClock
from tests.fakes.scripted_model import ScriptedModel
from vigint_core.analysis.inquirer import Draft, Finding, Inquirer, Patience
from vigint_core.analysis.models import LookName, shipped_catalogue
from vigint_core.analysis.question import AnalysisError
from vigint_core.domain.fault import Code
from vigint_core.domain.verdict import Clear, NotAnalysed

LITE, OLDER, OLDEST = shipped_catalogue().looks["first"].chain
STOPS = [
    Code.AI_KEY_INVALID,
    Code.AI_KEY_WRONG_KIND,
    Code.AI_BILLING,
    Code.AI_FORBIDDEN,
    Code.AI_RATE_LIMITED,
    Code.AI_QUOTA_EXHAUSTED,
    Code.AI_EMPTY_ANSWER,
    Code.AI_ANSWER_TRUNCATED,
    Code.AI_BLOCKED,
]


class Desk:
    """An inquirer over a scripted model, whose waits move the clock."""

    def __init__(self, steps: Sequence[str | AnalysisError], *, call_s: float = 1.0, stopping: bool = False) -> None:
        self.clock = FakeClock()
        self.model = ScriptedModel(steps, self.clock, call_s)
        self.waits: list[float] = []
        self.stopping = stopping
        self.inquirer = Inquirer(self.model, shipped_catalogue(), Patience(), self.clock, self.wait, lambda: 0.5)

    def wait(self, seconds: float) -> bool:
        self.waits.append(seconds)
        self.clock.advance(seconds)
        return self.stopping

    def inquire(self, look: LookName = "first", seconds: float = 20.0) -> Finding:
        until_s = self.clock.monotonic() + seconds
        return self.inquirer.inquire(Draft(look, "system", "data", Clear, until_s, b"clip", {}))

    def asked(self) -> list[str]:
        return [question.model for question in self.model.questions]


def failed(*codes: Code) -> list[AnalysisError]:
    return [AnalysisError(code, "HTTP") for code in codes]


def test_an_answer_is_read_and_booked_with_its_cost() -> None:
    desk = Desk(["fine"])
    finding = desk.inquire()
    assert finding.outcome == Clear("fine")
    assert finding.model == LITE
    (call,) = finding.calls
    assert (call.look, call.model, call.prompt_version, call.error) == ("first", LITE, "first_look.v2", None)
    assert (call.tokens_in, call.tokens_out, call.latency_s) == (1000, 100, 1.0)
    assert call.cost_micro_usd == 300 + 250


@pytest.mark.parametrize("code", STOPS)
def test_what_no_other_try_could_mend_stops_at_once(code: Code) -> None:
    desk = Desk(failed(code))
    finding = desk.inquire()
    assert isinstance(finding.outcome, NotAnalysed)
    assert finding.outcome.reason is code
    assert [call.error for call in finding.calls] == [code]
    assert desk.waits == []


def test_a_retired_model_hands_over_to_the_next_at_once() -> None:
    desk = Desk([*failed(Code.AI_MODEL_RETIRED), "fine"])
    finding = desk.inquire()
    assert (finding.outcome, finding.model) == (Clear("fine"), OLDER)
    assert [call.error for call in finding.calls] == [Code.AI_MODEL_RETIRED, None]
    assert desk.waits == []


def test_when_all_models_are_gone_that_is_the_reason() -> None:
    desk = Desk(failed(*[Code.AI_MODEL_RETIRED] * 3))
    assert desk.inquire().outcome == NotAnalysed(Code.AI_MODEL_RETIRED, "HTTP")
    assert desk.asked() == [LITE, OLDER, OLDEST]


@pytest.mark.parametrize("code", [Code.AI_OVERLOADED, Code.AI_TIMEOUT])
def test_an_overloaded_model_is_asked_again_and_then_hands_over(code: Code) -> None:
    desk = Desk([*failed(code, code), "fine"])
    assert desk.inquire().outcome == Clear("fine")
    assert desk.asked() == [LITE, LITE, OLDER]
    assert desk.waits == [0.5 * (1 - 0.5 * 0.5)]


def test_an_unreachable_host_is_tried_again_but_not_with_another_model() -> None:
    desk = Desk(failed(Code.AI_UNREACHABLE, Code.AI_UNREACHABLE))
    assert desk.inquire().outcome == NotAnalysed(Code.AI_UNREACHABLE, "HTTP")
    assert desk.asked() == [LITE, LITE]


def test_a_refused_parameter_is_left_out_once() -> None:
    desk = Desk([*failed(Code.AI_PARAMETER_REFUSED), "fine"])
    assert desk.inquire().outcome == Clear("fine")
    first, plain = desk.model.questions
    assert first.thinking
    assert first.media_resolution
    assert (dict(plain.thinking), plain.media_resolution) == ({}, None)
    assert plain.clip == first.clip


def test_a_model_that_refuses_without_parameters_too_is_not_asked_a_third_time() -> None:
    desk = Desk(failed(Code.AI_PARAMETER_REFUSED, Code.AI_PARAMETER_REFUSED))
    assert desk.inquire().outcome == NotAnalysed(Code.AI_PARAMETER_REFUSED, "HTTP")
    assert desk.asked() == [LITE, LITE]


def test_no_call_is_longer_than_what_is_left() -> None:
    desk = Desk(failed(*[Code.AI_TIMEOUT] * 6), call_s=12.0)
    desk.inquire(seconds=20.0)
    assert [question.timeout_s for question in desk.model.questions] == [12.0, pytest.approx(7.625)]


def test_without_time_nothing_is_asked_and_the_window_is_not_analysed() -> None:
    desk = Desk([])
    assert desk.inquire(seconds=0.5).outcome == NotAnalysed(Code.AI_TIMEOUT, "no time left")


def test_a_stop_ends_the_waiting() -> None:
    desk = Desk(failed(Code.AI_UNREACHABLE), stopping=True)
    assert desk.inquire().outcome == NotAnalysed(Code.AI_UNREACHABLE, "HTTP")


def test_a_model_that_asked_for_a_pause_is_left_alone_until_it_is_over() -> None:
    desk = Desk([AnalysisError(Code.AI_RATE_LIMITED, retry_after_s=17.0), "fine"])
    desk.inquire()
    paused = desk.inquire()
    assert paused.calls == ()
    assert isinstance(paused.outcome, NotAnalysed)
    assert paused.outcome.reason is Code.AI_RATE_LIMITED
    desk.clock.advance(17.0)
    assert desk.inquire().outcome == Clear("fine")


def test_a_probe_asks_in_spite_of_a_pause_and_its_answer_ends_it() -> None:
    desk = Desk([*failed(Code.AI_QUOTA_EXHAUSTED), "OK", "fine"])
    desk.inquire()
    assert desk.inquire("probe").outcome == Clear("OK")
    assert desk.inquire().outcome == Clear("fine")


def test_a_failed_answer_that_was_billed_is_in_the_books() -> None:
    desk = Desk([AnalysisError(Code.AI_ANSWER_TRUNCATED, tokens_in=1000, tokens_out=1024)])
    (call,) = desk.inquire().calls
    assert (call.tokens_out, call.cost_micro_usd) == (1024, 300 + 2560)


@given(codes=st.lists(st.sampled_from([c for c in Code if c.startswith("ai.")]), min_size=12, max_size=12))
def test_whatever_fails_is_never_an_answer_and_the_time_is_kept(codes: list[Code]) -> None:
    desk = Desk(failed(*codes), call_s=5.0)
    begun_s = desk.clock.monotonic()
    finding = desk.inquire(seconds=20.0)
    assert isinstance(finding.outcome, NotAnalysed)
    assert desk.clock.monotonic() - begun_s <= 21.0
    assert [call.error for call in finding.calls] == codes[: len(finding.calls)]
