"""One connection to Gemini through ``google-genai``; ``gemini.py`` loads it late, as importing the SDK costs a second.

No SDK type leaves this module. What the SDK would do behind our back is switched off: its retries, its automatic
continuation of long answers, its function calling, redirects.
"""

import asyncio
import json
import math
from typing import Final

import httpx2
from google import genai
from google.genai import errors, types
from pydantic import ValidationError

from vigint_core.analysis.answer_stream import bound_answer
from vigint_core.analysis.question import AnalysisError, MediaResolution, Question, Usage
from vigint_core.analysis.refusals import refusal
from vigint_core.domain.fault import Code
from vigint_core.domain.request_id import REQUEST_ID_HEADER, current_request_id

_API_VERSION = "v1beta"  # documents all that we send; the default changes with the version of the SDK
_LEAST_SERVER_TIMEOUT_S = 10  # Google refuses a shorter X-Server-Timeout with 400; our own clock still ends the call
_CONNECTIONS: Final = httpx2.Limits(max_connections=64, max_keepalive_connections=32, keepalive_expiry=60.0)
_HIGHEST_PORT: Final = 65535
_GOOD_ENDS: Final = frozenset({"", "STOP", "FINISH_REASON_UNSPECIFIED"})
_CUT_ENDS: Final = frozenset({"MAX_TOKENS", "CONTINUATION"})
_BLOCKED_ENDS: Final = frozenset(
    {
        "SAFETY",
        "RECITATION",
        "LANGUAGE",
        "BLOCKLIST",
        "PROHIBITED_CONTENT",
        "SPII",
        "IMAGE_SAFETY",
        "IMAGE_PROHIBITED_CONTENT",
        "IMAGE_RECITATION",
        "MODEL_ARMOR",
        "ESCALATION",
        "PUP_LIMITED_DISABLED",
    }
)


class GenaiSession:
    """A client of the SDK with its connection pool. Used on one event loop."""

    def __init__(self, api_key: str, base_url: str | None) -> None:
        self._closed = False
        # No redirects: the key would go along to whatever host is named there.
        self._http = httpx2.AsyncClient(
            follow_redirects=False,
            event_hooks={"request": [_check_port], "response": [bound_answer]},
            limits=_CONNECTIONS,
        )
        self._client = genai.Client(
            # The environment could switch the SDK to another product with other keys; we never mean that.
            vertexai=False,
            api_key=api_key,
            http_options=types.HttpOptions(
                base_url=base_url,
                api_version=_API_VERSION,
                # No compression, so that the bound on an answer's size is one.
                headers={"Accept-Encoding": "identity"},
                httpx_async_client=self._http,
            ),
        )

    async def ask(self, question: Question) -> tuple[str, Usage | None]:
        """Text and usage record of one answer, within the question's time-out as a whole. Raises AnalysisError."""
        contents, config = _contents(question), _config(question)
        try:
            # The HTTP client's own time-out counts anew with every piece that arrives, so a proxy that sends a byte now
            # and then could hold a look for ever.
            async with asyncio.timeout(question.timeout_s):
                response = await self._client.aio.models.generate_content(
                    model=question.model, contents=[contents], config=config
                )
        except errors.APIError as error:
            raise refusal(error.code, error.details) from None
        except (TimeoutError, httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
            raise self._failure(error) from None
        except RuntimeError as error:
            if not self._closed:
                raise
            raise AnalysisError(Code.PIPELINE_STOPPED, type(error).__name__, usage=None) from None
        return _read(response)

    async def close(self) -> None:
        """Give the connections back; what is under way fails."""
        self._closed = True
        await self._http.aclose()
        self._client.close()

    def _failure(self, error: Exception) -> AnalysisError:
        if self._closed:
            return AnalysisError(Code.PIPELINE_STOPPED, type(error).__name__, usage=None)
        return _failure(error)


async def _check_port(request: httpx2.Request) -> None:
    """Request hook. The HTTP client hands any number to the system, whose OverflowError comes back in a group."""
    if (request.url.port or 0) > _HIGHEST_PORT:
        raise httpx2.InvalidURL("no such port")


def _failure(error: Exception) -> AnalysisError:
    """What an exception of the HTTP client or of the SDK means. Its text is left out: it may quote the key."""
    name = type(error).__name__
    usage = Usage() if isinstance(error, _NEVER_SENT) else None
    meanings: tuple[tuple[tuple[type[Exception], ...], Code], ...] = (
        ((TimeoutError, httpx2.TimeoutException), Code.AI_TIMEOUT),
        # A header that can't be written: the key holds a line break or a letter outside ASCII.
        ((httpx2.LocalProtocolError, UnicodeEncodeError), Code.AI_KEY_INVALID),
        ((httpx2.HTTPError, httpx2.InvalidURL), Code.AI_UNREACHABLE),
        ((json.JSONDecodeError, UnicodeDecodeError, errors.UnknownApiResponseError), Code.AI_NOT_JSON),
        ((ValidationError,), Code.AI_BREAKS_SCHEMA),
    )
    for kinds, code in meanings:
        if isinstance(error, kinds):
            return AnalysisError(code, name, usage=usage)
    # The SDK itself refuses tokens of the Live API before it sends anything; the class is private, hence its name.
    return AnalysisError(Code.AI_KEY_WRONG_KIND if name == "EphemeralTokenAPIKeyError" else Code.INTERNAL, name)


_NEVER_SENT: Final = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
    httpx2.LocalProtocolError,
    httpx2.UnsupportedProtocol,
    httpx2.InvalidURL,
    UnicodeEncodeError,
)
"""Nothing reached the provider, so nothing can be billed."""


