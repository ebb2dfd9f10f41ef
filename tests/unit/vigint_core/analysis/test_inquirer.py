import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.inquiries import Inquiries
from tests.fakes.purse import FakePurse
from tests.fakes.scripted_model import USAGE
from vigint_core.analysis.models import LookName, shipped_catalogue
from vigint_core.analysis.question import AnalysisError, Answer, Question, Usage
from vigint_core.domain.budget import Economy
from vigint_core.domain.fault import Code
from vigint_core.domain.verdict import Clear, NotAnalysed

LITE, OLDER, OLDEST = shipped_catalogue().looks["first"].chain
STOPS = [
    Code.AI_KEY_INVALID,
    Code.AI_KEY_WRONG_KIND,
    Code.AI_BILLING,
    Code.AI_FORBIDDEN,
    Code.AI_QUOTA_EXHAUSTED,
    Code.AI_EMPTY_ANSWER,
    Code.AI_ANSWER_TRUNCATED,
    Code.AI_BLOCKED,
]


def failed(*codes: Code) -> list[AnalysisError]:
    return [AnalysisError(code, "HTTP") for code in codes]


def test_an_answer_is_read_and_booked_with_its_cost() -> None:
    desk = Inquiries(["fine"])
    finding = desk.inquire()
    assert finding.outcome == Clear("fine")
    assert finding.model == LITE
    (call,) = finding.calls
    assert (call.look, call.model, call.prompt_version, call.error) == ("first", LITE, "first_look.v3", None)
    assert (call.tokens_in, call.tokens_out, call.latency_s) == (1000, 100, 1.0)
    assert (call.tokens_video, call.tokens_cached, call.tokens_thought) == (700, 0, 20)
    assert (call.cost_micro_usd, call.unsettled_micro_usd) == (300 + 250, 0)
    assert (call.outcome, call.flagged, call.thrifty) == ("clear", False, False)


@pytest.mark.parametrize("code", STOPS)
def test_what_no_other_try_could_mend_stops_at_once(code: Code) -> None:
    desk = Inquiries(failed(code))
    finding = desk.inquire()
    assert isinstance(finding.outcome, NotAnalysed)
    assert finding.outcome.reason is code
    assert [call.error for call in finding.calls] == [code]
    assert desk.waits == []


def test_a_retired_model_hands_over_to_the_next_at_once() -> None:
    desk = Inquiries([*failed(Code.AI_MODEL_RETIRED), "fine"])
    finding = desk.inquire()
    assert (finding.outcome, finding.model) == (Clear("fine"), OLDER)
    assert [call.error for call in finding.calls] == [Code.AI_MODEL_RETIRED, None]
    assert desk.waits == []


def test_when_all_models_are_gone_that_is_the_reason() -> None:
    desk = Inquiries(failed(*[Code.AI_MODEL_RETIRED] * 3))
    assert desk.inquire().outcome == NotAnalysed(Code.AI_MODEL_RETIRED, "HTTP")
    assert desk.asked() == [LITE, OLDER, OLDEST]


@pytest.mark.parametrize("code", [Code.AI_OVERLOADED, Code.AI_TIMEOUT])
def test_an_overloaded_model_is_asked_again_and_then_hands_over(code: Code) -> None:
    desk = Inquiries([*failed(code, code), "fine"])
    assert desk.inquire().outcome == Clear("fine")
    assert desk.asked() == [LITE, LITE, OLDER]
    assert desk.waits == [0.5 * (1 - 0.5 * 0.5)]


def test_an_unreachable_host_is_tried_again_but_not_with_another_model() -> None:
    desk = Inquiries(failed(Code.AI_UNREACHABLE, Code.AI_UNREACHABLE))
    assert desk.inquire().outcome == NotAnalysed(Code.AI_UNREACHABLE, "HTTP")
    assert desk.asked() == [LITE, LITE]


@pytest.mark.parametrize("look", ["first", "second"])
def test_a_refused_parameter_is_left_out_once(look: LookName) -> None:
    desk = Inquiries([*failed(Code.AI_PARAMETER_REFUSED), "fine"])
    assert desk.inquire(look).outcome == Clear("fine")
    first, plain = desk.model.questions
    assert first.thinking
    assert first.media_resolution
    assert (dict(plain.thinking), plain.media_resolution) == ({}, None)
    assert plain.clip == first.clip


def test_a_model_that_refuses_without_parameters_too_is_not_asked_a_third_time() -> None:
    desk = Inquiries(failed(Code.AI_PARAMETER_REFUSED, Code.AI_PARAMETER_REFUSED))
    assert desk.inquire().outcome == NotAnalysed(Code.AI_PARAMETER_REFUSED, "HTTP")
    assert desk.asked() == [LITE, LITE]


