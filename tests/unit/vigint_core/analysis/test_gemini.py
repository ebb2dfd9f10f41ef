"""What needs no peer; the rest is in ``tests/contract/test_gemini.py``, through the real SDK."""

import asyncio

import pytest

from vigint_core.analysis.gemini import GeminiModel
from vigint_core.analysis.question import AnalysisError, Question
from vigint_core.domain.fault import Code


def test_nothing_of_the_key_or_the_clip_is_in_a_repr() -> None:
    assert "secret" not in repr(GeminiModel("secret", "http://127.0.0.1:1"))
    question = Question("m", "system", "data", 1.0, 64, clip=b"secret")
    assert "secret" not in repr(question)


def test_closing_what_never_asked_is_fine_and_may_be_repeated() -> None:
    async def closed_twice() -> None:
        model = GeminiModel("key")
        await model.close()
        await model.close()

    asyncio.run(closed_twice())


def test_what_is_asked_after_the_end_is_told_so() -> None:
    async def asked_too_late() -> None:
        model = GeminiModel("key")
        await model.close()
        await model.ask(Question("m", "system", "data", 1.0, 64))

    with pytest.raises(AnalysisError) as caught:
        asyncio.run(asked_too_late())
    assert caught.value.code is Code.PIPELINE_STOPPED
