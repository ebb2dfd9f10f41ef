"""The real SDK against the stand-in: every row of the provider's ways to fail, and what we send."""

import subprocess
import sys
import threading
import traceback
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fakes.excerpts import Excerpts
from tests.fakes.gemini import GeminiStandIn
from tests.fakes.gemini_plays import Play
from tests.fakes.witness import Reference
from vigint_core.analysis.examiner import Examiner, Patience, Subject, open_examiner
from vigint_core.analysis.gemini import GeminiModel
from vigint_core.analysis.models import shipped_catalogue
from vigint_core.analysis.question import AnalysisError, Question
from vigint_core.domain.fault import Code
from vigint_core.domain.ids import WindowId
from vigint_core.domain.verdict import Clear, NotAnalysed, Suspected
from vigint_core.policy.retry import BackOff

KEY = "AQ.a-key-that-must-not-be-told"
SUBJECT = Subject(WindowId("w1"), "Till", 1000.0, 1010.0, 995.0)
HASTY = Patience(back_off=BackOff(first_s=0.01, most_s=0.01))


@pytest.fixture(scope="session")
def act(footage: Path) -> tuple[bytes, bytes]:
    """The clip of the act, and its longer context."""
    video = Excerpts(footage / "incident" / "Shoplifting_1.mp4")
    return video.clip(0.0, 10.0), video.clip(-5.0, 15.0)


@pytest.fixture
def gemini(references: list[Reference]) -> Iterator[GeminiStandIn]:
    with GeminiStandIn(references) as stand_in:
        yield stand_in


@pytest.fixture
def model(gemini: GeminiStandIn) -> Iterator[GeminiModel]:
    opened = GeminiModel(KEY, gemini.url)
    yield opened
    opened.close()


@pytest.fixture
def examiner(gemini: GeminiStandIn) -> Iterator[Examiner]:
    opened = open_examiner(KEY, gemini.url, HASTY)
    yield opened
    opened.close()


def question(timeout_s: float = 30.0, clip: bytes | None = None) -> Question:
    return Question("gemini-3.5-flash-lite", "system", "data", timeout_s, 256, clip)


@pytest.mark.parametrize(
    ("play", "code"),
    [
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
        (Play.REDIRECT, Code.AI_UNREACHABLE),
        (Play.EMPTY, Code.AI_EMPTY_ANSWER),
        (Play.TRUNCATED, Code.AI_ANSWER_TRUNCATED),
        (Play.SAFETY, Code.AI_BLOCKED),
        (Play.PROMPT_BLOCKED, Code.AI_BLOCKED),
        (Play.BROKEN_ENVELOPE, Code.AI_NOT_JSON),
    ],
)
def test_every_failure_has_its_code_after_one_request_and_tells_no_key(
    gemini: GeminiStandIn, model: GeminiModel, play: Play, code: Code
) -> None:
    gemini.script.add(play)
    with pytest.raises(AnalysisError) as caught:
        model.ask(question())
    assert caught.value.code is code
    assert caught.value.latency_s > 0
    assert len(gemini.received) == 1
    assert KEY not in "".join(traceback.format_exception(caught.value)) + repr(model)


@pytest.mark.parametrize("play", [Play.HANG, Play.DRIP])
def test_a_provider_that_keeps_us_waiting_is_a_timeout(gemini: GeminiStandIn, model: GeminiModel, play: Play) -> None:
    model.ask(question())  # the import of the SDK is not what is timed
    gemini.script.add(play)
    with pytest.raises(AnalysisError) as caught:
        model.ask(question(timeout_s=0.3))
    assert caught.value.code is Code.AI_TIMEOUT
    assert caught.value.latency_s < 30.0, "the stand-in hangs for a minute"


def test_a_host_that_refuses_connections_is_unreachable(references: list[Reference]) -> None:
    with GeminiStandIn(references) as gone:
        url = gone.url
    model = GeminiModel(KEY, url)
    with pytest.raises(AnalysisError) as caught:
        model.ask(question())
    model.close()
    assert caught.value.code is Code.AI_UNREACHABLE


@pytest.mark.parametrize("url", ["ftp://127.0.0.1:1", "http://127.0.0.1:99999", "nonsense"])
def test_an_address_that_is_none_is_unreachable(url: str) -> None:
    model = GeminiModel(KEY, url)
    with pytest.raises(AnalysisError) as caught:
        model.ask(question())
    model.close()
    assert caught.value.code is Code.AI_UNREACHABLE


