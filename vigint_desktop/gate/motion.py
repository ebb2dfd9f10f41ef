"""The gate of one camera: is something moving that is worth a look?

Movement is change that goes on. A change that happens once and then stands (a lamp, a key frame, the next second of a
burnt-in clock, an object put down) differs from the past in one step only; a person differs in two steps in a row. So a
cell counts fully when it, or its neighbourhood, changed in two successive steps. Change in one step only counts when it
is large, and a little less: somebody near opens at once, somebody far has to go on for another look. How much is change
is learnt for each cell (its noise), while a share of the texture's gradient (a shaking camera) and of the texture
itself (uneven light) is allowed for.
"""

import math
from collections import deque
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from vigint_desktop.gate.attention import Attention
from vigint_desktop.gate.sketch import (
    Floats,
    Sketch,
    common_power,
    common_slope,
    difference,
    faint,
    shifted_onto,
    sketch,
)
from vigint_desktop.gate.standing import Standing

_STEPS_S = (0.2, 0.4)  # a step of 0.2 s sees who walks, one of 0.4 s who moves slowly
_EARLY_S = 0.05  # looks come irregularly: a step may be this much shorter
_MOST_LOOKS = 16  # remembered
_CLOSEST_S = 0.08  # looks nearer to the last one are not taken: 16 looks must reach back two steps of 0.4 s
_CALM_S = 0.18  # while nothing stirs, and while the gate is open: every other look of ten a second
_ROUGH = (40, 24)  # cells of the rough comparison
_STIRS, _LEAST_STIR = 1.2, 0.5  # more than so many times the usual change, and so many grey levels, is something new
_STIR_SHARE = 0.1
_REST_S = 0.25  # after movement: the gate stays open anyway, and every other look is enough to see it go on
_GAP_S = 3.0  # after a silence this long nothing is known any more

_TIMES_NOISE = 3.0  # change below this many times the noise power is noise
_LEAST_NOISE = 0.8  # squared grey levels of 160 px: what a clean picture still flickers
_SHAKE_PX = 0.25  # px of 160: 3 px of 1080p
_MOVED_PX = 0.5  # px allowed beside it once the picture had to be shifted
_UNEVEN_LIGHT = 0.1  # share of a cell's contrast
_ONE_STEP = 0.9  # worth of a change seen in one step only, against one that goes on
_MANY = 0.01  # share of the cells: change seen in one step only counts from this size on, larger than a clock's
_FEW = 3  # cells: a change that goes on counts from this size on; cells overlap, so 4 px change four of them
_PULSE = 0.4  # share of the cells that changes together when the codec or the sensor did it, not a person
_WIDESPREAD = 0.03  # share of the cells that changed from which a shift of the whole picture is looked for
_REACH = np.ones((5, 5), np.uint8)  # cells a walker gets on in one step: 16 px of 320 around

# The noise of a cell follows the upper third of what it sees, by e-folds a second: up and down while nothing moves,
# and half as fast while something does. The bound keeps a busy aisle from being taken for noise.
_RISE, _FALL = 0.7, 0.3
_SLOWER_WHILE_OPEN = 1 / 2
_HABIT_SHARE, _HABITUAL = 1 / 20, 0.6  # a cell that moves more than this share of some 20 s moves by habit
# Rain makes every look move a little. The upper quarter of the scores of the last minute is the weather, up to a bound
# that somebody who is near exceeds at once; so many times that is no news.
_WETTER, _DRIER, _MOST_WEATHER, _TIMES_WEATHER = 0.05, 0.15, 2.5, 1.5
_UNEVEN_NOISE = 8.0  # no cell is believed to be noisier than this many typical ones


@dataclass(frozen=True, slots=True)
class GateRule:
    """The owner's choice.

    Attributes:
        postroll_s: the gate stays open this long after the last movement.
        sensitivity: above 1 opens on less, below 1 on more; multiplies the score.
        stay_at: score that keeps an open gate open, below the 1.0 that opens it.
        look_every_s: how often whoever owns the stream should call ``look``.
        occupied_s: what stands where movement ended keeps the gate open for at most so long; 0 for never.
    """

    postroll_s: float = 2.0
    sensitivity: float = 1.0
    stay_at: float = 0.8
    look_every_s: float = 0.1
    occupied_s: float = 0.0

    def __post_init__(self) -> None:
        if not (0 <= self.postroll_s <= 60 and self.sensitivity > 0 and 0 < self.stay_at <= 1):
            raise ValueError("a gate needs 0 <= post-roll <= 60, sensitivity > 0, 0 < stay_at <= 1")
        if self.look_every_s <= 0 or self.occupied_s < 0:
            raise ValueError("a gate needs look_every_s > 0, occupied_s >= 0")


