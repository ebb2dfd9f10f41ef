"""The skeleton of an MP4 file: its tracks and how many samples they claim, read without a decoder.

A demuxer believes a file's tables and allocates by them: sixteen bytes can claim two thousand million samples. So the
claims are read here first, in a walk that is bounded by the bytes that are really there.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from mmap import mmap
from typing import Final

FileBytes = bytes | mmap
"""A whole file: in memory, or on a disk and read where it is looked at."""
_MOST_BOXES: Final = 4096  # a clip of ours has about 30


class BrokenFileError(ValueError):
    """The bytes are no whole MP4 file; the text says what was found."""


@dataclass(frozen=True, slots=True)
class Track:
    """One track as its tables claim it.

    Attributes:
        handler: four letters: ``vide``, ``soun``, ...
        samples: the largest number of samples that any of its tables claims.
    """

    handler: str
    samples: int


@dataclass(frozen=True, slots=True)
class _Box:
    kind: bytes
    start: int  # of the content, behind the header
    end: int


def read_tracks(file: FileBytes) -> tuple[Track, ...]:
    """The tracks of a plain, whole MP4 file.

    Raises BrokenFileError for anything else: no ``ftyp`` at the start, no index, a box that runs over the end of the
    file, a fragmented file, an index that is packed.
    """
    budget = _Budget()
    top = list(_children(file, _Box(b"file", 0, len(file)), budget))
    if not top or top[0].kind != b"ftyp":
        raise BrokenFileError("does not begin like an MP4 file")
    kinds = {box.kind for box in top}
    if b"moof" in kinds:
        raise BrokenFileError("a fragmented MP4 file")
    if b"moov" not in kinds or b"mdat" not in kinds:
        raise BrokenFileError("an MP4 file without index or data")
    index = next(box for box in top if box.kind == b"moov")
    inside = list(_children(file, index, budget))
    if any(box.kind in {b"cmov", b"mvex"} for box in inside):
        raise BrokenFileError("an MP4 file with a packed or split index")
    return tuple(_read_track(file, box, budget) for box in inside if box.kind == b"trak")


class _Budget:
    """Counts the boxes of one walk, so that a file made of empty boxes ends it."""

    def __init__(self) -> None:
        self._left = _MOST_BOXES

    def spend(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise BrokenFileError(f"more than {_MOST_BOXES} boxes")


def _children(file: FileBytes, parent: _Box, budget: _Budget) -> Iterator[_Box]:
    at = parent.start
    while at < parent.end:
        budget.spend()
        box = _box_at(file, at, parent.end)
        yield box
        at = box.end


def _box_at(file: FileBytes, at: int, limit: int) -> _Box:
    """The box at an offset. Its size is 32 bits, or 64 behind the mark 1; 0 means up to the end."""
    header = 8
    if at + header > limit:
        raise BrokenFileError("a box without a header")
    size = _number(file, at, 4)
    if size == 1:
        header = 16
        size = _number(file, at + 8, 8)
    elif size == 0:
        size = limit - at
    if size < header or at + size > limit:
        raise BrokenFileError("a box that runs over the end of the file")
    return _Box(file[at + 4 : at + 8], at + header, at + size)


def _read_track(file: FileBytes, track: _Box, budget: _Budget) -> Track:
    media = _only(file, track, b"mdia", budget)
    handler = _only(file, media, b"hdlr", budget)
    table = _only(file, _only(file, media, b"minf", budget), b"stbl", budget)
    name = file[handler.start + 8 : handler.start + 12].decode("latin-1")
    return Track(name, max((_claimed(file, box) for box in _children(file, table, budget)), default=0))


def _only(file: FileBytes, parent: _Box, kind: bytes, budget: _Budget) -> _Box:
    found = [box for box in _children(file, parent, budget) if box.kind == kind]
    if len(found) != 1:
        raise BrokenFileError(f"{len(found)} boxes {kind.decode('latin-1')} in {parent.kind.decode('latin-1')}")
    return found[0]


def _claimed(file: FileBytes, table: _Box) -> int:
    """How many samples one table claims; 0 for a table that lists none."""
    if table.kind in {b"stsz", b"stz2"}:
        return _number(file, table.start + 8, 4)
    if table.kind in {b"stts", b"ctts"}:
        entries = min(_number(file, table.start + 4, 4), (table.end - table.start - 8) // 8)
        return sum(_number(file, table.start + 8 + 8 * entry, 4) for entry in range(entries))
    return 0


def _number(file: FileBytes, at: int, size: int) -> int:
    """A big-endian number; what lies behind the end of the file counts as nothing."""
    return int.from_bytes(file[at : at + size], "big")
