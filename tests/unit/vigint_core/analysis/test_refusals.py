from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigint_core.analysis.refusals import refusal
from vigint_core.domain.fault import Code

SECRET = "AQ.secret-key"


def error(status: str, *details: dict[str, Any], message: str = f"consumer 'api_key:{SECRET}'") -> dict[str, Any]:
    return {"error": {"status": status, "message": message, "details": list(details)}}


def info(reason: str) -> dict[str, Any]:
    return {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason}


def quota(quota_id: str) -> dict[str, Any]:
    return {"@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": [{"quotaId": quota_id}]}


def retry(delay: object) -> dict[str, Any]:
    return {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": delay}


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (302, None, Code.AI_UNREACHABLE),
        (400, error("INVALID_ARGUMENT", info("API_KEY_INVALID")), Code.AI_KEY_INVALID),
        (400, error("FAILED_PRECONDITION"), Code.AI_BILLING),
        (400, error("INVALID_ARGUMENT"), Code.AI_PARAMETER_REFUSED),
        (401, error("UNAUTHENTICATED"), Code.AI_KEY_WRONG_KIND),
        (403, error("PERMISSION_DENIED"), Code.AI_FORBIDDEN),
        (404, error("NOT_FOUND"), Code.AI_MODEL_RETIRED),
        (408, None, Code.AI_TIMEOUT),
        (429, error("RESOURCE_EXHAUSTED", quota("GenerateRequestsPerMinutePerProject")), Code.AI_RATE_LIMITED),
        (429, error("RESOURCE_EXHAUSTED"), Code.AI_RATE_LIMITED),
        (429, error("RESOURCE_EXHAUSTED", quota("RequestsPerDayPerProject-FreeTier")), Code.AI_QUOTA_EXHAUSTED),
        (429, error("RESOURCE_EXHAUSTED", quota("SpendPerMonth")), Code.AI_QUOTA_EXHAUSTED),
        (500, error("INTERNAL"), Code.AI_OVERLOADED),
        (502, "<html>bad gateway</html>", Code.AI_OVERLOADED),
        (503, error("UNAVAILABLE"), Code.AI_OVERLOADED),
        (504, error("DEADLINE_EXCEEDED"), Code.AI_TIMEOUT),
        (413, None, Code.AI_PARAMETER_REFUSED),
    ],
)
def test_every_row_of_the_table_has_its_code(status: int, body: object, code: Code) -> None:
    found = refusal(status, body)
    assert found.code is code
    assert f"HTTP {status}" in found.detail
    assert SECRET not in str(found)


@pytest.mark.parametrize(
    ("delay", "expected"),
    [("17s", 17.0), ("0.25s", 0.25), ("0s", 0.0), ("-5s", None), ("soon", None), (17, None), ("1e9s", None)],
)
def test_the_retry_delay_is_read_or_left_out(delay: object, expected: float | None) -> None:
    assert refusal(429, error("RESOURCE_EXHAUSTED", retry(delay))).retry_after_s == expected


def test_a_body_wrapped_in_a_list_is_understood() -> None:
    assert refusal(400, [error("INVALID_ARGUMENT", info("API_KEY_INVALID"))]).code is Code.AI_KEY_INVALID


def test_free_text_in_the_place_of_a_status_stays_out() -> None:
    assert refusal(400, {"error": {"status": f"no such key {SECRET}"}}).detail == "HTTP 400"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["error", "details", "status", "violations", "@type"]) | st.text(), inner)
    ),
    max_leaves=12,
)


@settings(max_examples=50)
@given(status=st.integers(min_value=300, max_value=599), body=json_values)
def test_any_body_has_a_code(status: int, body: object) -> None:
    assert refusal(status, body).code.startswith("ai.")