def test_no_call_is_longer_than_what_is_left() -> None:
    desk = Inquiries(failed(*[Code.AI_TIMEOUT] * 6), call_s=12.0)
    desk.inquire(seconds=20.0)
    assert [question.timeout_s for question in desk.model.questions] == [12.0, pytest.approx(7.625)]


def test_without_time_nothing_is_asked_and_the_window_is_not_analysed() -> None:
    desk = Inquiries([])
    assert desk.inquire(seconds=0.5).outcome == NotAnalysed(Code.AI_TIMEOUT, "no time left")


def test_a_stop_ends_the_waiting() -> None:
    desk = Inquiries(failed(Code.AI_UNREACHABLE))
    desk.stopping = True
    assert desk.inquire().outcome == NotAnalysed(Code.AI_UNREACHABLE, "HTTP")


def test_a_look_that_was_asked_too_fast_is_asked_again_when_it_is_its_turn() -> None:
    desk = Inquiries([AnalysisError(Code.AI_RATE_LIMITED, retry_after_s=5.0), "fine"])
    begun_s = desk.clock.monotonic()
    finding = desk.inquire()
    assert finding.outcome == Clear("fine")
    assert [call.error for call in finding.calls] == [Code.AI_RATE_LIMITED, None]
    assert 5.0 <= desk.clock.monotonic() - begun_s < 15.0


def test_a_model_that_asked_for_a_long_pause_is_left_alone_until_it_is_over() -> None:
    desk = Inquiries([AnalysisError(Code.AI_RATE_LIMITED, retry_after_s=45.0), "fine"])
    limited = desk.inquire().outcome
    assert isinstance(limited, NotAnalysed)
    assert (limited.reason, limited.retry_after_s) == (Code.AI_RATE_LIMITED, pytest.approx(45.0, abs=0.5))
    paused = desk.inquire()
    assert paused.calls == ()
    assert isinstance(paused.outcome, NotAnalysed)
    assert paused.outcome.reason is Code.AI_RATE_LIMITED
    desk.clock.advance(30.0)
    assert desk.inquire().outcome == Clear("fine")


def test_a_probe_asks_in_spite_of_a_pause_and_its_answer_ends_it() -> None:
    desk = Inquiries([*failed(Code.AI_QUOTA_EXHAUSTED), "OK", "fine"])
    desk.inquire()
    assert desk.inquire("probe").outcome == Clear("OK")
    assert desk.inquire().outcome == Clear("fine")


def test_a_failed_answer_that_was_billed_is_in_the_books() -> None:
    desk = Inquiries([AnalysisError(Code.AI_ANSWER_TRUNCATED, usage=Usage(1000, 1024))])
    (call,) = desk.inquire().calls
    assert (call.tokens_out, call.cost_micro_usd) == (1024, 300 + 2560)


@given(codes=st.lists(st.sampled_from([c for c in Code if c.startswith("ai.")]), min_size=12, max_size=12))
def test_whatever_fails_is_never_an_answer_and_the_time_is_kept(codes: list[Code]) -> None:
    desk = Inquiries(failed(*codes), call_s=5.0)
    begun_s = desk.clock.monotonic()
    finding = desk.inquire(seconds=20.0)
    assert isinstance(finding.outcome, NotAnalysed)
    assert desk.clock.monotonic() - begun_s <= 21.0
    assert [call.error for call in finding.calls] == codes[: len(finding.calls)]


def test_a_used_up_day_says_until_when() -> None:
    desk = Inquiries(failed(Code.AI_QUOTA_EXHAUSTED))
    desk.inquire()
    outcome = desk.inquire().outcome
    assert isinstance(outcome, NotAnalysed)
    assert outcome.reason is Code.AI_QUOTA_EXHAUSTED
    assert outcome.retry_after_s is not None
    assert 0 < outcome.retry_after_s <= 24 * 3600


def test_a_model_that_is_gone_is_left_alone_for_an_hour_and_asked_again_then() -> None:
    desk = Inquiries([*failed(Code.AI_MODEL_RETIRED), "a", "b", *failed(Code.AI_MODEL_RETIRED), "c"])
    desk.inquire()
    desk.inquire()
    desk.clock.advance(3600.0)
    desk.inquire()
    assert desk.asked() == [LITE, OLDER, OLDER, LITE, OLDER]


def test_a_probe_asks_a_model_that_was_gone_and_its_answer_brings_it_back() -> None:
    desk = Inquiries([*failed(Code.AI_MODEL_RETIRED), "a", "OK", "b"])
    desk.inquire()
    desk.inquire("probe")
    desk.inquire()
    assert desk.asked() == [LITE, OLDER, LITE, LITE]


def test_an_answer_that_described_a_person_is_flagged_in_the_books() -> None:
    (call,) = Inquiries(["a man"]).inquire().calls
    assert call.flagged


