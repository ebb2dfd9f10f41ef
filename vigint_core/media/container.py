"""Packets into files: a stream's parameters as bytes, and MP4 made in memory without encoding anything.

The index stands in front of the packets, as browsers want it. Its room is left free before the first packet is written,
so that nothing has to be moved afterwards: 30 s of 1080p at 4 Mbit/s take some 10 ms.
"""

import io
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from statistics import median_low
from typing import Final

import av
from av import Packet
from av.container import OutputContainer
from av.stream import Stream
from av.video.stream import VideoStream

from vigint_core.media.packets import TICKS_PER_S, EncodedPacket
from vigint_core.media.parameters import parameter_sets

TICK: Final = Fraction(1, TICKS_PER_S)
BITEXACT: Final = {"fflags": "+bitexact"}
MUX_BUFFER: Final = 1024 * 1024
"""Bytes that the library collects before it hands them over: 32 KiB, its own choice, takes four times as long."""
_INDEX_BASE: Final = 2048  # bytes of an index without its tables: some 700 are used
_INDEX_PER_PACKET: Final = 48  # its entries in all tables: time 8, offset 8, size 4, chunk 16, key 4; less as a rule
_MP4_TAGS: Final = {"hevc": "hvc1"}
"""What a track is called where MP4 knows two names: Apple's players take H.265 only under this one."""


class _MemoryFile(io.BytesIO):
    """A file in memory whose bytes outlive its closing."""

    def close(self) -> None:
        """Keep the bytes."""


def stream_header(stream: VideoStream) -> bytes:
    """The codec parameters of a stream as bytes for ``mp4``; the same parameters give the same bytes.

    NUT keeps them as they are, whatever their layout; its reader insists on one packet and gets a byte.
    """
    file = _MemoryFile()
    with av.open(file, "w", format="nut", container_options=BITEXACT) as container:
        copy = container.add_stream_from_template(stream, opaque=True)
        packet = av.Packet(b"\0")
        packet.stream, packet.time_base, packet.is_keyframe = copy, TICK, True
        packet.pts = packet.dts = 0
        container.mux(packet)
    return file.getvalue()


def mp4(header: bytes, packets: Sequence[EncodedPacket], parameters: bytes = b"") -> bytes:
    """An MP4 of one stream: index first, packets as they are, the first picture at 0.

    ``packets``: at least one, the first a key frame, ``dts`` rising. Pictures that are shown in another order than they
    are decoded keep their places: the first ``dts`` lies before 0 then, and an edit list says where the film begins.
    ``parameters``: as in ``PacketCut``. Raises av.FFmpegError or ValueError for a codec that MP4 can't hold.
    """
    file = _MemoryFile()
    room = _INDEX_BASE + 2 * (len(header) + len(parameters)) + _INDEX_PER_PACKET * len(packets)
    options = {"moov_size": str(room), **BITEXACT}
    with av.open(file, "w", format="mp4", container_options=options, buffer_size=MUX_BUFFER) as container:
        stream = copied_stream(container, header, packets[0], parameters)
        start = packets[0].pts
        for each, duration in zip(packets, durations(packets), strict=True):
            container.mux(as_packet(each, stream, start, duration))
    return file.getvalue()


def copied_stream(container: OutputContainer, header: bytes, first: EncodedPacket, parameters: bytes) -> VideoStream:
    """A track for packets of the stream that ``header`` describes.

    Where ``parameters`` are not those that were announced, ``first`` tells what the pictures are like now.
    """
    with av.open(io.BytesIO(header), "r", format="nut") as file:
        announced = file.streams.video[0]
        context = announced.codec_context
        known = parameter_sets(context.name, context.extradata or b"")
        if parameters and parameters != known:
            return _stream_of_first(container, context.name, parameters + first.data)
        return _add(container, announced)


def as_packet(each: EncodedPacket, stream: VideoStream, start: int, duration: int) -> "Packet[Stream]":
    """The packet as the library wants it, ``start`` ticks earlier."""
    packet = Packet(each.data)
    packet.stream, packet.time_base, packet.is_keyframe = stream, TICK, each.is_key
    packet.pts, packet.dts, packet.duration = each.pts - start, each.dts - start, duration
    return packet


def durations(packets: Sequence[EncodedPacket]) -> list[int]:
    """Ticks from each packet to the next; the last one lasts as long as is usual here, a lonely one a second."""
    gaps = [later.dts - earlier.dts for earlier, later in pairwise(packets)]
    return [*gaps, median_low(gaps) if gaps else TICKS_PER_S]


def _stream_of_first(container: OutputContainer, codec: str, data: bytes) -> VideoStream:
    """A track like the stream that begins with ``data``, a key frame behind its parameters."""
    with av.open(io.BytesIO(data), "r", format=codec) as file:
        return _add(container, file.streams.video[0])


def _add(container: OutputContainer, template: VideoStream) -> VideoStream:
    stream = container.add_stream_from_template(template, opaque=True)
    stream.time_base = TICK
    tag = _MP4_TAGS.get(template.codec_context.name)
    if tag:
        stream.codec_context.codec_tag = tag
    return stream
