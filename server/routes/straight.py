"""Look-ups on the straight way: what every desk asks all the time, answered without FastAPI's router and dependencies.

Those cost more than the whole answer. FastAPI still declares and documents the routes, and can answer them as well: by
the same handler, so that sign-in, limits and words are the same on either way.
"""

import inspect
from collections.abc import Callable, Coroutine, Mapping
from functools import lru_cache
from typing import Any, Final, get_args, get_origin, get_type_hints

from fastapi import Request, Response, params
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.datastructures import QueryParams
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from server.routes.problems import refusal
from vigint_core.domain.fault import VigintError

Handler = Callable[[Request], Coroutine[Any, Any, Response]]
Give = Callable[[Request], Any]
"""Makes an argument of an endpoint. Raises RequestValidationError where the request does not hold what it has to."""
_MOST_QUERIES: Final = 64
"""Good ones that are understood once: desks ask the same thing all the time. Each has at most 32 KiB."""


class LookUps:
    """ASGI layer that answers ``GET`` of some paths itself, inside all other layers, and leaves the rest to the router.

    ``found``: of each path its route, and the handler of that route.
    """

    def __init__(self, app: ASGIApp, found: Mapping[str, tuple[BaseRoute, Handler]]) -> None:
        self._app = app
        self._found = found

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        known = self._found.get(scope["path"]) if scope["type"] == "http" and scope["method"] == "GET" else None
        if known is None:
            await self._app(scope, receive, send)
            return
        scope["route"], handle = known  # by which it is counted
        request = Request(scope, receive)
        try:
            response = await handle(request)
        except (VigintError, RequestValidationError) as error:
            response = await refusal(request, error)
        await response(scope, receive, send)


def straight(endpoint: Callable[..., Any], at_once: Mapping[Any, Give]) -> Handler | None:
    """A handler that calls the endpoint itself, or None where that takes FastAPI.

    It can be called if it is asynchronous, makes its own response, and takes nothing but dependencies of ``at_once``,
    each given by the function beside it, and the query as one flat model.
    """
    hints = get_type_hints(endpoint, include_extras=True)
    made = hints.pop("return", None)
    gives = {name: _give(hint, at_once) for name, hint in hints.items()}
    arguments = [(name, give) for name, give in gives.items() if give is not None]
    if made is not Response or not inspect.iscoroutinefunction(endpoint) or len(arguments) < len(gives):
        return None

    async def answer(request: Request) -> Response:
        response: Response = await endpoint(**{name: give(request) for name, give in arguments})
        return response

    return answer


def _give(hint: Any, at_once: Mapping[Any, Give]) -> Give | None:
    """How an argument is made, or None where only FastAPI knows."""
    kind, *said = get_args(hint) or (None,)
    match said:
        case [params.Depends(dependency=dependency)]:
            return at_once.get(dependency)
        case [params.Query()] if inspect.isclass(kind) and issubclass(kind, BaseModel):
            return _reader(kind)
    return None


def _reader(model: type[BaseModel]) -> Give:
    """Reads a query as FastAPI does: of what is repeated all where the model has a list, else the last."""
    lists = frozenset(name for name, field in model.model_fields.items() if get_origin(field.annotation) is list)

    @lru_cache(_MOST_QUERIES)
    def read(query: bytes) -> BaseModel:
        told: dict[str, Any] = {}
        for name, value in QueryParams(query).multi_items():
            if name in lists:
                told.setdefault(name, []).append(value)
            else:
                told[name] = value
        try:
            return model.model_validate(told)
        except ValidationError as error:
            found = [{**each, "loc": ("query", *each["loc"])} for each in error.errors(include_url=False)]
            raise RequestValidationError(found) from None

    return lambda request: read(request.scope["query_string"])
