"""Sees what is in a clip: compares its pictures, in order and in time, with reference stills of labelled footage.

The stills are made at run time from a video and the label file beside it. A picture is told by its shape, not by its
brightness (small, grey, normalised), so that re-encoding, another size and colour shifts change nothing. Measured on
the footage: a re-encoded picture is at most 0.05 away from its still, one of another clip of the same room at least
0.27.
"""

import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from numpy.typing import NDArray

_SIZE = (64, 48)
_SAME = 0.15  # root mean square distance up to which two pictures are the same
_STEP_SLACK_S = 0.4  # how far the time between two pictures may be off
_DRIFT_S = 0.5  # how far a run of pictures may get ahead of time or behind it
_LOOP_SLACK_S = 1.0  # the same where a looped file starts over: the reopening costs some time
_LEAST_PICTURES = 6
_LEAST_S = 2.5
_LEAST_KNOWN = 0.6  # share of the pictures that must be known for the scene to be
_MOST_TORN = 0.25  # share of the pictures that may not follow the one before them
_LEAST_OF_ACT = 0.5  # share of the labelled act that must be seen in one run

Stills = NDArray[np.float32]


class Sight(StrEnum):
    """What a clip turned out to be."""

    ACT = "act"
    ORDINARY = "ordinary"
    OTHER_SCENE = "other_scene"
    OUT_OF_ORDER = "out_of_order"
    TOO_SHORT = "too_short"
    UNDECODABLE = "undecodable"


@dataclass(frozen=True, slots=True)
class Testimony:
    """What was seen.

    Attributes:
        span: first and last second of the act in the clip, counted from its first picture; None when there is no act.
        pictures, length_s: of the clip.
    """

    sight: Sight
    pictures: int = 0
    length_s: float = 0.0
    span: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """Stills of one labelled video; ``act`` is where its label says the theft is, or None."""

    times: NDArray[np.float64]
    stills: Stills
    length_s: float
    act: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class _Match:
    """A picture of the clip at ``clip_s`` is the one of reference number ``reference`` at ``at_s``."""

    clip_s: float
    reference: int
    at_s: float


def read_reference(video: Path) -> Reference:
    """Decode a labelled video. The label file stands beside it as ``<name>.labels.json``."""
    labels = json.loads(video.with_name(video.name + ".labels.json").read_text("utf-8"))
    window = labels.get("incident", {}).get("theft_window")
    times, stills = _decode(video.read_bytes())
    return Reference(times, stills, float(labels["duration_s"]), (window[0], window[1]) if window else None)


class Witness:
    """Looks at clips. Stateless, so any thread may ask."""

    def __init__(self, references: Iterable[Reference]) -> None:
        self._references = tuple(references)

    def look(self, clip: bytes) -> Testimony:
        """What the clip shows."""
        try:
            times, stills = _decode(clip)
        except (av.FFmpegError, ValueError, IndexError):
            return Testimony(Sight.UNDECODABLE)
        if not len(times):
            return Testimony(Sight.UNDECODABLE)
        length_s = float(times[-1] - times[0])
        if len(times) < _LEAST_PICTURES or length_s < _LEAST_S:
            return Testimony(Sight.TOO_SHORT, len(times), length_s)
        matches = [self._match(float(at - times[0]), still) for at, still in zip(times, stills, strict=True)]
        sight, span = self._judge(matches)
        return Testimony(sight, len(times), length_s, span)

    def second_of(self, jpeg: bytes) -> float | None:
        """Which second of its reference a single picture shows; None when no reference has it."""
        image = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_GRAYSCALE)
        match = None if image is None else self._match(0.0, _normalised(image))
        return match.at_s if match else None

    def _match(self, clip_s: float, still: NDArray[np.float32]) -> _Match | None:
        best: tuple[float, _Match] | None = None
        for number, reference in enumerate(self._references):
            distances = np.sqrt(np.mean((reference.stills - still) ** 2, axis=1))
            nearest = int(distances.argmin())
            distance = float(distances[nearest])
            if distance < _SAME and (best is None or distance < best[0]):
                best = (distance, _Match(clip_s, number, float(reference.times[nearest])))
        return best[1] if best else None

    def _judge(self, matches: Sequence[_Match | None]) -> tuple[Sight, tuple[float, float] | None]:
        known = [match for match in matches if match is not None]
        if len(known) < _LEAST_KNOWN * len(matches):
            return Sight.OTHER_SCENE, None
        runs = _runs(known)
        torn = sum(not self._starts_over(a[-1], b[0]) for a, b in pairwise(runs))
        if torn > _MOST_TORN * len(known):
            return Sight.OUT_OF_ORDER, None
        span = self._act_span(runs)
        return (Sight.ACT, span) if span else (Sight.ORDINARY, None)

    def _act_span(self, runs: Sequence[Sequence[_Match]]) -> tuple[float, float] | None:
        """Where in the clip enough of an act is seen in one run; the longest one."""
        spans = []
        for run in runs:
            act = self._references[run[0].reference].act
            inside = [match.clip_s for match in run if act and act[0] <= match.at_s <= act[1]]
            if act and inside and inside[-1] - inside[0] >= _LEAST_OF_ACT * (act[1] - act[0]):
                spans.append((inside[0], inside[-1]))
        return max(spans, key=lambda span: span[1] - span[0], default=None)

    def _starts_over(self, a: _Match, b: _Match) -> bool:
        """The reference ended between the two pictures and began again."""
        length_s = self._references[a.reference].length_s
        step_s = b.clip_s - a.clip_s
        return a.reference == b.reference and abs(b.at_s + length_s - a.at_s - step_s) <= _LOOP_SLACK_S


def _runs(known: Sequence[_Match]) -> list[list[_Match]]:
    """The matches, cut wherever the reference does not go on as time does."""
    runs: list[list[_Match]] = []
    for match in known:
        if runs and _goes_on(runs[-1][-1], match, _STEP_SLACK_S) and _goes_on(runs[-1][0], match, _DRIFT_S):
            runs[-1].append(match)
        else:
            runs.append([match])
    return runs


def _goes_on(a: _Match, b: _Match, slack_s: float) -> bool:
    return a.reference == b.reference and abs((b.at_s - a.at_s) - (b.clip_s - a.clip_s)) <= slack_s


def _decode(clip: bytes) -> tuple[NDArray[np.float64], Stills]:
    """Presentation times in seconds, shape (n,), and normalised stills, shape (n, 3072)."""
    times: list[float] = []
    stills: list[NDArray[np.float32]] = []
    with av.open(io.BytesIO(clip), "r") as container:
        for frame in container.decode(container.streams.video[0]):
            if frame.time is None:
                raise ValueError("a picture without a time")
            times.append(frame.time)
            stills.append(_normalised(frame.to_ndarray(format="gray")))
    return np.array(times), np.array(stills, dtype=np.float32)


def _normalised(grey: NDArray[Any]) -> NDArray[np.float32]:
    """Small, and without its brightness and contrast; shape (3072,)."""
    flat = cv2.resize(grey, _SIZE, interpolation=cv2.INTER_AREA).astype(np.float32).ravel()
    return np.asarray((flat - flat.mean()) / (flat.std() + 1e-6), np.float32)
