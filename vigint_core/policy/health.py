"""Which troubles of a camera are worth a line on the timeline: those that last, each with its true beginning and end.

A trouble is told once it has lasted ``sure_after_s``. What is well again for less than ``join_within_s`` goes on being
the same trouble, so a camera that comes and goes makes one line, and is told although no single absence was long.
"""

from dataclasses import dataclass, replace
from typing import Final

from vigint_core.domain.camera import CameraState
from vigint_core.domain.fault import Code
from vigint_core.domain.window import Span

_AWAY: Final = frozenset({CameraState.STALLED, CameraState.UNAUTHORIZED, CameraState.UNSUPPORTED, CameraState.FAILED})
_SEEN_WRONG: Final = frozenset({CameraState.FROZEN, CameraState.BLACK, CameraState.COVERED})
_NOT_EXPECTED: Final = frozenset({CameraState.OFF, CameraState.ASLEEP, CameraState.STOPPED})


@dataclass(frozen=True, slots=True)
class HealthRule:
    """Seconds: what is told, what is joined, and how often the end of a trouble that goes on is written down."""

    sure_after_s: float = 5.0
    join_within_s: float = 10.0
    refresh_s: float = 10.0


@dataclass(frozen=True, slots=True)
class Sign:
    """How a camera is now, and since when (Unix time)."""

    state: CameraState
    code: Code | None
    since_s: float


@dataclass(frozen=True, slots=True)
class Trouble:
    """A stretch of time in which a camera was not well.

    Attributes:
        well_s: since when it has been well again, or None while it is not.
        told_s: end that was told last, or None before it was told.
    """

    state: CameraState
    code: Code | None
    start_s: float
    well_s: float | None = None
    told_s: float | None = None


@dataclass(frozen=True, slots=True)
class Spell:
    """What is to be told: a trouble's state, cause and span so far; ``closed`` when that is final."""

    state: CameraState
    code: Code | None
    span: Span
    closed: bool


def follow(
    rule: HealthRule, trouble: Trouble | None, sign: Sign, now_s: float
) -> tuple[Trouble | None, tuple[Spell, ...]]:
    """Take into account how the camera is at ``now_s``; call at every change, and twice a second in between."""
    if trouble is not None and _is_other(trouble, sign):
        over = _closed(rule, trouble, min(sign.since_s, now_s) if trouble.well_s is None else trouble.well_s)
        trouble, told = _begun(sign), over
    else:
        trouble, told = _begun(sign) if trouble is None else _gone_on(trouble, sign, now_s), ()
    if trouble is None:
        return None, told
    if trouble.well_s is not None and (now_s - trouble.well_s >= rule.join_within_s or sign.state in _NOT_EXPECTED):
        return None, (*told, *_closed(rule, trouble, trouble.well_s))
    return _told(rule, trouble, now_s, told)


def _is_other(trouble: Trouble, sign: Sign) -> bool:
    """Whether the camera is in trouble of another kind: away and seen wrong are two, and black is not covered."""
    if trouble.state in _AWAY:
        return sign.state in _SEEN_WRONG
    return sign.state in _AWAY or (sign.state in _SEEN_WRONG and sign.state is not trouble.state)


def _begun(sign: Sign) -> Trouble | None:
    is_bad = sign.state in _AWAY or sign.state in _SEEN_WRONG
    return Trouble(sign.state, sign.code, sign.since_s) if is_bad else None


def _gone_on(trouble: Trouble, sign: Sign, now_s: float) -> Trouble:
    if sign.state is CameraState.CONNECTING and trouble.well_s is None:
        return trouble  # nobody knows yet
    if _begun(sign):
        return replace(trouble, state=sign.state, code=sign.code or trouble.code, well_s=None)
    return trouble if trouble.well_s is not None else replace(trouble, well_s=min(sign.since_s, now_s))


def _closed(rule: HealthRule, trouble: Trouble, end_s: float) -> tuple[Spell, ...]:
    """The end of a trouble; nothing of one that was never told and was too short to be."""
    end_s = max(trouble.start_s, end_s)
    if trouble.told_s is None and end_s - trouble.start_s < rule.sure_after_s:
        return ()
    return (Spell(trouble.state, trouble.code, Span(trouble.start_s, end_s), closed=True),)


def _told(
    rule: HealthRule, trouble: Trouble, now_s: float, before: tuple[Spell, ...]
) -> tuple[Trouble, tuple[Spell, ...]]:
    """Tell a trouble once it is sure, then its end now and then, so that a killed run leaves a true one behind."""
    end_s = now_s if trouble.well_s is None else trouble.well_s
    due_s = trouble.start_s + rule.sure_after_s if trouble.told_s is None else trouble.told_s + rule.refresh_s
    if end_s < due_s:
        return trouble, before
    spell = Spell(trouble.state, trouble.code, Span(trouble.start_s, end_s), closed=False)
    return replace(trouble, told_s=end_s), (*before, spell)
