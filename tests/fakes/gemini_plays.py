"""What the Gemini stand-in can be told to do instead of judging: every row of the provider's ways to fail."""

import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Play(StrEnum):
    """One way to behave."""

    KEY_INVALID = "key_invalid"
    KEY_WRONG_KIND = "key_wrong_kind"
    BILLING = "billing"
    PARAMETER_REFUSED = "parameter_refused"  # only while the request holds an optional parameter
    BAD_REQUEST = "bad_request"
    FORBIDDEN = "forbidden"
    RETIRED = "retired"
    RATE_LIMITED = "rate_limited"
    QUOTA_EXHAUSTED = "quota_exhausted"
    SPEND_EXHAUSTED = "spend_exhausted"
    INTERNAL = "internal"
    OVERLOADED = "overloaded"
    DEADLINE = "deadline"
    HANG = "hang"
    DROP = "drop"
    CUT = "cut"  # a 200 whose connection ends in the middle of its body
    DRIP = "drip"  # a 200 whose body comes byte by byte
    REDIRECT = "redirect"
    EMPTY = "empty"
    TRUNCATED = "truncated"
    THOUGHT_OUT = "thought_out"  # thinking ate the whole limit: nothing is said, and all of it is billed
    SAFETY = "safety"
    PROMPT_BLOCKED = "prompt_blocked"
    NOT_JSON = "not_json"
    BREAKS_SCHEMA = "breaks_schema"
    BROKEN_ENVELOPE = "broken_envelope"
    VETO = "veto"
    SUSPECT = "suspect"
    WITHOUT_CITATION = "without_citation"
    CACHED = "cached"  # it knew the instructions already
    UNBILLED = "unbilled"  # an answer without a usage record


@dataclass(slots=True)
class _Rule:
    play: Play
    left: int | None
    model: str | None
    look: str | None


class Script:
    """The plays that are due, first come first served. Thread-safe."""

    def __init__(self) -> None:
        self._rules: list[_Rule] = []
        self._lock = threading.Lock()

    def add(self, play: Play, times: int | None = 1, model: str | None = None, look: str | None = None) -> None:
        """Play it for the next ``times`` requests (None: from now on) of that model and look (None: any)."""
        with self._lock:
            self._rules.append(_Rule(play, times, model, look))

    def clear(self) -> None:
        """Go back to judging what is in the clips."""
        with self._lock:
            self._rules.clear()

    def next(self, model: str, look: str) -> Play | None:
        """The play for this request, used up by one."""
        with self._lock:
            for rule in self._rules:
                if rule.model in {None, model} and rule.look in {None, look} and rule.left != 0:
                    if rule.left is not None:
                        rule.left -= 1
                    return rule.play
        return None


def _error(status: int, name: str, message: str, details: Sequence[Mapping[str, object]] = ()) -> tuple[int, bytes]:
    error: dict[str, object] = {"code": status, "message": message, "status": name}
    if details:
        error["details"] = list(details)
    return status, json.dumps({"error": error}).encode()


def bad_request(message: str) -> tuple[int, bytes]:
    """A plain 400."""
    return _error(400, "INVALID_ARGUMENT", message)


def not_found(model: str) -> tuple[int, bytes]:
    """The answer for a model that is retired or misspelt."""
    return _error(404, "NOT_FOUND", f"models/{model} is not found for API version v1beta.")


def no_key() -> tuple[int, bytes]:
    """The answer for a request without a key."""
    return _error(403, "PERMISSION_DENIED", "Method doesn't allow unregistered callers.")


def _info(reason: str) -> Mapping[str, object]:
    kind = "type.googleapis.com/google.rpc.ErrorInfo"
    return {"@type": kind, "reason": reason, "domain": "googleapis.com"}


def _quota(quota_id: str, delay: str | None) -> Sequence[Mapping[str, object]]:
    failure = {"@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": [{"quotaId": quota_id}]}
    if delay is None:
        return [failure]
    return [failure, {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": delay}]


# Messages quote the caller, as the real ones do; none of that may reach our texts.
_TOLD = "consumer 'api_key:{key}'"


def failure(play: Play, model: str, key: str) -> tuple[int, bytes] | None:
    """Status and body of a play that is an error answer; None for one that is not."""
    if play is Play.RETIRED:
        return not_found(model)
    told = _TOLD.format(key=key)
    answers = {
        Play.KEY_INVALID: (400, "INVALID_ARGUMENT", "API key not valid.", [_info("API_KEY_INVALID")]),
        Play.KEY_WRONG_KIND: (401, "UNAUTHENTICATED", told, [_info("CREDENTIALS_MISSING")]),
        Play.BILLING: (400, "FAILED_PRECONDITION", "Please enable billing.", []),
        Play.PARAMETER_REFUSED: (400, "INVALID_ARGUMENT", "Thinking budget is not supported for this model.", []),
        Play.BAD_REQUEST: (400, "INVALID_ARGUMENT", "Request contains an invalid argument.", []),
        Play.FORBIDDEN: (403, "PERMISSION_DENIED", f"Requests from {told} are blocked.", [_info("API_KEY_BLOCKED")]),
        Play.RATE_LIMITED: (429, "RESOURCE_EXHAUSTED", told, _quota("GenerateRequestsPerMinutePerProject", "17.5s")),
        Play.QUOTA_EXHAUSTED: (
            429,
            "RESOURCE_EXHAUSTED",
            told,
            _quota("GenerateRequestsPerDayPerProjectPerModel-FreeTier", "41s"),
        ),
        Play.SPEND_EXHAUSTED: (429, "RESOURCE_EXHAUSTED", told, _quota("SpendPerMonthPerProject", None)),
        Play.INTERNAL: (500, "INTERNAL", "An internal error has occurred.", []),
        Play.OVERLOADED: (503, "UNAVAILABLE", "The model is overloaded. Please try again later.", []),
        Play.DEADLINE: (504, "DEADLINE_EXCEEDED", "Deadline expired before operation could complete.", []),
    }
    return _error(*answers[play]) if play in answers else None