@dataclass(frozen=True, slots=True)
class GateState:
    """What one look said.

    Attributes:
        score: movement, 1.0 = the threshold at which the gate opens; 1.0 while the gate does not know yet.
        occupied: nothing moves any more, but something stands where it moved.
        heat: movement of each cell, shape ``(rows, columns)`` over the whole picture, 1.0 = enough where a few cells
            reach it; None while the gate does not know. Not to be written to.
    """

    open: bool
    score: float
    occupied: bool = False
    heat: Floats | None = None


class MotionGate:
    """Tells, look by look, whether something moves. One per camera, used by one thread.

    It is never blind: while it does not know (after the start, a gap, a new picture size) it is open.
    """

    def __init__(self, rule: GateRule, attention: Attention | None = None) -> None:
        self._rule = rule
        self._attention = attention
        self._standing = Standing()
        self._looks: deque[Sketch] = deque(maxlen=_MOST_LOOKS)
        self._steps = tuple(_Step(length_s) for length_s in _STEPS_S)
        self._moved_s = float("-inf")
        self._judged_s = float("-inf")
        self._knows = False
        self._state = GateState(open=True, score=1.0)
        self._rough: Floats | None = None
        self._usual_stir = _LEAST_STIR

    def set(self, rule: GateRule, attention: Attention | None) -> None:
        """Another rule or attention from the next look on; what was learnt stays. Callable from any thread."""
        self._rule, self._attention = rule, attention

    def look(self, grey: NDArray[np.uint8], at_s: float) -> GateState:
        """Take one look into account.

        Args:
            grey: the picture, shape ``(h, w)``, at most 320 px wide (``vigint_core.media.reduce.GreyReducer``).
            at_s: when it was taken, in seconds on a clock that does not run backwards.
        """
        passed_s = at_s - self._looks[-1].at_s if self._looks else 0.0
        if self._looks and 0 <= passed_s < (_CLOSEST_S if self._stirs(grey) else _CALM_S):
            return self._state
        new = sketch(grey, at_s)
        if self._looks and (not 0 <= passed_s <= _GAP_S or self._looks[-1].picture.shape != new.picture.shape):
            self._forget()
        if not self._rests(at_s):
            heat, score = self._score(new, min(at_s - self._judged_s, _GAP_S))
            self._judged_s = at_s
            self._state = self._decide(new, heat, score)
        self._looks.append(new)
        return self._state

    def _stirs(self, grey: NDArray[np.uint8]) -> bool:
        """Whether a look that is not due yet is worth one: only where the gate is closed and something is new at once.

        A rough comparison with the last look, whose usual size is learnt: who walks in is seen a tenth of a second
        earlier, and a calm picture costs no more than at half the rate.
        """
        rough = cv2.resize(grey, _ROUGH, interpolation=cv2.INTER_AREA).astype(np.float32)
        before, self._rough = self._rough, rough
        if before is None or self._state.open or not self._knows:
            return False
        change = np.abs(rough - before)
        stir = float(change.max() - np.median(change))
        usual, self._usual_stir = self._usual_stir, self._usual_stir + _STIR_SHARE * (stir - self._usual_stir)
        return stir > _STIRS * usual + _LEAST_STIR

    def _rests(self, at_s: float) -> bool:
        """Whether something has just moved, so that the gate stays open anyway: the look is only remembered."""
        return at_s - self._moved_s < min(_REST_S, self._rule.postroll_s) and self._state.score >= 1.0 and self._knows

    def _score(self, new: Sketch, passed_s: float) -> tuple[Floats | None, float]:
        weights = self._attention.weights(*new.mean.shape) if self._attention else None
        steps = [step.score(new, self._looks, passed_s, weights, calm=not self._state.open) for step in self._steps]
        known = [found for found in steps if found is not None]
        self._knows = len(known) == len(steps)
        if not known:
            return None, 1.0
        heat = known[0][0] if len(known) == 1 else np.maximum(known[0][0], known[1][0])
        return heat * np.float32(self._rule.sensitivity), max(score for _, score in known) * self._rule.sensitivity

    def _decide(self, new: Sketch, heat: Floats | None, score: float) -> GateState:
        at_s = new.at_s
        if heat is None:
            self._moved_s = at_s
            return GateState(open=True, score=1.0)
        if score >= (self._rule.stay_at if self._state.open else 1.0):
            self._moved_s = at_s
            self._standing.moved(heat)
        is_open = at_s - self._moved_s <= self._rule.postroll_s
        occupied = not is_open and at_s - self._moved_s <= self._rule.occupied_s and self._standing.stands(new)
        if not is_open and not occupied:
            self._standing.rested(new)
        return GateState(is_open or occupied, score, occupied, heat)

    def _forget(self) -> None:
        self._looks.clear()
        for step in self._steps:
            step.forget()
        self._standing.forget()
        self._moved_s = self._judged_s = float("-inf")
        self._knows = False


