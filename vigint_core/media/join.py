"""Clips of one camera, made by one encoder, as one film: packets are copied, nothing is encoded.

Each picture stands in the film when it was taken: what lies between two clips is the first one's last picture, and of
two that overlap the later one counts.
"""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import av
from av.container import InputContainer

from vigint_core.domain.fault import Code, VigintError
from vigint_core.media.container import mp4, stream_header
from vigint_core.media.packets import NOWHERE, TICKS_PER_S, EncodedPacket


@dataclass(frozen=True, slots=True)
class Piece:
    """A clip, and the Unix time of its first picture."""

    start_s: float
    clip: bytes


@dataclass(frozen=True, slots=True)
class _Opened:
    start_s: float
    header: bytes
    packets: Sequence[EncodedPacket]


def joined(pieces: Sequence[Piece]) -> Piece:
    """One film of the last clip and of those before it, back to the first that does not fit to it.

    ``pieces``: MP4 files with a track of video each, in the order of their starts, at least one. One does not fit that
    another encoder made. Raises VigintError(PIPELINE_ENCODE_FAILED) where the last one can't be read or nothing joined.
    """
    try:
        last = _opened(pieces[-1])
        film = list(last.packets)
        start_s = last.start_s
        for piece in reversed(pieces[:-1]):
            earlier = _opened(piece)
            if earlier.header != last.header:
                break
            ahead = round((start_s - earlier.start_s) * TICKS_PER_S)
            before = [packet for packet in earlier.packets if packet.pts < ahead]
            if not before:
                break
            film = [*before, *(_moved(packet, ahead) for packet in film)]
            start_s = earlier.start_s
        return Piece(start_s, mp4(last.header, list(_in_order(film))))
    except (av.FFmpegError, ValueError, IndexError) as error:
        raise VigintError(Code.PIPELINE_ENCODE_FAILED, type(error).__name__) from error


def _opened(piece: Piece) -> _Opened:
    with av.open(io.BytesIO(piece.clip), "r", format="mp4") as container:
        return _Opened(piece.start_s, stream_header(container.streams.video[0]), tuple(_packets(container)))


def _packets(container: InputContainer) -> Iterator[EncodedPacket]:
    """The packets of a film; its first picture is at 0."""
    first: int | None = None
    for packet in container.demux(video=0):
        if packet.pts is None or packet.dts is None or packet.time_base is None:
            continue  # the end of the film
        pts, dts = (round(at * packet.time_base * TICKS_PER_S) for at in (packet.pts, packet.dts))
        first = pts if first is None else first
        yield EncodedPacket(bytes(packet), pts - first, dts - first, packet.is_keyframe, NOWHERE)


def _moved(packet: EncodedPacket, by: int) -> EncodedPacket:
    return replace(packet, pts=packet.pts + by, dts=packet.dts + by)


def _in_order(film: Sequence[EncodedPacket]) -> Iterator[EncodedPacket]:
    """The packets with ``dts`` rising, also where a clip begins to be decoded before the one before it is shown."""
    last: int | None = None
    for packet in film:
        dts = packet.dts if last is None else max(packet.dts, last + 1)
        if dts > packet.pts:
            raise ValueError("a picture is decoded after it is shown")
        last = dts
        yield replace(packet, dts=dts)
