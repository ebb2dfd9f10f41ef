"""``Prefer`` (RFC 7240): whether a client waits for its answer, and how long. What is not understood is left aside."""

import re
from dataclasses import dataclass
from typing import Final

from fastapi import Request

from server.services.analyses import LONGEST_WAIT_S, Preference

_WAIT: Final = re.compile(r'wait\s*=\s*"?(\d{1,9})"?')


@dataclass(frozen=True, slots=True)
class Preferred:
    """What a client prefers, and what of it is done, as ``Preference-Applied`` tells it; "" for nothing."""

    preference: Preference
    applied: str


async def preferred(request: Request) -> Preferred:
    """What the request's headers say. A longer wait than the server allows is shortened; the first ``wait`` counts."""
    told = [each.strip().lower() for line in request.headers.getlist("prefer") for each in line.split(",")]
    waits = [int(found[1]) for each in told if (found := _WAIT.fullmatch(each))]
    later = "respond-async" in told
    wait_s = min(float(waits[0]), LONGEST_WAIT_S) if waits else (0.0 if later else LONGEST_WAIT_S)
    applied = ["respond-async"] * later + [f"wait={wait_s:.0f}"] * bool(waits)
    return Preferred(Preference(later, wait_s), ", ".join(applied))
