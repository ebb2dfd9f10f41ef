"""Reading of answers that the stand-in does not give; the rest is in ``tests/contract/test_gemini.py``."""

from typing import Any

import pytest
from google.genai import types

from vigint_core.analysis.genai_session import _read
from vigint_core.analysis.question import AnalysisError
from vigint_core.domain.fault import Code


def response(parts: list[dict[str, Any]] | None, finish: str | None = "STOP", **usage: int) -> Any:
    candidate = {"content": {"role": "model", "parts": parts}, "finish_reason": finish}
    return types.GenerateContentResponse.model_validate({"candidates": [candidate], "usage_metadata": usage or None})


def test_thoughts_are_billed_as_output_and_are_no_part_of_the_answer() -> None:
    thinking: list[dict[str, Any]] = [{"text": "Hm.", "thought": True}, {"text": '{"incident":'}, {"text": " false}"}]
    found = _read(response(thinking, prompt_token_count=100, candidates_token_count=10, thoughts_token_count=300))
    assert found == ('{"incident": false}', 100, 310)


def test_an_answer_without_a_usage_record_counts_nothing() -> None:
    assert _read(response([{"text": "OK"}])) == ("OK", 0, 0)


@pytest.mark.parametrize(
    ("parts", "finish", "code"),
    [
        (None, "STOP", Code.AI_EMPTY_ANSWER),
        ([], "STOP", Code.AI_EMPTY_ANSWER),
        ([{"text": "  "}], "STOP", Code.AI_EMPTY_ANSWER),
        ([{"text": "only a thought", "thought": True}], "STOP", Code.AI_EMPTY_ANSWER),
        ([{"text": "half"}], "OTHER", Code.AI_EMPTY_ANSWER),
        ([{"text": "half"}], "MAX_TOKENS", Code.AI_ANSWER_TRUNCATED),
        ([{"text": "half"}], "CONTINUATION", Code.AI_ANSWER_TRUNCATED),
        ([{"text": "half"}], "PROHIBITED_CONTENT", Code.AI_BLOCKED),
        ([{"text": "half"}], "SPII", Code.AI_BLOCKED),
    ],
)
def test_a_200_that_is_no_answer_is_named(parts: list[dict[str, Any]] | None, finish: str, code: Code) -> None:
    with pytest.raises(AnalysisError) as caught:
        _read(response(parts, finish, prompt_token_count=7))
    assert caught.value.code is code
    assert caught.value.tokens_in == 7


def test_no_candidate_at_all_is_an_empty_answer() -> None:
    with pytest.raises(AnalysisError) as caught:
        _read(types.GenerateContentResponse())
    assert caught.value.code is Code.AI_EMPTY_ANSWER