def test_what_is_asked_after_closing_says_that_the_program_stops(gemini: GeminiStandIn) -> None:
    model = GeminiModel(KEY, gemini.url)
    model.ask(question())
    model.close()
    with pytest.raises(AnalysisError) as caught:
        model.ask(question())
    assert caught.value.code is Code.PIPELINE_STOPPED
    assert len(gemini.received) == 1


def test_closing_under_a_question_leaves_no_stray_exception(gemini: GeminiStandIn) -> None:
    model = GeminiModel(KEY, gemini.url)
    model.ask(question())
    gemini.script.add(Play.HANG)
    codes: list[Code] = []

    def ask() -> None:
        try:
            model.ask(question(timeout_s=2.0))
        except AnalysisError as error:
            codes.append(error.code)

    thread = threading.Thread(target=ask)
    thread.start()
    assert gemini.wait_for(2)
    model.close()
    thread.join()
    assert codes in ([Code.AI_UNREACHABLE], [Code.AI_TIMEOUT], [Code.PIPELINE_STOPPED])


def test_the_delay_that_the_provider_asks_for_is_passed_on(gemini: GeminiStandIn, model: GeminiModel) -> None:
    gemini.script.add(Play.RATE_LIMITED)
    with pytest.raises(AnalysisError) as caught:
        model.ask(question())
    assert caught.value.retry_after_s == 17.5


def test_a_truncated_answer_is_billed(gemini: GeminiStandIn, model: GeminiModel) -> None:
    gemini.script.add(Play.TRUNCATED)
    with pytest.raises(AnalysisError) as caught:
        model.ask(question())
    assert caught.value.tokens_out > 0


@pytest.mark.parametrize("key", ["AIzaSy-old", "AQ.new", "sk-something", "x", "0"])
def test_a_key_may_begin_with_anything(gemini: GeminiStandIn, key: str) -> None:
    model = GeminiModel(key, gemini.url)
    assert model.ask(question()).text == "OK"
    model.close()


@pytest.mark.parametrize(
    ("key", "code"),
    [
        ("schlüssel", Code.AI_KEY_INVALID),
        ("two\nlines", Code.AI_KEY_INVALID),
        ("auth_tokens/abc", Code.AI_KEY_WRONG_KIND),
    ],
)
def test_a_key_that_can_t_be_sent_is_named_and_not_told(gemini: GeminiStandIn, key: str, code: Code) -> None:
    model = GeminiModel(key, gemini.url)
    with pytest.raises(AnalysisError) as caught:
        model.ask(question())
    model.close()
    assert caught.value.code is code
    assert key not in str(caught.value)
    assert gemini.received == []