class _Step:
    """Change over one length of time: learns its noise, remembers where it saw change."""

    def __init__(self, length_s: float) -> None:
        self._least_s = length_s - _EARLY_S
        self._noise: Floats | None = None
        self._habit: Floats | None = None
        self._usual = 0.0
        self._changes: deque[tuple[float, Floats]] = deque(maxlen=_MOST_LOOKS)

    def forget(self) -> None:
        self._noise = self._habit = None
        self._usual = 0.0
        self._changes.clear()

    def score(
        self, new: Sketch, looks: deque[Sketch], passed_s: float, weights: Floats | None, calm: bool
    ) -> tuple[Floats, float] | None:
        """Change of each cell that goes on, and the change that matters, 1.0 = enough to open.

        None while there are no two steps to compare. ``weights`` say where change counts, None everywhere.
        """
        old = next((look for look in reversed(looks) if new.at_s - look.at_s >= self._least_s), None)
        if old is None:
            return None
        change = self._change(new, old, passed_s, calm)
        before = next((seen for at_s, seen in reversed(self._changes) if new.at_s - at_s >= self._least_s), None)
        self._changes.append((new.at_s, change))
        if before is None:
            return None
        goes_on = _going_on(change, before)
        if weights is not None:
            goes_on, change = goes_on * weights, change * weights
        score = max(_ranked(goes_on, _FEW), _ONE_STEP * _exceeded_by(change, _MANY))
        return goes_on, score / self._weather(score, passed_s)

    def _weather(self, score: float, passed_s: float) -> float:
        """By how much movement has to exceed what rain and snow make of every look; at least 1."""
        share_s = min(passed_s, 1.0)
        usual, above = self._usual, score > self._usual
        self._usual = min(max(usual + (_WETTER if above else -_DRIER) * share_s, 0.0), _MOST_WEATHER)
        return max(1.0, _TIMES_WEATHER * usual)

    def _change(self, new: Sketch, old: Sketch, passed_s: float, calm: bool) -> Floats:
        """Change of each cell over what noise, shake and light explain."""
        raw = difference(new, old)
        allowed = _SHAKE_PX**2 * common_slope(new, old) + _UNEVEN_LIGHT**2 * common_power(new, old) + faint(new, old)
        change = self._over_noise(raw, allowed)
        if np.count_nonzero(change > 1) > _WIDESPREAD * change.size and (moved := shifted_onto(new, old)) is not None:
            steady = difference(new, moved)
            change = np.minimum(change, self._over_noise(steady, allowed + _MOVED_PX**2 * common_slope(new, old)))
            raw = np.minimum(raw, steady)
        self._learn(raw, passed_s, calm)
        return change

    def _over_noise(self, raw: Floats, allowed: Floats) -> Floats:
        """A pulse of the whole picture (a key frame, a new gain) changes cells everywhere: it is noise of this look."""
        typical = max(_exceeded_by(_once(raw), _PULSE), _LEAST_NOISE)
        noise = typical if self._noise is None else np.maximum(self._noise, typical)
        return np.asarray(raw / (_TIMES_NOISE * noise + allowed), np.float32)

    def _learn(self, raw: Floats, passed_s: float, calm: bool) -> None:
        if self._noise is None:
            self._noise = np.full_like(raw, max(_exceeded_by(_once(raw), 0.5), _LEAST_NOISE))
        share_s = min(passed_s, 1.0) * (1.0 if calm else _SLOWER_WHILE_OPEN)
        rise, fall = np.float32(math.exp(_RISE * share_s)), np.float32(math.exp(-_FALL * share_s))
        learnt = self._noise * np.where(raw > self._noise, rise, fall)
        most = max(_exceeded_by(_once(learnt), 0.5), _LEAST_NOISE) * _UNEVEN_NOISE
        np.maximum(learnt, np.float32(_LEAST_NOISE), out=learnt)
        self._noise = np.minimum(learnt, self._bound(raw, most, share_s), out=learnt)

    def _bound(self, raw: Floats, most: float, share_s: float) -> Floats:
        """How noisy a cell may be believed to be: without a bound where it moves most of the time, as leaves do."""
        moves = np.asarray(raw > _TIMES_NOISE * most / _UNEVEN_NOISE, np.float32)
        if self._habit is None:
            self._habit = np.zeros_like(raw)
        self._habit += np.float32(share_s * _HABIT_SHARE) * (moves - self._habit)
        return np.where(self._habit > _HABITUAL, np.float32(np.inf), np.float32(most))


def _going_on(change: Floats, before: Floats) -> Floats:
    """Change that was there, or next to there, a step ago too."""
    followed = np.minimum(change, cv2.dilate(before, _REACH))
    followed_by = np.minimum(cv2.dilate(change, _REACH), before)
    return np.maximum(followed, followed_by)


def _once(values: Floats) -> Floats:
    """Every second cell both ways: they overlap by half, and these see every pixel once."""
    return values[::2, ::2]


def _ranked(change: Floats, cells: int) -> float:
    """What at least so many cells reach."""
    flat = change.flatten()
    flat.partition(flat.size - cells)
    return float(flat[-cells])


def _exceeded_by(values: Floats, share: float) -> float:
    """What this share of the cells exceeds."""
    return _ranked(values, max(1, round(share * values.size)))
