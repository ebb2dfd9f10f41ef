"""The real SDK against the stand-in: every row of the provider's ways to fail, with our code for it.

What the examiner makes of it stands in ``test_gemini_looks.py``, what is told to nobody in ``test_gemini_secrets.py``.
"""

import asyncio
import traceback
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.fakes.gemini import GeminiStandIn
from tests.fakes.gemini_plays import Play
from tests.fakes.witness import Reference
from vigint_core.analysis.gemini import GeminiModel
from vigint_core.analysis.models import shipped_catalogue
from vigint_core.analysis.question import AnalysisError, Question, Usage
from vigint_core.domain.fault import Code

KEY = "AQ.a-key-that-must-not-be-told"


@pytest.fixture
def model(gemini: GeminiStandIn, loop: asyncio.Runner) -> Iterator[GeminiModel]:
    opened = GeminiModel(KEY, gemini.url)
    yield opened
    loop.run(opened.close())


def question(timeout_s: float = 30.0, clip: bytes | None = None) -> Question:
    return Question("gemini-3.5-flash-lite", "system", "data", timeout_s, 256, clip)


def failure(loop: asyncio.Runner, model: GeminiModel, asked: Question | None = None) -> AnalysisError:
    with pytest.raises(AnalysisError) as caught:
        loop.run(model.ask(asked or question()))
    return caught.value


NOTHING = Usage()
ROWS = [
    (Play.KEY_INVALID, Code.AI_KEY_INVALID),
    (Play.KEY_WRONG_KIND, Code.AI_KEY_WRONG_KIND),
    (Play.BILLING, Code.AI_BILLING),
    (Play.BAD_REQUEST, Code.AI_PARAMETER_REFUSED),
    (Play.FORBIDDEN, Code.AI_FORBIDDEN),
    (Play.RETIRED, Code.AI_MODEL_RETIRED),
    (Play.RATE_LIMITED, Code.AI_RATE_LIMITED),
    (Play.QUOTA_EXHAUSTED, Code.AI_QUOTA_EXHAUSTED),
    (Play.SPEND_EXHAUSTED, Code.AI_QUOTA_EXHAUSTED),
    (Play.INTERNAL, Code.AI_OVERLOADED),
    (Play.OVERLOADED, Code.AI_OVERLOADED),
    (Play.DEADLINE, Code.AI_TIMEOUT),
    (Play.DROP, Code.AI_UNREACHABLE),
    (Play.CUT, Code.AI_UNREACHABLE),
    (Play.REDIRECT, Code.AI_UNREACHABLE),
    (Play.EMPTY, Code.AI_EMPTY_ANSWER),
    (Play.TRUNCATED, Code.AI_ANSWER_TRUNCATED),
    (Play.THOUGHT_OUT, Code.AI_ANSWER_TRUNCATED),
    (Play.SAFETY, Code.AI_BLOCKED),
    (Play.PROMPT_BLOCKED, Code.AI_BLOCKED),
    (Play.BROKEN_ENVELOPE, Code.AI_NOT_JSON),
]


@pytest.mark.parametrize(("play", "code"), ROWS)
def test_every_failure_has_its_code_after_one_request_and_tells_no_key(
    gemini: GeminiStandIn, loop: asyncio.Runner, model: GeminiModel, play: Play, code: Code
) -> None:
    gemini.script.add(play)
    error = failure(loop, model)
    assert error.code is code
    assert error.latency_s > 0
    assert len(gemini.received) == 1
    assert KEY not in "".join(traceback.format_exception(error)) + repr(model)


@pytest.mark.parametrize("play", [Play.KEY_INVALID, Play.FORBIDDEN, Play.RETIRED, Play.RATE_LIMITED, Play.OVERLOADED])
def test_a_refusal_is_billed_nothing(
    gemini: GeminiStandIn, loop: asyncio.Runner, model: GeminiModel, play: Play
) -> None:
    gemini.script.add(play)
    assert failure(loop, model).usage == NOTHING


@pytest.mark.parametrize("play", [Play.DROP, Play.CUT])
def test_what_broke_after_it_was_sent_may_have_been_billed(
    gemini: GeminiStandIn, loop: asyncio.Runner, model: GeminiModel, play: Play
) -> None:
    gemini.script.add(play)
    assert failure(loop, model).usage is None


@pytest.mark.parametrize("play", [Play.HANG, Play.DRIP])
def test_a_provider_that_keeps_us_waiting_is_a_timeout_of_unknown_cost(
    gemini: GeminiStandIn, loop: asyncio.Runner, model: GeminiModel, play: Play
) -> None:
    loop.run(model.ask(question()))  # the import of the SDK is not what is timed
    gemini.script.add(play)
    error = failure(loop, model, question(timeout_s=0.3))
    assert (error.code, error.usage) == (Code.AI_TIMEOUT, None)
    assert error.latency_s < 30.0, "the stand-in hangs for a minute"


def test_a_host_that_refuses_connections_is_unreachable_and_costs_nothing(
    loop: asyncio.Runner, references: list[Reference]
) -> None:
    with GeminiStandIn(references) as gone:
        url = gone.url
    model = GeminiModel(KEY, url)
    error = failure(loop, model)
    loop.run(model.close())
    assert (error.code, error.usage) == (Code.AI_UNREACHABLE, NOTHING)