def test_the_address_comes_from_the_environment(gemini: GeminiStandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", gemini.url)
    monkeypatch.setenv("GOOGLE_GENAI_USE_VERTEXAI", "true")
    opened = open_examiner(KEY)
    assert opened.probe().code is None
    opened.close()
    assert [received.look for received in gemini.received] == ["probe"]


def test_a_look_sends_the_clip_the_schema_and_what_keeps_it_cheap(
    gemini: GeminiStandIn, examiner: Examiner, act: tuple[bytes, bytes]
) -> None:
    examiner.examine(SUBJECT, *act)
    first, second = gemini.received
    assert (first.model, second.model) == ("gemini-3.5-flash-lite", "gemini-3.8-flash")
    assert (first.clip_bytes, second.clip_bytes) == (len(act[0]), len(act[1]))
    assert first.fps == second.fps == 2.0
    assert first.config["mediaResolution"] == "MEDIA_RESOLUTION_LOW"
    assert first.config["thinkingConfig"] == {"thinkingLevel": "MINIMAL"}
    assert first.config["responseMimeType"] == "application/json"
    assert next(iter(first.config["responseJsonSchema"]["properties"])) == "observations"
    assert '"Till"' in first.data
    assert "Till" not in first.system


def test_google_is_never_given_a_deadline_that_it_refuses(gemini: GeminiStandIn, model: GeminiModel) -> None:
    assert model.ask(question(timeout_s=9.0)).text == "OK"
    assert gemini.received[0].server_timeout_s == 10


def test_the_act_is_suspected_and_confirmed_with_its_times(examiner: Examiner, act: tuple[bytes, bytes]) -> None:
    judgement = examiner.examine(SUBJECT, *act)
    assert isinstance(judgement.first, Suspected)
    assert isinstance(judgement.second, Suspected)
    times = [o.at_s for o in judgement.first.verdict.observations]
    assert times[0] == pytest.approx(2.0, abs=0.6)
    assert times[-1] == pytest.approx(9.5, abs=0.6)
    assert judgement.second_start_s + judgement.second.verdict.observations[0].at_s == pytest.approx(1002.0, abs=0.6)
    assert all(call.tokens_in > 1000 and call.cost_micro_usd > 0 for call in judgement.calls)


@pytest.mark.parametrize(
    ("play", "code"), [(Play.NOT_JSON, Code.AI_NOT_JSON), (Play.BREAKS_SCHEMA, Code.AI_BREAKS_SCHEMA)]
)
def test_an_answer_that_is_none_leaves_the_window_unanalysed(
    gemini: GeminiStandIn, examiner: Examiner, act: tuple[bytes, bytes], play: Play, code: Code
) -> None:
    gemini.script.add(play)
    judgement = examiner.examine(SUBJECT, *act)
    assert isinstance(judgement.first, NotAnalysed)
    assert judgement.first.reason is code
    assert judgement.calls[0].error is code
    assert judgement.calls[0].tokens_in > 0


def test_a_refused_parameter_costs_one_more_request(
    gemini: GeminiStandIn, examiner: Examiner, act: tuple[bytes, bytes]
) -> None:
    gemini.script.add(Play.PARAMETER_REFUSED, times=None, look="first")
    judgement = examiner.examine(SUBJECT, *act)
    assert isinstance(judgement.first, Suspected)
    assert [c.error for c in judgement.calls] == [Code.AI_PARAMETER_REFUSED, None, None]


def test_a_parameter_that_a_model_does_not_know_is_refused(model: GeminiModel) -> None:
    with pytest.raises(AnalysisError) as caught:
        model.ask(replace(question(), thinking={"thinking_budget": 0}))
    assert caught.value.code is Code.AI_PARAMETER_REFUSED


def test_every_model_of_the_catalogue_takes_the_parameters_of_its_card(model: GeminiModel) -> None:
    for card in shipped_catalogue().models:
        asked = replace(question(), model=card.name, thinking=card.thinking, media_resolution="low")
        assert model.ask(asked).text == "OK"


def test_the_chain_is_walked_by_really_failing(
    gemini: GeminiStandIn, examiner: Examiner, act: tuple[bytes, bytes]
) -> None:
    gemini.script.add(Play.RETIRED, times=None, model="gemini-3.5-flash-lite")
    gemini.script.add(Play.OVERLOADED, times=None, model="gemini-3.1-flash-lite")
    judgement = examiner.examine(SUBJECT, *act)
    assert isinstance(judgement.second, Suspected)
    assert [call.model for call in judgement.calls] == [
        "gemini-3.5-flash-lite",
        "gemini-3.1-flash-lite",
        "gemini-3.1-flash-lite",
        "gemini-2.5-flash-lite",
        "gemini-3.8-flash",
    ]


def test_the_second_look_may_veto(gemini: GeminiStandIn, examiner: Examiner, act: tuple[bytes, bytes]) -> None:
    gemini.script.add(Play.VETO, look="second")
    judgement = examiner.examine(SUBJECT, *act)
    assert isinstance(judgement.first, Suspected)
    assert isinstance(judgement.second, Clear)


def test_a_second_look_without_a_citation_confirms_nothing(
    gemini: GeminiStandIn, examiner: Examiner, act: tuple[bytes, bytes]
) -> None:
    gemini.script.add(Play.WITHOUT_CITATION, look="second")
    judgement = examiner.examine(SUBJECT, *act)
    assert isinstance(judgement.second, NotAnalysed)
    assert judgement.second.reason is Code.AI_BREAKS_SCHEMA


def test_a_clip_that_is_no_video_is_not_analysed(examiner: Examiner) -> None:
    judgement = examiner.examine(SUBJECT, b"no video", b"no video")
    assert isinstance(judgement.first, NotAnalysed)
    assert judgement.first.reason is Code.AI_PARAMETER_REFUSED


def test_a_probe_proves_the_key_with_one_real_question(gemini: GeminiStandIn, examiner: Examiner) -> None:
    assert examiner.probe().code is None
    gemini.script.add(Play.KEY_INVALID, times=None)
    refused = examiner.probe()
    assert refused.code is Code.AI_KEY_INVALID
    assert KEY not in refused.detail


def test_many_threads_share_one_examiner(gemini: GeminiStandIn, examiner: Examiner, act: tuple[bytes, bytes]) -> None:
    outcomes: list[object] = []
    threads = [
        threading.Thread(target=lambda: outcomes.append(examiner.examine(SUBJECT, *act).second)) for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [type(outcome) for outcome in outcomes] == [Suspected] * 6


def test_the_sdk_is_not_imported_before_the_first_question() -> None:
    program = (
        "import sys; from vigint_core.analysis.examiner import open_examiner; open_examiner('key').close();"
        "sys.exit('google.genai' in sys.modules or 'httpx2' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
