"""The clips of an incident as one film: positions run on from the end of one file into the next."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

import av
from av import VideoFrame

MICROSECONDS = 1_000_000


class ClipUnreadableError(Exception):
    """A clip can't be shown; ``reason`` is a key of the text catalogue."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class _Part:
    """One file, and the stretch of the film that it fills, in seconds."""

    file: Path
    start_s: float
    length_s: float


class ClipSequence:
    """Several files, shown one after the other. Raises ClipUnreadableError where one of them can't be read."""

    def __init__(self, files: Sequence[Path]) -> None:
        lengths = [_length_s(file) for file in files]
        starts = accumulate(lengths[:-1], initial=0.0)
        self._parts = [_Part(*each) for each in zip(files, starts, lengths, strict=True)]

    @property
    def length_s(self) -> float:
        """Length of the film in seconds."""
        return sum(part.length_s for part in self._parts)

    def frames(self, from_s: float) -> Iterator[tuple[float, VideoFrame]]:
        """``(position in the film in seconds, picture)`` from a position on; at least the film's last picture."""
        last_start_s = self._parts[-1].start_s
        for part in self._parts:
            if part.start_s + part.length_s > from_s or part.start_s == last_start_s:
                yield from self._of_part(part, from_s - part.start_s)

    def _of_part(self, part: _Part, from_s: float) -> Iterator[tuple[float, VideoFrame]]:
        """Pictures of one file; decoding begins at the key frame before, showing at the picture in force then."""
        before: tuple[float, VideoFrame] | None = None
        for at_s, picture in _decoded(part.file, max(0.0, from_s)):
            if at_s <= from_s:
                before = (part.start_s + at_s, picture)
                continue
            if before:
                yield before
                before = None
            yield part.start_s + at_s, picture
        if before:
            yield before


def _length_s(file: Path) -> float:
    try:
        with av.open(file, "r") as container:
            return (container.duration or 0) / MICROSECONDS
    except av.FFmpegError as error:
        raise ClipUnreadableError(_reason(error)) from error


def _decoded(file: Path, from_s: float) -> Iterator[tuple[float, VideoFrame]]:
    try:
        with closing(av.open(file, "r")) as container:
            if from_s > 0:
                container.seek(int(from_s * MICROSECONDS))
            for picture in container.decode(video=0):
                yield picture.time or 0.0, picture
    except (av.FFmpegError, IndexError) as error:
        raise ClipUnreadableError(_reason(error)) from error


def _reason(error: Exception) -> str:
    return "playback.gone" if isinstance(error, FileNotFoundError) else "playback.unreadable"