def _contents(question: Question) -> types.Content:
    parts = [types.Part(text=question.data)]
    if question.clip is not None:
        video = types.Part(
            inline_data=types.Blob(data=question.clip, mime_type="video/mp4"),
            video_metadata=types.VideoMetadata(fps=question.fps),
        )
        parts.insert(0, video)
    return types.Content(role="user", parts=parts)


def _config(question: Question) -> types.GenerateContentConfig:
    schema = dict(question.schema) if question.schema is not None else None
    return types.GenerateContentConfig(
        system_instruction=question.system,
        max_output_tokens=question.max_output_tokens,
        response_mime_type="application/json" if schema is not None else None,
        response_json_schema=schema,
        media_resolution=_resolution(question.media_resolution),
        thinking_config=types.ThinkingConfig.model_validate(question.thinking) if question.thinking else None,
        automatic_continuation=False,
        automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True),
        http_options=_http_options(question.timeout_s),
    )


def _resolution(wanted: MediaResolution | None) -> types.MediaResolution | None:
    return None if wanted is None else types.MediaResolution(f"MEDIA_RESOLUTION_{wanted.upper()}")


def _http_options(timeout_s: float) -> types.HttpOptions:
    headers = {"X-Server-Timeout": str(max(_LEAST_SERVER_TIMEOUT_S, math.ceil(timeout_s)))}
    if current_request_id():
        headers[REQUEST_ID_HEADER] = current_request_id()
    return types.HttpOptions(
        timeout=max(1, round(timeout_s * 1000)),
        headers=headers,
        retry_options=types.HttpRetryOptions(attempts=1),
    )


def _read(response: types.GenerateContentResponse) -> tuple[str, Usage | None]:
    """Text and token counts of an answer that came with status 200, or the reason why it is none."""
    usage = _usage(response)
    text, ended = _text_and_end(response)
    code: Code | None = None
    if response.prompt_feedback is not None and response.prompt_feedback.block_reason is not None:
        code, ended = Code.AI_BLOCKED, str(response.prompt_feedback.block_reason.value)
    elif ended in _CUT_ENDS:
        code = Code.AI_ANSWER_TRUNCATED
    elif ended in _BLOCKED_ENDS:
        code = Code.AI_BLOCKED
    elif ended not in _GOOD_ENDS or not text.strip():
        code = Code.AI_EMPTY_ANSWER
    if code is not None:
        raise AnalysisError(code, ended, usage=usage)
    return text, usage


def _usage(response: types.GenerateContentResponse) -> Usage | None:
    """The usage record; what the model thought is billed as output. None where the answer has no record."""
    told = response.usage_metadata
    if told is None:
        return None
    thought = _count(told.thoughts_token_count)
    kinds = told.prompt_tokens_details or []
    return Usage(
        total_in=_count(told.prompt_token_count) + _count(told.tool_use_prompt_token_count),
        out=_count(told.candidates_token_count) + thought,
        video=sum(_count(kind.token_count) for kind in kinds if kind.modality in _PICTURES),
        cached=_count(told.cached_content_token_count),
        thought=thought,
    )


def _count(tokens: int | None) -> int:
    return max(tokens or 0, 0)


_PICTURES: Final = (types.MediaModality.VIDEO, types.MediaModality.IMAGE)


def _text_and_end(response: types.GenerateContentResponse) -> tuple[str, str]:
    """The text of the first candidate without its thoughts, and why it ended."""
    if not response.candidates:
        return "", ""
    candidate = response.candidates[0]
    parts = (candidate.content.parts if candidate.content is not None else None) or []
    text = "".join(part.text for part in parts if part.text and not part.thought)
    return text, str(candidate.finish_reason.value) if candidate.finish_reason is not None else ""
