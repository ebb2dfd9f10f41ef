"""Files around compressed video: codec parameters kept as bytes, and MP4 made of packets without encoding again."""

import io
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Final

import av
from av.video.stream import VideoStream

from vigint_core.media.packets import TICKS_PER_S, EncodedPacket

TICK: Final = Fraction(1, TICKS_PER_S)
_BITEXACT: Final = {"fflags": "+bitexact"}


class _MemoryFile(io.BytesIO):
    """A file in memory whose bytes outlive its closing.

    The index of an MP4 is moved to the front by reading the file a second time; ``reopen`` serves that reading.
    """

    def close(self) -> None:
        """Keep the bytes."""

    def reopen(self, url: str, flags: int, options: dict[str, str]) -> io.BytesIO:
        """What was written up to now. The arguments are what the library passes; there is only one file."""
        del url, flags, options
        return io.BytesIO(self.getvalue())


def stream_header(stream: VideoStream) -> bytes:
    """The codec parameters of a stream as bytes for ``mp4``; the same parameters give the same bytes.

    NUT keeps them as they are, whatever their layout; its reader insists on one packet and gets a byte.
    """
    file = _MemoryFile()
    with av.open(file, "w", format="nut", container_options=_BITEXACT) as container:
        copy = container.add_stream_from_template(stream, opaque=True)
        packet = av.Packet(b"\0")
        packet.stream, packet.time_base, packet.is_keyframe = copy, TICK, True
        packet.pts = packet.dts = 0
        container.mux(packet)
    return file.getvalue()


def mp4(header: bytes, packets: Sequence[EncodedPacket]) -> bytes:
    """An MP4 of one stream: index first, the first timestamp 0, packets as they are.

    ``packets``: at least one, the first a key frame, ``dts`` rising. Raises av.FFmpegError or ValueError for a codec
    that MP4 can't hold.
    """
    file = _MemoryFile()
    options = {"movflags": "+faststart", **_BITEXACT}
    with (
        av.open(io.BytesIO(header), "r", format="nut") as template,
        av.open(file, "w", format="mp4", container_options=options, io_open=file.reopen) as container,
    ):
        stream = container.add_stream_from_template(template.streams.video[0], opaque=True)
        stream.time_base = TICK
        start, lasts = packets[0].dts, _durations(packets)
        for each, duration in zip(packets, lasts, strict=True):
            packet = av.Packet(each.data)
            packet.stream, packet.time_base, packet.is_keyframe = stream, TICK, each.is_key
            packet.pts, packet.dts, packet.duration = each.pts - start, each.dts - start, duration
            container.mux(packet)
    return file.getvalue()


def _durations(packets: Sequence[EncodedPacket]) -> list[int]:
    """Ticks from each packet to the next; the last one lasts as long as the one before it, a lonely one a second."""
    gaps = [later.dts - earlier.dts for earlier, later in pairwise(packets)]
    return [*gaps, gaps[-1] if gaps else TICKS_PER_S]