@pytest.mark.parametrize("url", ["ftp://127.0.0.1:1", "http://127.0.0.1:99999", "nonsense"])
def test_an_address_that_is_none_is_unreachable(loop: asyncio.Runner, url: str) -> None:
    model = GeminiModel(KEY, url)
    error = failure(loop, model)
    loop.run(model.close())
    assert error.code is Code.AI_UNREACHABLE


def test_what_is_asked_after_closing_says_that_the_program_stops(gemini: GeminiStandIn, loop: asyncio.Runner) -> None:
    model = GeminiModel(KEY, gemini.url)
    loop.run(model.ask(question()))
    loop.run(model.close())
    assert failure(loop, model).code is Code.PIPELINE_STOPPED
    assert len(gemini.received) == 1


def test_closing_ends_a_question_that_is_under_way(gemini: GeminiStandIn, loop: asyncio.Runner) -> None:
    model = GeminiModel(KEY, gemini.url)

    async def closed_under_way() -> AnalysisError:
        await model.ask(question())
        gemini.script.add(Play.HANG)
        asked = asyncio.create_task(model.ask(question(timeout_s=20.0)))
        assert await asyncio.to_thread(gemini.wait_for, 2)
        await model.close()
        with pytest.raises(AnalysisError) as caught:
            await asked
        return caught.value

    error = loop.run(closed_under_way())
    assert (error.code, error.usage) == (Code.PIPELINE_STOPPED, None)


def test_the_delay_that_the_provider_asks_for_is_passed_on(
    gemini: GeminiStandIn, loop: asyncio.Runner, model: GeminiModel
) -> None:
    gemini.script.add(Play.RATE_LIMITED)
    assert failure(loop, model).retry_after_s == 17.5


@pytest.mark.parametrize("play", [Play.EMPTY, Play.SAFETY, Play.PROMPT_BLOCKED, Play.TRUNCATED])
def test_a_200_that_is_no_answer_is_billed(
    gemini: GeminiStandIn, loop: asyncio.Runner, model: GeminiModel, play: Play
) -> None:
    gemini.script.add(play)
    usage = failure(loop, model).usage
    assert usage is not None
    assert usage.total_in > 0


def test_thinking_that_ate_the_whole_limit_is_billed_as_output(
    gemini: GeminiStandIn, loop: asyncio.Runner, model: GeminiModel
) -> None:
    gemini.script.add(Play.THOUGHT_OUT)
    usage = failure(loop, model).usage
    assert usage is not None
    assert (usage.out, usage.thought) == (256, 256)


def test_what_the_provider_knew_already_is_told_apart(
    gemini: GeminiStandIn, loop: asyncio.Runner, model: GeminiModel
) -> None:
    gemini.script.add(Play.CACHED)
    usage = loop.run(model.ask(replace(question(), system="s" * 4000))).usage
    assert usage is not None
    assert (usage.cached, usage.total_in) == (1000, 1001)


def test_an_answer_without_a_usage_record_is_an_answer_of_unknown_cost(
    gemini: GeminiStandIn, loop: asyncio.Runner, model: GeminiModel
) -> None:
    gemini.script.add(Play.UNBILLED)
    answer = loop.run(model.ask(question()))
    assert (answer.text, answer.usage) == ("OK", None)


@pytest.mark.parametrize("key", ["AIzaSy-old", "AQ.new", "sk-something", "x", "0"])
def test_a_key_may_begin_with_anything(gemini: GeminiStandIn, loop: asyncio.Runner, key: str) -> None:
    model = GeminiModel(key, gemini.url)
    assert loop.run(model.ask(question())).text == "OK"
    loop.run(model.close())


@pytest.mark.parametrize(
    ("key", "code"),
    [
        ("schlüssel", Code.AI_KEY_INVALID),
        ("two\nlines", Code.AI_KEY_INVALID),
        ("auth_tokens/abc", Code.AI_KEY_WRONG_KIND),
    ],
)
def test_a_key_that_can_t_be_sent_is_named_and_not_told(
    gemini: GeminiStandIn, loop: asyncio.Runner, key: str, code: Code
) -> None:
    model = GeminiModel(key, gemini.url)
    error = failure(loop, model)
    loop.run(model.close())
    assert (error.code, error.usage) == (code, NOTHING)
    assert key not in str(error)
    assert gemini.received == []


def test_google_is_never_given_a_deadline_that_it_refuses(
    gemini: GeminiStandIn, loop: asyncio.Runner, model: GeminiModel
) -> None:
    assert loop.run(model.ask(question(timeout_s=9.0))).text == "OK"
    assert gemini.received[0].server_timeout_s == 10


def test_a_parameter_that_a_model_does_not_know_is_refused(loop: asyncio.Runner, model: GeminiModel) -> None:
    asked = replace(question(), thinking={"thinking_budget": 0})
    assert failure(loop, model, asked).code is Code.AI_PARAMETER_REFUSED


def test_every_model_of_the_catalogue_takes_the_parameters_of_its_card(
    loop: asyncio.Runner, model: GeminiModel
) -> None:
    for card in shipped_catalogue().models:
        asked = replace(question(), model=card.name, thinking=card.thinking, media_resolution="low")
        assert loop.run(model.ask(asked)).text == "OK"


def test_many_questions_share_one_model(gemini: GeminiStandIn, loop: asyncio.Runner, model: GeminiModel) -> None:
    async def all_at_once() -> list[str]:
        return [answer.text for answer in await asyncio.gather(*(model.ask(question()) for _ in range(20)))]

    assert loop.run(all_at_once()) == ["OK"] * 20
    assert len(gemini.received) == 20
