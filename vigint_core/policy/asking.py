"""When a desk that hears no events asks for a second look that was not there with the first one."""

from typing import Final

_SOON_S: Final = (2.0, 5.0, 10.0, 20.0)
EVERY_S: Final = 60.0
FIRST_S: Final = _SOON_S[0]
"""Seconds after the suspicion at which it is asked for the first time."""
LONGEST_S: Final = 600.0
"""Who has no answer after so long asks no more: the incident stays unconfirmed."""


def next_s(elapsed_s: float) -> float | None:
    """Seconds after the suspicion at which to ask next, ``elapsed_s`` after it; None: no more."""
    soon = next((at_s for at_s in _SOON_S if at_s > elapsed_s), None)
    if soon is not None:
        return soon
    last_s = _SOON_S[-1]
    later_s = last_s + EVERY_S * ((elapsed_s - last_s) // EVERY_S + 1)
    return later_s if later_s <= LONGEST_S else None
