"""One file of a recording, written as the packets come: readable at every moment, a plain MP4 once it is closed.

While it grows it is a fragmented MP4 of pieces of at most two seconds; what a killed program leaves behind can be
played up to its last whole piece. Closing writes the index of an ordinary MP4 behind the packets and hides the pieces,
so nothing is copied (docs/adr/0007).
"""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import av
from av.container import OutputContainer

from vigint_core.domain.fault import Code, VigintError
from vigint_core.media.container import BITEXACT, MUX_BUFFER, as_packet, copied_stream
from vigint_core.media.packets import TICKS_PER_S, EncodedPacket, StreamPacket

PIECE_S: Final = 2.0
"""Longest piece, and so about the longest time that a crash can cost."""
_LAYOUT: Final = {
    "movflags": "+frag_keyframe+delay_moov+hybrid_fragmented",
    "frag_duration": str(round(PIECE_S * 1e6)),
    **BITEXACT,
}
_USUAL_GAP: Final = TICKS_PER_S // 25
_MOST_GAP: Final = TICKS_PER_S  # what follows a stall lasts no longer than this


class Segment:
    """Packets of one stream on their way into a file. Used by one thread; ``close`` or ``abandon`` ends it.

    What fails is a VigintError: DISK_FULL, PIPELINE_RECORDING_FAILED (another failure of the disk),
    PIPELINE_CLIP_UNSUPPORTED (packets that MP4 can't hold). The file is abandoned then, and takes no more.

    Attributes:
        file: where.
        first, last: the packets that were added first and last.
        safe: the last packet that is on disk already.
    """

    def __init__(self, file: Path, first: StreamPacket) -> None:
        """Make the file for ``first``, a key frame, and what follows it; folders are made."""
        self.file = file
        self.first = self.last = first
        self.safe: EncodedPacket | None = None
        self._disk: _Disk | None = None
        self._container: OutputContainer | None = None
        with self._failing():
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._disk = _Disk(file)
            self._container = av.open(self._disk, "w", format="mp4", container_options=_LAYOUT, buffer_size=MUX_BUFFER)
            self._stream = copied_stream(self._container, first.origin.header, first.packet, first.origin.parameters)
            self._mux(first.packet, _USUAL_GAP)

    @property
    def size(self) -> int:
        """Bytes of the file now."""
        return self._disk.size if self._disk else 0

    def add(self, each: StreamPacket) -> None:
        """Write the next packet of the same stream."""
        before = self.size
        with self._failing():
            self._mux(each.packet, min(each.packet.dts - self.last.packet.dts, _MOST_GAP))
        if self.size > before:  # the piece that ends before this packet
            self.safe = self.last.packet
        self.last = each

    def close(self) -> None:
        """Turn the file into a plain MP4."""
        with self._failing():
            if self._container is not None:
                self._container.close()
            self._end()
        self.safe = self.last.packet

    def abandon(self) -> None:
        """Leave what can be played of the file, or no file where that is nothing. Raises nothing."""
        if self._disk is not None:
            self._disk.fail()
        if self._container is not None:
            with suppress(OSError, ValueError, av.FFmpegError):  # it still wants to write its end, to nobody
                self._container.close()
        self._end()

    def _mux(self, packet: EncodedPacket, duration: int) -> None:
        if self._container is None:
            raise ValueError("a file that was closed takes no packets")
        self._container.mux(as_packet(packet, self._stream, self.first.packet.pts, duration))

    def _end(self) -> None:
        self._container = None
        if self._disk is not None:
            self._disk.end()

    @contextmanager
    def _failing(self) -> Iterator[None]:
        """Give failures our names, and abandon the file."""
        try:
            yield
        except (av.FFmpegError, ValueError) as error:
            self.abandon()
            raise VigintError(Code.PIPELINE_CLIP_UNSUPPORTED, type(error).__name__) from error
        except OSError as error:
            self.abandon()
            full = error.errno in {errno.ENOSPC, errno.EDQUOT}
            code = Code.DISK_FULL if full else Code.PIPELINE_RECORDING_FAILED
            raise VigintError(code, os.strerror(error.errno) if error.errno else type(error).__name__) from error


class _Disk:
    """The file as the muxer sees it: after a failure it takes everything and writes nothing.

    Attributes:
        size: bytes written.
    """

    def __init__(self, file: Path) -> None:
        self.size = 0
        self._file = file
        self._whole = 0
        self._failed = False
        self._raw = file.open("wb", buffering=0)

    def write(self, data: bytes) -> int:
        """All of it, or an OSError."""
        if self._failed:
            return len(data)
        if data[4:8] == b"moof":
            self._whole = self.size
        rest = memoryview(data)
        try:
            while rest:
                rest = rest[self._raw.write(rest) :]
        except OSError:
            self._failed = True
            raise
        self.size = max(self.size, self._raw.tell())
        return len(data)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Where the next write goes: the index, when the file is closed."""
        return offset if self._failed else self._raw.seek(offset, whence)

    def tell(self) -> int:
        """Where it goes now."""
        return self._raw.tell()

    def fail(self) -> None:
        """Take no more."""
        self._failed = True

    def end(self) -> None:
        """Close the file, or an OSError: some disks say only now what they did not write.

        After a failure its whole pieces alone are kept, and nothing is raised any more.
        """
        if self._raw.closed:
            return
        if not self._failed:
            self._raw.close()
            return
        with suppress(OSError):  # the disk that has just failed; it may take no change at all any more
            self._raw.truncate(self._whole)
        with suppress(OSError):
            self._raw.close()
        with suppress(OSError):
            if not self._whole:
                self._file.unlink(missing_ok=True)
