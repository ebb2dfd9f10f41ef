"""Gemini as a ``Model``: one question, one HTTP request, one answer or one typed error.

The SDK behind it is imported with the first question, never on the way to the first painted window. The address can be
pointed elsewhere with ``GOOGLE_GEMINI_BASE_URL``, which the SDK reads itself.
"""

import threading
import time
from typing import TYPE_CHECKING

from vigint_core.analysis.question import AnalysisError, Answer, Question
from vigint_core.domain.fault import Code

if TYPE_CHECKING:
    from vigint_core.analysis.genai_session import GenaiSession


class GeminiModel:
    """``Model`` on Google's API. Thread-safe; one connection pool for its life.

    ``base_url`` overrides the environment and Google's own address. The key is sent as it is: only Google decides
    whether it is one.
    """

    def __init__(self, api_key: str, base_url: str | None = None) -> None:
        self._api_key = api_key
        self._base_url = base_url
        self._lock = threading.Lock()
        self._opened: GenaiSession | None = None
        self._closed = False

    def __repr__(self) -> str:
        return "GeminiModel(***)"

    def ask(self, question: Question) -> Answer:
        """Send one question, exactly once. Raises AnalysisError."""
        session = self._session()
        began = time.monotonic()
        try:
            text, tokens_in, tokens_out = session.ask(question)
        except AnalysisError as error:
            error.latency_s = time.monotonic() - began
            raise
        return Answer(text, tokens_in, tokens_out, time.monotonic() - began)

    def close(self) -> None:
        """Give the connections back. A question under way ends by its own time-out, a later one at once."""
        with self._lock:
            opened, self._opened, self._closed = self._opened, None, True
        if opened is not None:
            opened.close()

    def _session(self) -> "GenaiSession":
        from vigint_core.analysis.genai_session import GenaiSession  # noqa: PLC0415 - costs a second, so not before now

        with self._lock:
            if self._closed:
                raise AnalysisError(Code.PIPELINE_STOPPED, "the model is closed")
            if self._opened is None:
                self._opened = GenaiSession(self._api_key, self._base_url)
            return self._opened
