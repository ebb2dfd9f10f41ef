"""Every failure that leaves the server has the one form that clients know, whatever the code."""

import json

import pytest

from server.routes.problems import in_words, problem_response
from vigint_core import texts
from vigint_core.domain.fault import Code
from vigint_core.wire import Problem

STATUS = {
    Code.AUTH_MISSING_KEY: 401,
    Code.AUTH_INVALID_KEY: 401,
    Code.AUTH_KEY_EXPIRED: 401,
    Code.AUTH_KEY_IN_ADDRESS: 401,
    Code.AUTH_FORBIDDEN: 403,
    Code.AUTH_TOO_MANY: 429,
    Code.CLIP_TOO_LARGE: 413,
    Code.CLIP_TOO_LONG: 422,
    Code.CLIP_NOT_VIDEO: 422,
    Code.REQUEST_INVALID: 422,
    Code.REQUEST_CONFLICT: 409,
    Code.REQUEST_NOT_FOUND: 404,
    Code.SERVER_BUSY: 503,
    Code.SERVER_STORAGE: 503,
    Code.INTERNAL: 500,
}


@pytest.mark.parametrize("code", list(Code))
def test_every_code_makes_a_problem(code: Code) -> None:
    response = problem_response(code)
    assert response.media_type == "application/problem+json"
    problem = Problem.model_validate_json(bytes(response.body))
    assert problem.code is code
    assert problem.status == response.status_code
    assert (problem.detail, problem.remedy) == (texts.cause("en", code), texts.remedy("en", code))


@pytest.mark.parametrize("code", STATUS)
def test_the_status_of_a_code(code: Code) -> None:
    assert problem_response(code).status_code == STATUS[code]


def test_particulars_are_bounded_and_absent_where_there_are_none() -> None:
    assert "errors" not in json.loads(bytes(problem_response(Code.INTERNAL).body))
    many = problem_response(Code.REQUEST_INVALID, particulars=[f"field {n}" for n in range(1000)])
    assert len(json.loads(bytes(many.body))["errors"]) == 20


def test_a_validation_error_is_told_without_its_value() -> None:
    error = {"loc": ("body", "metadata", 3), "msg": "Input should be 4", "input": "hunter2"}
    assert in_words(error) == "body.metadata.3: Input should be 4"
