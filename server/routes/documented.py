"""What every route of the OpenAPI document answers when it fails: the same problems, told once for all of them."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI

from server.routes.problems import DetailedProblem
from vigint_core.domain.request_id import REQUEST_ID_HEADER

_NAME: Final = "Problem"
_EVERYWHERE: Final = (400, 404, 405, 408, 413, 422, 500, 503)
_KEYED: Final = (401, 403, 409, 412, 415, 428, 429, 507)
_METHODS: Final = frozenset({"get", "put", "post", "patch", "delete", "head"})
_MEDIA: Final = "application/problem+json"


def install(app: FastAPI) -> None:
    """Put the problems into the app's document, made when it is first asked for."""
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            _add(plain())
        return plain()

    app.openapi = openapi  # type: ignore[method-assign]  # the way that FastAPI names for it


def _add(document: dict[str, Any]) -> None:
    components = document.setdefault("components", {})
    components.setdefault("schemas", {})[_NAME] = DetailedProblem.model_json_schema(
        ref_template="#/components/schemas/{model}"
    )
    lifted = components["schemas"][_NAME].pop("$defs", {})
    components["schemas"] |= lifted
    for method, operation in _operations(document):
        answers = operation["responses"]
        if "HTTPValidationError" in str(answers.get("422")):
            del answers["422"]  # FastAPI's own, which no route of ours answers
        for status in (*_EVERYWHERE, *(_KEYED if operation.get("security") else ())):
            _tell(answers, status, method)
    for unused in ("HTTPValidationError", "ValidationError"):
        components["schemas"].pop(unused, None)


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for item in document["paths"].values():
        for method, operation in item.items():
            if method in _METHODS:
                yield method, operation


def _tell(answers: dict[str, Any], status: int, method: str) -> None:
    """Add one status, beside what the route itself says of it."""
    told = answers.setdefault(str(status), {"description": HTTPStatus(status).phrase})
    told.setdefault("headers", {})[REQUEST_ID_HEADER] = {"schema": {"type": "string"}}
    if method != "head":
        told.setdefault("content", {})[_MEDIA] = {"schema": {"$ref": f"#/components/schemas/{_NAME}"}}