class TestMoney:
    """What is put aside before a call, and what is settled after it, however it ends."""

    def test_what_an_answer_cost_is_settled_and_the_rest_given_back(self) -> None:
        purse = FakePurse()
        Inquiries(["fine"], purse=purse).inquire()
        (most, second, camera_id) = purse.log[0]
        assert (second, camera_id) == (False, "till")
        assert most > 550
        assert (purse.open, purse.spent) == ({}, 550)

    @pytest.mark.parametrize("look", ["second", "probe"])
    def test_second_looks_and_probes_may_use_the_reserve(self, look: LookName) -> None:
        purse = FakePurse()
        Inquiries(["fine"], purse=purse).inquire(look)
        assert [second for _, second, _ in purse.log] == [True]

    def test_a_refusal_costs_nothing(self) -> None:
        purse = FakePurse()
        Inquiries(failed(Code.AI_FORBIDDEN), purse=purse).inquire()
        assert (purse.open, purse.spent) == ({}, 0)

    def test_a_call_of_which_nobody_heard_counts_with_the_most_it_can_have_cost(self) -> None:
        purse = FakePurse()
        lost = [AnalysisError(Code.AI_TIMEOUT, usage=None)] * 6
        finding = Inquiries(lost, purse=purse).inquire()
        assert purse.open == {}
        assert purse.spent == sum(most for most, _, _ in purse.log)
        assert [call.unsettled_micro_usd for call in finding.calls] == [most for most, _, _ in purse.log]
        assert [call.cost_micro_usd for call in finding.calls] == [0] * len(finding.calls)

    def test_an_answer_that_does_not_say_what_it_cost_counts_with_the_most(self) -> None:
        purse = FakePurse()
        (call,) = Inquiries([Answer("fine", None, 1.0)], purse=purse).inquire().calls
        assert purse.spent == call.unsettled_micro_usd == purse.log[0][0]

    def test_without_money_nothing_is_asked_and_the_window_says_why(self) -> None:
        desk = Inquiries([], purse=FakePurse(money=100))
        finding = desk.inquire()
        assert finding.outcome == NotAnalysed(Code.BUDGET_SPENT)
        assert (finding.calls, desk.model.questions) == ((), [])

    def test_while_money_is_short_half_as_many_pictures_are_sampled(self) -> None:
        purse = FakePurse()
        desk = Inquiries(["fine", "fine"], purse=purse)
        desk.inquire()
        purse.step = Economy.FEWER_FRAMES
        (call,) = desk.inquire().calls
        assert [question.fps for question in desk.model.questions] == [1.0, 0.5]
        assert call.thrifty
        assert purse.log[1][0] < purse.log[0][0]

    def test_the_try_without_a_resolution_bears_the_finest_one(self) -> None:
        purse = FakePurse()
        Inquiries([*failed(Code.AI_PARAMETER_REFUSED), "fine"], purse=purse).inquire()
        assert purse.log[1][0] > purse.log[0][0]

    def test_books_that_refuse_are_the_reason_and_what_was_paid_is_told(self) -> None:
        purse = FakePurse()
        purse.broken = True
        assert Inquiries([], purse=purse).inquire().outcome == NotAnalysed(Code.STORE_FAILED, "the file is broken")

    @pytest.mark.expects_log("not settled in the books")
    def test_an_answer_counts_although_it_can_t_be_settled(self, caplog: pytest.LogCaptureFixture) -> None:
        purse = FakePurse()
        desk = Inquiries(["fine"], purse=purse)
        asked = desk.model.ask

        async def broken_meanwhile(question: Question) -> Answer:
            purse.broken = True
            return await asked(question)

        desk.model.ask = broken_meanwhile  # type: ignore[method-assign]
        assert desk.inquire().outcome == Clear("fine")
        assert "not settled" in caplog.text

    def test_a_call_that_is_cancelled_is_settled_all_the_same(self) -> None:
        purse = FakePurse()
        desk = Inquiries([], purse=purse)

        async def cancelled(_: Question) -> Answer:
            raise asyncio.CancelledError

        desk.model.ask = cancelled  # type: ignore[method-assign]
        with pytest.raises(asyncio.CancelledError):
            desk.inquire()
        assert (purse.open, purse.spent) == ({}, purse.log[0][0])

    @given(
        codes=st.lists(st.sampled_from([c for c in Code if c.startswith("ai.")]), min_size=12, max_size=12),
        told=st.booleans(),
    )
    def test_whatever_happens_nothing_stays_put_aside(self, codes: list[Code], told: bool) -> None:
        purse = FakePurse()
        steps = [AnalysisError(code, usage=USAGE if told else None) for code in codes]
        calls = Inquiries(steps, purse=purse).inquire().calls
        assert purse.open == {}
        assert purse.spent == sum(call.cost_micro_usd + call.unsettled_micro_usd for call in calls)
