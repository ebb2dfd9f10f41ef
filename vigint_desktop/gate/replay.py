"""The gate over a recorded file, as fast as it can be decoded: when would it have been open?"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av
import numpy as np
from av.container import InputContainer
from av.video.stream import VideoStream
from numpy.typing import NDArray

from vigint_core.domain.fault import Code, VigintError
from vigint_core.media.reduce import GreyReducer
from vigint_core.media.video_file import moving_stream, why_hopeless, why_unopenable
from vigint_desktop.gate.motion import GateRule, MotionGate

REPLAY_RULE = GateRule(postroll_s=0.6)

_MOST_POSTROLL_S = 1.0  # longer ones would hide when the movement ended
_EARLY_S = 0.02  # frames do not fall on the grid of looks: one that is this much early is taken
_ASSUMED_FPS = 25  # of a bare stream that has neither times nor a rate


def gate_intervals(file: Path, rule: GateRule = REPLAY_RULE) -> list[tuple[float, float]]:
    """When the gate was open, in seconds from the file's first frame: undelayed, without pre-roll, in order.

    Raises:
        VigintError: CAMERA_NOT_FOUND, CAMERA_EMPTY, CAMERA_TRUNCATED, CAMERA_NOT_VIDEO, CAMERA_NO_VIDEO_STREAM,
            CAMERA_UNSUPPORTED or CAMERA_FAILED (the file may not be read).
        ValueError: the rule has a post-roll of more than 1 s.
    """
    if rule.postroll_s > _MOST_POSTROLL_S:
        raise ValueError(f"a replay takes a post-roll of at most {_MOST_POSTROLL_S:g} s")
    gate = MotionGate(rule)
    states = [(at_s, gate.look(picture, at_s).open) for at_s, picture in looks(file, rule.look_every_s)]
    states.append((states[-1][0] + rule.look_every_s, False))  # the last look holds until the next one was due
    return list(open_intervals(states))


def looks(file: Path, every_s: float) -> Iterator[tuple[float, NDArray[np.uint8]]]:
    """The small grey pictures that the gate would be shown, with their media time; at least one.

    Raises VigintError like ``gate_intervals``. Damaged packets are passed over, as live capture does.
    """
    reducer = GreyReducer()
    next_s = 0.0
    found = False
    for at_s, frame in frames(file):
        found = True
        if at_s >= next_s - _EARLY_S:
            next_s = at_s + every_s
            yield at_s, reducer.grey(frame)
    if not found:
        raise VigintError(Code.CAMERA_NOT_VIDEO, f"{file.name}: no frame could be decoded")


def open_intervals(states: list[tuple[float, bool]]) -> Iterator[tuple[float, float]]:
    """Where looks say open, each from the first of them to the look that says closed; the last look must be closed."""
    opened_s: float | None = None
    for at_s, is_open in states:
        if is_open and opened_s is None:
            opened_s = at_s
        elif not is_open and opened_s is not None:
            yield round(opened_s, 3), round(at_s, 3)
            opened_s = None


def frames(file: Path) -> Iterator[tuple[float, av.VideoFrame]]:
    """Every frame that decodes, with its time since the first one in seconds, never backwards.

    Raises VigintError like ``gate_intervals``, but for a file in which nothing decodes.
    """
    with _opened(file) as container:
        stream = moving_stream(container)
        stream.thread_type = "AUTO"
        step_s = 1 / float(stream.average_rate or _ASSUMED_FPS)
        first_s: float | None = None
        last_s = -step_s
        for frame in _decoded(container, stream):
            read_s = last_s + step_s + (first_s or 0.0) if frame.pts is None else frame.time
            first_s = read_s if first_s is None else first_s
            last_s = max(last_s, read_s - first_s)
            yield last_s, frame


def _decoded(container: InputContainer, stream: VideoStream) -> Iterator[av.VideoFrame]:
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets)
        except (StopIteration, av.FFmpegError):
            return  # the end, or a file that was cut off
        try:
            yield from packet.decode()
        except av.FFmpegError:
            continue


@contextmanager
def _opened(file: Path) -> Iterator[InputContainer]:
    if hopeless := why_hopeless(file):
        raise hopeless
    try:
        container = av.open(str(file), metadata_errors="replace")
    except av.FFmpegError as error:
        raise VigintError(why_unopenable(file), f"{file.name}: {type(error).__name__}") from error
    with container:
        yield container
