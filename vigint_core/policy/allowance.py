"""An allowance: so many units in any span of time, shared by several takers who each take a block ahead.

The span is cut into slots. A block belongs to the slot it was taken in and is worthless after it, so that any span of
the rule's length touches at most ``SLOTS + 1`` slots: while those together hold no more than the rule allows, no span
does, whoever spends the units and when. What a taker did not spend it gives back when it comes for more.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import floor
from typing import Final

SLOTS: Final = 20
"""Of one span. The rule is kept exactly, and what can be used for ever is ``SLOTS / (SLOTS + 1)`` of it."""
_SHARE: Final = 10
"""A block is at most this part of the rule, so that few can lie about unspent."""
_LEAVE: Final = 4
"""A block is at most this part of what is left, so that nobody takes the rest from all others at once."""

Tally = Mapping[int, int]
"""What was taken in each slot, by the slot's number."""


@dataclass(frozen=True, slots=True)
class Rule:
    """At most ``most`` units in any ``span_s`` seconds."""

    most: int
    span_s: float

    def slot(self, at_s: float) -> int:
        """The number of the slot that a Unix time lies in."""
        return floor(at_s * SLOTS / self.span_s)

    def begin_s(self, slot: int) -> float:
        """When a slot begins, Unix time."""
        return slot * self.span_s / SLOTS

    def block(self, least: int, recent: int) -> int:
        """How much to ask for who needs ``least`` now and used ``recent`` in the latest slot."""
        return max(least, min(recent, self.most // _SHARE))


@dataclass(frozen=True, slots=True)
class Back:
    """Units of a slot that were not spent."""

    slot: int
    units: int


@dataclass(frozen=True, slots=True)
class Lease:
    """What became of asking for a block.

    Attributes:
        tally: the new account.
        granted: how much was given, at least what was needed; 0 for nothing.
        slot: it is good while this slot lasts.
        left: what the rule would still give.
        wait_s: how long until what was needed is there at the earliest; 0 where it was given.
    """

    tally: Tally
    granted: int
    slot: int
    left: int
    wait_s: float


def lease(rule: Rule, tally: Tally, back: Back | None, needs: tuple[int, int], now_s: float) -> Lease:
    """Give a block where there is enough. ``needs``: the least that helps, not over ``rule.most``, and what is wanted.

    A clock that is behind takes from the latest slot that is written down.
    """
    least, wanted = needs
    now_slot = rule.slot(now_s)
    slot = max([now_slot, *(each for each in tally if each <= now_slot + SLOTS)])
    kept = {each: units for each, units in tally.items() if slot - SLOTS <= each <= slot}
    if back is not None and back.slot in kept:
        kept[back.slot] = max(0, kept[back.slot] - back.units)
    free = rule.most - sum(kept.values())
    if free < least:
        return Lease(kept, 0, slot, max(0, free), max(0.0, _ready_s(rule, kept, least - free) - now_s))
    granted = max(least, min(wanted, free // _LEAVE))
    kept[slot] = kept.get(slot, 0) + granted
    return Lease(kept, granted, slot, free - granted, 0.0)


def _ready_s(rule: Rule, tally: Tally, lacking: int) -> float:
    """When so many units have fallen out of the span, Unix time."""
    last = max(tally, default=0)
    for slot in sorted(tally):
        lacking -= tally[slot]
        if lacking <= 0:
            last = slot
            break
    return rule.begin_s(last + SLOTS + 1)
