"""Takes out of a text whatever is shaped like a secret of ours: the last net below logs, under both programs."""

import re
from typing import Final

HIDDEN: Final = "***"
SIGN_IN_NAMES: Final = "user|usr|username|password|passwd|pass|pwd|auth|loginuse|loginpas"
"""Parameters by which cameras take a sign-in in an address, joined as a regular expression."""
_NAMES: Final = f"{SIGN_IN_NAMES}|key|api_key|x-api-key|token"
_NOT_A_PLACE: Final = r"(?!\{(?:user|password)\}(?:[&_/\s'\"]|$))"
"""What only says where a secret goes is none (``vigint_core.domain.camera.PASSWORD_HERE``)."""
_SHAPES: Final = (
    (re.compile(r"(?<=://)[^/\s]*@"), f"{HIDDEN}@"),  # sign-in in an address, up to the last @: a password may hold one
    (re.compile(rf"(?i)([?&;](?:{_NAMES})=){_NOT_A_PLACE}[^&\s'\"]+"), rf"\1{HIDDEN}"),
    (
        re.compile(rf"(?i)([/_](?:password|passwd|pwd)=){_NOT_A_PLACE}[^&/\s'\"]+"),
        rf"\1{HIDDEN}",
    ),  # some have it in the path
    (re.compile(r"\bvg_([A-Za-z0-9]+)_[A-Za-z0-9_-]{8,}"), rf"vg_\1_{HIDDEN}"),  # our keys; the id may be seen
    (re.compile(r"(/l/[A-Za-z0-9_-]{8})[A-Za-z0-9_-]{56}(?![A-Za-z0-9_-])"), rf"\1{HIDDEN}"),  # links to incidents
    (re.compile(r"\b(AIza|AQ\.)[A-Za-z0-9_.-]{8,}"), HIDDEN),  # Google's keys
)
_SIGNS: Final = ("=", "://", "vg_", "/l/", "AIza", "AQ.")
"""Each shape has one of them; most texts have none, and every line of a log asks."""


def without_secrets(text: str) -> str:
    """The text with everything that looks like a key, a password or a sign-in replaced by ``***``."""
    if not any(sign in text for sign in _SIGNS):
        return text
    for shape, instead in _SHAPES:
        text = shape.sub(instead, text)
    return text
