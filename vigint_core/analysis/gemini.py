"""Gemini as a ``Model``: one question, one HTTP request, one answer or one typed error.

The SDK behind it is imported with the first question, beside the event loop and never on the way to the first painted
window. The address can be pointed elsewhere with ``GOOGLE_GEMINI_BASE_URL``, which the SDK reads itself.
"""

import asyncio
import gc
import time
from typing import TYPE_CHECKING

import anyio.to_thread

from vigint_core.analysis.question import AnalysisError, Answer, Question
from vigint_core.domain.fault import Code

if TYPE_CHECKING:
    from vigint_core.analysis.genai_session import GenaiSession


class GeminiModel:
    """``Model`` on Google's API. Used on one event loop; one connection pool for its life.

    ``base_url`` overrides the environment and Google's own address. The key is sent as it is: only Google decides
    whether it is one.
    """

    def __init__(self, api_key: str, base_url: str | None = None) -> None:
        self._api_key = api_key
        self._base_url = base_url
        self._opening = asyncio.Lock()
        self._opened: GenaiSession | None = None
        self._closed = False

    def __repr__(self) -> str:
        return "GeminiModel(***)"

    async def ask(self, question: Question) -> Answer:
        """Send one question, exactly once. Raises AnalysisError."""
        session = await self._session()
        began = time.monotonic()
        try:
            text, usage = await session.ask(question)
        except AnalysisError as error:
            error.latency_s = time.monotonic() - began
            raise
        return Answer(text, usage, time.monotonic() - began)

    async def close(self) -> None:
        """Give the connections back. A question under way fails with PIPELINE_STOPPED, and so does a later one."""
        opened, self._opened, self._closed = self._opened, None, True
        if opened is not None:
            await opened.close()

    async def _session(self) -> "GenaiSession":
        async with self._opening:
            if self._opened is None and not self._closed:
                opened = await anyio.to_thread.run_sync(self._open)
                if not self._closed:
                    self._opened = opened
            if self._opened is None:
                raise AnalysisError(Code.PIPELINE_STOPPED, "the model is closed")
            return self._opened

    def _open(self) -> "GenaiSession":
        from vigint_core.analysis.genai_session import GenaiSession  # noqa: PLC0415 - costs a second, so not before now

        session = GenaiSession(self._api_key, self._base_url)
        # The SDK and what came with it stay: walking over them again, Python's collector stops every look for 0.1 s.
        gc.freeze()
        return session
