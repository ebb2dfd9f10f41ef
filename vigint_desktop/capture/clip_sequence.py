"""Clips shown one after the other as one film: positions run on from the end of one into the next."""

import io
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

import av
from av import VideoFrame
from av.container import InputContainer

from vigint_core.domain.fault import VigintError
from vigint_core.media.clip import film
from vigint_core.media.packets import PacketCut

MICROSECONDS = 1_000_000


class ClipUnreadableError(Exception):
    """A clip can't be shown; ``reason`` is a key of the text catalogue."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Reel:
    """One clip of a film.

    Attributes:
        source: a file, or packets that are in no file yet.
        wall_s: Unix time of its first picture; 0 where nobody asks.
        skip_s: what is left out at its start, because the reel before shows it.
    """

    source: Path | PacketCut
    wall_s: float = 0.0
    skip_s: float = 0.0


@dataclass(frozen=True, slots=True)
class _Part:
    """One reel, and the stretch of the film that it fills, in seconds."""

    reel: Reel
    start_s: float
    length_s: float


class ClipSequence:
    """Several reels, shown one after the other; one that can't be read is left out.

    Raises ClipUnreadableError where none can be read.
    """

    def __init__(self, reels: Sequence[Reel]) -> None:
        """``reels``: at least one."""
        measured = [(reel, _length_s(reel)) for reel in reels]
        readable = [(reel, length) for reel, length in measured if not isinstance(length, ClipUnreadableError)]
        if not readable:
            raise next(length for _, length in measured if isinstance(length, ClipUnreadableError))
        lengths = [max(0.0, length - reel.skip_s) for reel, length in readable]
        starts = accumulate(lengths[:-1], initial=0.0)
        self._parts = [
            _Part(reel, start, length) for (reel, _), start, length in zip(readable, starts, lengths, strict=True)
        ]

    @property
    def length_s(self) -> float:
        """Length of the film in seconds."""
        return sum(part.length_s for part in self._parts)

    def position_s(self, wall_s: float) -> float:
        """Where in the film a moment is, Unix time; the next there is, where nothing was kept of it."""
        for part in self._parts:
            into_s = wall_s - part.reel.wall_s - part.reel.skip_s
            if into_s < part.length_s:
                return part.start_s + max(0.0, into_s)
        return self.length_s

    def wall_s(self, position_s: float) -> float:
        """Unix time of a position in the film."""
        part = next((each for each in reversed(self._parts) if each.start_s <= position_s), self._parts[0])
        return part.reel.wall_s + part.reel.skip_s + position_s - part.start_s

    def frames(self, from_s: float) -> Iterator[tuple[float, VideoFrame]]:
        """``(position in the film in seconds, picture)`` from a position on; at least the film's last picture."""
        last_start_s = self._parts[-1].start_s
        for part in self._parts:
            if part.start_s + part.length_s > from_s or part.start_s == last_start_s:
                yield from _of_part(part, max(0.0, from_s - part.start_s))


def _of_part(part: _Part, from_s: float) -> Iterator[tuple[float, VideoFrame]]:
    """Pictures of one reel; decoding begins at the key frame before, showing at the picture in force then."""
    start_s, skip_s = part.start_s - part.reel.skip_s, part.reel.skip_s
    before: tuple[float, VideoFrame] | None = None
    for at_s, picture in _decoded(part.reel, from_s + skip_s):
        if at_s <= from_s + skip_s:
            before = (max(part.start_s, start_s + at_s), picture)
            continue
        if before:
            yield before
            before = None
        yield start_s + at_s, picture
    if before:
        yield before


def _length_s(reel: Reel) -> float | ClipUnreadableError:
    """Its length in seconds, or why it can't be read."""
    if isinstance(reel.source, PacketCut):
        return reel.source.packets[-1].at.media_s - reel.source.start.media_s
    try:
        with _opened(reel) as container:
            return (container.duration or 0) / MICROSECONDS
    except av.FFmpegError as error:
        return ClipUnreadableError(_reason(error))


def _decoded(reel: Reel, from_s: float) -> Iterator[tuple[float, VideoFrame]]:
    try:
        with closing(_opened(reel)) as container:
            if from_s > 0:
                container.seek(int(from_s * MICROSECONDS))
            for picture in _pictures(container):
                yield picture.time or 0.0, picture
    except (av.FFmpegError, IndexError) as error:
        raise ClipUnreadableError(_reason(error)) from error


def _opened(reel: Reel) -> InputContainer:
    if isinstance(reel.source, Path):
        return av.open(reel.source, "r")
    try:
        return av.open(io.BytesIO(film(reel.source)), "r")
    except VigintError as error:
        raise ClipUnreadableError("playback.unreadable") from error


def _pictures(container: InputContainer) -> Iterator[VideoFrame]:
    """All pictures that can be decoded: a recording that was torn off costs its last ones only."""
    shown = 0
    for packet in container.demux(video=0):
        try:
            for picture in packet.decode():
                shown += 1
                yield picture
        except av.InvalidDataError:
            if not shown:
                raise


def _reason(error: Exception) -> str:
    return "playback.gone" if isinstance(error, FileNotFoundError) else "playback.unreadable"
