"""Reading of answers that the stand-in does not give; the rest is in ``tests/contract/test_gemini.py``."""

from typing import Any

import pytest
from google.genai import types

from vigint_core.analysis.genai_session import _read
from vigint_core.analysis.question import AnalysisError, Usage
from vigint_core.domain.fault import Code


def response(parts: list[dict[str, Any]] | None, finish: str | None = "STOP", **usage: Any) -> Any:
    candidate = {"content": {"role": "model", "parts": parts}, "finish_reason": finish}
    return types.GenerateContentResponse.model_validate({"candidates": [candidate], "usage_metadata": usage or None})


def test_thoughts_are_billed_as_output_and_are_no_part_of_the_answer() -> None:
    thinking: list[dict[str, Any]] = [{"text": "Hm.", "thought": True}, {"text": '{"incident":'}, {"text": " false}"}]
    found = _read(response(thinking, prompt_token_count=100, candidates_token_count=10, thoughts_token_count=300))
    assert found == ('{"incident": false}', Usage(total_in=100, out=310, thought=300))


def test_tokens_are_told_by_kind() -> None:
    kinds = [
        {"modality": "TEXT", "token_count": 1100},
        {"modality": "VIDEO", "token_count": 700},
        {"modality": "IMAGE", "token_count": 70},
    ]
    _, usage = _read(
        response(
            [{"text": "OK"}],
            prompt_token_count=1870,
            candidates_token_count=9,
            cached_content_token_count=512,
            tool_use_prompt_token_count=25,
            prompt_tokens_details=kinds,
        )
    )
    assert usage == Usage(total_in=1895, out=9, video=770, cached=512)


def test_an_answer_without_a_usage_record_is_of_unknown_cost() -> None:
    assert _read(response([{"text": "OK"}])) == ("OK", None)


def test_counts_that_make_no_sense_are_none() -> None:
    _, usage = _read(
        response([{"text": "OK"}], prompt_token_count=-3, candidates_token_count=None, total_token_count=1)
    )
    assert usage == Usage()


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
    assert caught.value.usage == Usage(total_in=7)


def test_no_candidate_at_all_is_an_empty_answer() -> None:
    with pytest.raises(AnalysisError) as caught:
        _read(types.GenerateContentResponse())
    assert caught.value.code is Code.AI_EMPTY_ANSWER
    assert caught.value.usage is None
