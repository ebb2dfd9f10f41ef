"""``Prefer``: what is understood of it, and what is said to be done."""

import asyncio

import pytest
from starlette.requests import Request

from server.routes.preferences import Preferred, preferred
from server.services.analyses import LONGEST_WAIT_S, Preference


def told(*lines: str) -> Preferred:
    headers = [(b"prefer", line.encode()) for line in lines]
    return asyncio.run(preferred(Request({"type": "http", "headers": headers})))


@pytest.mark.parametrize(
    ("lines", "later", "wait_s", "applied"),
    [
        ((), False, LONGEST_WAIT_S, ""),
        (("respond-async",), True, 0.0, "respond-async"),
        (("Respond-Async, wait=5",), True, 5.0, "respond-async, wait=5"),
        (("respond-async", "wait=5"), True, 5.0, "respond-async, wait=5"),
        (('wait="7"',), False, 7.0, "wait=7"),
        (("wait=3, wait=9",), False, 3.0, "wait=3"),
        (("wait=0",), False, 0.0, "wait=0"),
        (("wait=99999",), False, LONGEST_WAIT_S, f"wait={LONGEST_WAIT_S:.0f}"),
        (("wait=-1",), False, LONGEST_WAIT_S, ""),
        (("wait=soon, return=minimal",), False, LONGEST_WAIT_S, ""),
        (("wait=" + "9" * 400,), False, LONGEST_WAIT_S, ""),
    ],
)
def test_what_is_understood(lines: tuple[str, ...], later: bool, wait_s: float, applied: str) -> None:
    assert told(*lines) == Preferred(Preference(later, wait_s), applied)
