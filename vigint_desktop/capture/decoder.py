"""The decoder of one stream: a context of our own where there is something to leave out, replaced at key frames."""

from typing import Final, cast

import av
from av import Packet
from av.codec.context import CodecContext
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from vigint_core.policy.saving import Decoding, Pictures

_CAN_SKIP_DEBLOCKING: Final = frozenset({"h264"})
"""The others are decoded by the stream's own context, which knows more. H.265 would save 6 %, and lose the pictures
around the key frame at which the decoder is replaced, as its groups are open."""
_MOST_PASSED_OVER: Final = 500
"""Packets without a key frame, after which decoding goes on all the same: there are streams that never send one."""


class Decoder:
    """Makes pictures of the packets of one stream, of all or of some. Used by one thread.

    Deblocking can only be chosen when a context is opened, so a change of it waits for the next key frame, where a new
    context takes over; what the old one still held comes out first. After packets that were passed over, decoding
    begins at a key frame.
    """

    def __init__(self, stream: VideoStream) -> None:
        self._stream = stream
        self._deblocked = True
        self._context: VideoCodecContext = stream.codec_context
        self._passed_over = 0
        _one_thread(self._context)

    def decode(self, packet: "Packet[VideoStream]", decoding: Decoding) -> list[VideoFrame]:
        """The pictures that a packet completes, in order. Raises av.FFmpegError for a damaged packet."""
        if self._passes_over(packet, decoding):
            return []
        held: list[VideoFrame] = []
        if packet.is_keyframe and decoding.deblocked != self._deblocked and self._stream.name in _CAN_SKIP_DEBLOCKING:
            held = self.drain()
            self._deblocked, self._context = decoding.deblocked, self._opened(decoding)
        self._context.skip_frame = "NONREF" if decoding.pictures is Pictures.REFERENCES else "DEFAULT"
        return held + self._context.decode(packet)

    def drain(self) -> list[VideoFrame]:
        """What the decoder still holds, at the end of a stream."""
        try:
            return self._context.decode(None)
        except av.FFmpegError:  # nothing came in since it was opened, or what it holds is damaged
            return []

    def _passes_over(self, packet: "Packet[VideoStream]", decoding: Decoding) -> bool:
        """Whether a packet is left out: wanted by nobody, or no key frame after one that was."""
        if decoding.pictures is Pictures.NONE:
            self._passed_over += 1
            return True
        if not self._passed_over:
            return False
        if not packet.is_keyframe and self._passed_over < _MOST_PASSED_OVER:
            self._passed_over += 1
            return True
        self._passed_over = 0
        self._context.flush_buffers()
        return False

    def _opened(self, decoding: Decoding) -> VideoCodecContext:
        known = self._stream.codec_context
        context = cast("VideoCodecContext", CodecContext.create(known.codec, "r"))
        context.extradata = known.extradata
        if not decoding.deblocked:
            context.options = {"skip_loop_filter": "all"}
        _one_thread(context)
        context.open()
        context.reorder_depth = known.reorder_depth  # found out by probing; a new context would learn it by mistakes
        return context


def _one_thread(context: VideoCodecContext) -> None:
    """The cores are shared by the cameras, not by the frames of one."""
    context.thread_count = 1
    context.thread_type = "NONE"
