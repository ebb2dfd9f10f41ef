"""The id of a request: made where it begins, and carried through every log, from a desk to the call to the model.

It is no secret and names nobody. Whoever serves a request binds it with ``bound``; whoever logs or asks on for it reads
``current``. Threads and tasks that a request starts through anyio or asyncio see it too.
"""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

REQUEST_ID_HEADER: Final = "X-Request-Id"
MOST_CHARACTERS: Final = 64
_FORM: Final = re.compile(rf"[A-Za-z0-9-]{{1,{MOST_CHARACTERS}}}")
_current: Final[ContextVar[str]] = ContextVar("vigint_request_id", default="")


def new_request_id() -> str:
    """One that nobody else has: 32 hexadecimal digits."""
    return secrets.token_hex(16)


def is_request_id(text: str) -> bool:
    """Whether a stranger's text can stand in a log and a header: letters of ASCII, digits and hyphens, at most 64."""
    return _FORM.fullmatch(text) is not None


def current_request_id() -> str:
    """The id of the request that is worked for now, or "" outside of any."""
    return _current.get()


@contextmanager
def bound_request_id(request_id: str) -> Iterator[None]:
    """Work for this request over the block."""
    before = _current.set(request_id)
    try:
        yield
    finally:
        _current.reset(before)
