"""What the provider's refusals mean: from HTTP status and structured error details to our code.

Pure: it reads the decoded JSON body of an error answer and knows no SDK. The provider's free text is never passed on,
because it may quote the key.
"""

import math
import re
from collections.abc import Iterator, Mapping
from typing import Final

from vigint_core.analysis.question import AnalysisError
from vigint_core.domain.fault import Code

_STATUS_CODES: Final[Mapping[int, Code]] = {
    401: Code.AI_KEY_WRONG_KIND,
    403: Code.AI_FORBIDDEN,
    404: Code.AI_MODEL_RETIRED,
    408: Code.AI_TIMEOUT,
    504: Code.AI_TIMEOUT,
}
_LONG_QUOTAS = re.compile(r"per_?day|per_?month|spend|billing", re.IGNORECASE)
_DURATION = re.compile(r"(\d+(?:\.\d+)?)s")
_WORD = re.compile(r"[A-Z][A-Z_]{0,63}")


def refusal(status: int, body: object) -> AnalysisError:
    """The error that an HTTP status other than 200 means. ``body`` is the answer's decoded JSON, if it has any."""
    error = _error(body)
    name = _word(error.get("status"))
    detail = f"HTTP {status} {name}".rstrip()
    if status == 400:
        return _bad_request(name, error, detail)
    if status == 429:
        return _too_much(error, detail)
    if status in _STATUS_CODES:
        return AnalysisError(_STATUS_CODES[status], detail)
    if status < 400:
        return AnalysisError(Code.AI_UNREACHABLE, detail)  # a redirect: this is not the provider's address
    if status >= 500:
        return AnalysisError(Code.AI_OVERLOADED, detail, retry_after_s=_retry_delay_s(error))
    return AnalysisError(Code.AI_PARAMETER_REFUSED, detail)


def _bad_request(name: str, error: Mapping[str, object], detail: str) -> AnalysisError:
    reasons = {_word(item.get("reason")) for item in _details(error, "ErrorInfo")}
    if "API_KEY_INVALID" in reasons:
        return AnalysisError(Code.AI_KEY_INVALID, f"{detail} API_KEY_INVALID")
    if name == "FAILED_PRECONDITION":
        return AnalysisError(Code.AI_BILLING, detail)
    return AnalysisError(Code.AI_PARAMETER_REFUSED, detail)


def _too_much(error: Mapping[str, object], detail: str) -> AnalysisError:
    violations = [v for item in _details(error, "QuotaFailure") for v in _objects(item, "violations")]
    long = any(_LONG_QUOTAS.search(str(v.get("quotaId", ""))) for v in violations)
    code = Code.AI_QUOTA_EXHAUSTED if long else Code.AI_RATE_LIMITED
    return AnalysisError(code, detail, retry_after_s=_retry_delay_s(error))


def _retry_delay_s(error: Mapping[str, object]) -> float | None:
    """The delay the provider asks for, in seconds; None where it names none or nonsense."""
    for item in _details(error, "RetryInfo"):
        found = _DURATION.fullmatch(str(item.get("retryDelay", "")))
        if found and math.isfinite(delay_s := float(found[1])):
            return delay_s
    return None


def _error(body: object) -> Mapping[str, object]:
    """The ``error`` object of a body; some gateways wrap the body into a list, some send no object at all."""
    if isinstance(body, list) and body:
        body = body[0]
    if not isinstance(body, dict):
        return {}
    inner = body.get("error", body)
    return inner if isinstance(inner, dict) else {}


def _details(error: Mapping[str, object], kind: str) -> Iterator[Mapping[str, object]]:
    """The error details whose type is ``google.rpc.<kind>``."""
    return (item for item in _objects(error, "details") if str(item.get("@type", "")).endswith(f".{kind}"))


def _objects(node: Mapping[str, object], key: str) -> Iterator[Mapping[str, object]]:
    items = node.get(key)
    return (item for item in items if isinstance(item, dict)) if isinstance(items, list) else iter(())


def _word(value: object) -> str:
    """An identifier in capitals such as ``NOT_FOUND``, else "": free text stays out."""
    return value if isinstance(value, str) and _WORD.fullmatch(value) else ""
