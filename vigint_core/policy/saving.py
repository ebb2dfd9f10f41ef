"""What a camera's decoder leaves out: what nobody needs, and what the machine can't keep up with.

The written rule. What nobody needs is never decoded: nothing of a stream that is neither shown nor watched, no
non-reference pictures for the gate alone, no deblocking where a tile of at most half the width is all. When a stream is
worked on late, the machine can't keep up, and the camera *saves*: deblocking and non-reference pictures go first, and
when that is not enough everything up to the next key frame, at the moment at which that one has come already, so that
nothing waits. Cameras that are not on screen do so at half the lateness. Saving ends after a calm time, which doubles
each time it did not last.

Lateness (lag) is how long after its arrival a packet is worked on. All times are on the monotonic clock.
"""

from dataclasses import dataclass, replace
from enum import IntEnum


class Pictures(IntEnum):
    """Which pictures are decoded."""

    ALL = 0
    REFERENCES = 1
    """Without those that no other picture is made from."""
    NONE = 2


@dataclass(frozen=True, slots=True)
class Decoding:
    """What a decoder does.

    Attributes:
        deblocked: the edges between blocks are smoothed, as the codec wants it: a fifth of the work. Without it a
            picture at half its width keeps 38 dB at worst, 44 as a rule: nobody sees that, but the gate does.
    """

    pictures: Pictures = Pictures.ALL
    deblocked: bool = True


NOTHING = Decoding(Pictures.NONE, deblocked=False)


@dataclass(frozen=True, slots=True)
class Need:
    """Who needs a stream.

    Attributes:
        shown: it is on screen.
        watched: the gate and the windows live on it.
        halved: all who need it are people who see it at half its width or less.
        frames_per_s: of the stream; 0.0 where it does not say.
    """

    shown: bool = False
    watched: bool = True
    halved: bool = False
    frames_per_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Waiting:
    """The packet that waits for the decoder.

    Attributes:
        lag_s: how late it is.
        key: whether it is a key frame.
        to_key_s: time of the stream from it to the next key frame, as far as the last two tell; None when unknown.
    """

    lag_s: float
    key: bool
    to_key_s: float | None = None


@dataclass(frozen=True, slots=True)
class SavingRule:
    """Bounds, in seconds; those of lateness are halved for a camera that is not on screen.

    Attributes:
        late_s: more than this is late.
        most_late_s: later than this nothing is decoded up to the next key frame, wherever it is.
        patience_s: this long late, and saving begins.
        grace_s: after the beginning of a stream, when everything starts at once, nobody is told of saving.
        calm_s, most_calm_s: saving ends when nothing was late for so long; doubled up to the latter if it did not last.
        longest_group_s: no key frame is waited for any longer; there are streams without one.
        enough_per_s: frames a second a stream must have for the gate to do without two of three.
    """

    late_s: float = 0.3
    most_late_s: float = 1.5
    patience_s: float = 1.0
    grace_s: float = 5.0
    calm_s: float = 5.0
    most_calm_s: float = 60.0
    longest_group_s: float = 20.0
    enough_per_s: float = 15.0


@dataclass(frozen=True, slots=True)
class SavingState:
    """Where the saving of one stream stands.

    Attributes:
        saving: something is left out that is needed.
        began_s: first packet of the stream.
        late_since_s: since when every packet was late, or None.
        calm_since_s: since when no packet was late, while saving, or None.
        calm_s: the calm time that ends the saving; 0.0 before the first one.
        ended_s: when saving ended last.
        jumped_s: when the wait for the next key frame began, or None while there is none.
    """

    saving: bool = False
    began_s: float | None = None
    late_since_s: float | None = None
    calm_since_s: float | None = None
    calm_s: float = 0.0
    ended_s: float = float("-inf")
    jumped_s: float | None = None


def decide(
    rule: SavingRule, state: SavingState, need: Need, waiting: Waiting, now_s: float
) -> tuple[SavingState, Decoding]:
    """What is done with a packet. To be asked once a packet, in order."""
    if not (need.shown or need.watched):
        return SavingState(began_s=state.began_s), NOTHING
    if state.began_s is None:
        state = replace(state, began_s=now_s)
    share = 1.0 if need.shown else 0.5
    state = _jumping(rule, state, waiting, share, now_s)
    state = _weighed(rule, state, waiting.lag_s > rule.late_s * share, now_s)
    if state.jumped_s is not None:
        return state, NOTHING
    return state, _decoding(rule, need, saving=state.saving)


def _decoding(rule: SavingRule, need: Need, *, saving: bool) -> Decoding:
    spare = saving or (not need.shown and need.frames_per_s >= rule.enough_per_s)
    return Decoding(Pictures.REFERENCES if spare else Pictures.ALL, deblocked=not (saving or need.halved))


def _jumping(rule: SavingRule, state: SavingState, waiting: Waiting, share: float, now_s: float) -> SavingState:
    """Begin to wait for a key frame, or end it: at the newest one that has come, and after a second at any."""
    late = waiting.lag_s > rule.late_s * share
    next_came = waiting.to_key_s is not None and waiting.to_key_s <= waiting.lag_s
    if state.jumped_s is None:
        begins = not waiting.key and ((late and next_came) or waiting.lag_s > rule.most_late_s * share)
        return replace(state, jumped_s=now_s) if begins else state
    waited_s = now_s - state.jumped_s
    over = waiting.key and (not (late and next_came) or waited_s >= rule.patience_s)
    return replace(state, jumped_s=None) if over or waited_s > rule.longest_group_s else state


def _weighed(rule: SavingRule, state: SavingState, late: bool, now_s: float) -> SavingState:
    """Whether the stream saves."""
    if late is (state.late_since_s is None):
        state = replace(state, late_since_s=now_s if late else None)
    if not state.saving:
        return _begun(rule, state, now_s)
    if late or state.jumped_s is not None:
        return replace(state, calm_since_s=None)
    calm_since_s = now_s if state.calm_since_s is None else state.calm_since_s
    if now_s - calm_since_s < state.calm_s:
        return state if calm_since_s == state.calm_since_s else replace(state, calm_since_s=calm_since_s)
    return replace(state, saving=False, calm_since_s=None, ended_s=now_s)


def _begun(rule: SavingRule, state: SavingState, now_s: float) -> SavingState:
    began_s, late_since_s = state.began_s or 0.0, state.late_since_s
    if now_s - began_s < rule.grace_s:
        return state
    sustained = late_since_s is not None and now_s - late_since_s >= rule.patience_s
    if not sustained and state.jumped_s is None:
        return state
    relapsed = now_s - state.ended_s < 2 * state.calm_s
    calm_s = min(state.calm_s * 2, rule.most_calm_s) if relapsed else rule.calm_s
    return replace(state, saving=True, calm_since_s=None, calm_s=calm_s)
