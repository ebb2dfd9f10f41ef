"""Whether the pictures that arrive still show what the camera is there to show.

FROZEN: nothing at all changes. A sensor's noise always changes something, but a codec may leave it out: on a quiet
scene it repeats the picture before, to the last bit, until the next key frame encodes afresh what the sensor sees. So
equal pictures count only when key frames lie between them, and it takes two of those and ten seconds: whatever the
distance of the key frames is, an idle scene would have to come out the same afresh, bit by bit, in 57,600 averaged
pixels; noise, light or the codec's own rate control see to it that it does not. A camera that hangs and encodes its
last picture again and again gives a slightly different one right after each key frame: such pictures come back, so one
that was seen lately is not new. Only a few are remembered: a film of some seconds that is played in a loop is no frozen
camera. (At a strictly constant bit rate even one and the same picture comes out differently each time: then nothing can
be said.)

BLACK: hardly any light and no shape in it. At night there is noise, but also something darker and something lighter.

COVERED: what stood still in the view for long (edges that were learnt slowly) is not there any more, nearly all of it,
for longer than anybody stands before a lens by chance. Somebody in the picture hides a part; a lamp moves no edge; the
dark hides all edges, so in the dark nothing is said.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

_FROZEN_AFTER_S: Final = 10.0
_FROZEN_KEYS: Final = 2
_BLACK_AFTER_S: Final = 5.0
_BLACK_LIGHT: Final = 40.0
"""Mean grey of 0 to 255 up to which a picture is dark; black is 16 in most streams."""
_BLACK_SHAPE: Final = 6.0
"""Grey levels between the darkest and the lightest part of a picture without shape."""
_COVERED_AFTER_S: Final = 15.0
_LOST_BELOW: Final = 0.25
_BACK_ABOVE: Final = 0.5
"""Share of the learnt edges still in place; another view keeps a tenth of them by chance."""


class Sight(StrEnum):
    """What there is to say about the pictures."""

    GOOD = "good"
    FROZEN = "frozen"
    BLACK = "black"
    COVERED = "covered"


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a picture in numbers.

    Attributes:
        at_s: monotonic.
        new: whether this very picture was not seen lately.
        keys: key frames that this stream has brought so far.
        light: mean grey, 0 to 255.
        shape: grey levels between the darkest and the lightest part, noise averaged away.
        kept: share of the learnt edges that are in place, or None where that can't be said.
    """

    at_s: float
    new: bool
    keys: int
    light: float
    shape: float
    kept: float | None


@dataclass(frozen=True, slots=True)
class TruthState:
    """What the looks so far came to.

    Attributes:
        sight: what is to be told now; ``since_s``: since when it has been so, monotonic.
        fresh_s, fresh_keys: time and key frames of the last picture that was new.
        black_s, lost_s: since when it is black, and since when the edges are gone; None while they are not.
        seen_s: the last look.
    """

    sight: Sight = Sight.GOOD
    since_s: float = 0.0
    fresh_s: float = 0.0
    fresh_keys: int = 0
    black_s: float | None = None
    lost_s: float | None = None
    seen_s: float | None = None


_GAP_S: Final = 3.0
"""Looks further apart than this have nothing to do with each other: the stream was away."""


def examine(state: TruthState, look: Look) -> TruthState:
    """Take one look into account."""
    if state.seen_s is None or not 0 <= look.at_s - state.seen_s <= _GAP_S:
        state = _begun_again(state, look)
    if look.new:
        state = replace(state, fresh_s=look.at_s, fresh_keys=look.keys)
    state = replace(state, black_s=_black_since(state, look), lost_s=_lost_since(state, look), seen_s=look.at_s)
    sight, since_s = _verdict(state, look)
    return state if sight is state.sight else replace(state, sight=sight, since_s=since_s)


def _begun_again(state: TruthState, look: Look) -> TruthState:
    """After a gap nothing is frozen or black yet; a camera that was covered is so until it shows its view again."""
    lost_s = look.at_s - _COVERED_AFTER_S if state.sight is Sight.COVERED else None
    sight = state.sight if state.sight is Sight.COVERED else Sight.GOOD
    return TruthState(sight, state.since_s, look.at_s, look.keys, lost_s=lost_s)


def _black_since(state: TruthState, look: Look) -> float | None:
    if look.light > _BLACK_LIGHT or look.shape > _BLACK_SHAPE:
        return None
    return look.at_s if state.black_s is None else state.black_s


def _lost_since(state: TruthState, look: Look) -> float | None:
    """A look that can't tell leaves things as they were."""
    if look.kept is None:
        return state.lost_s
    if look.kept < (_LOST_BELOW if state.lost_s is None else _BACK_ABOVE):
        return look.at_s if state.lost_s is None else state.lost_s
    return None


def _verdict(state: TruthState, look: Look) -> tuple[Sight, float]:
    if state.black_s is not None and look.at_s - state.black_s >= _BLACK_AFTER_S:
        return Sight.BLACK, state.black_s
    if look.at_s - state.fresh_s >= _FROZEN_AFTER_S and look.keys - state.fresh_keys >= _FROZEN_KEYS:
        return Sight.FROZEN, state.fresh_s
    if state.lost_s is not None and look.at_s - state.lost_s >= _COVERED_AFTER_S:
        return Sight.COVERED, state.lost_s
    return Sight.GOOD, look.at_s
