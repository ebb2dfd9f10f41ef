"""One camera on its way to disk: which packets of its ring are written, into which file, and what was lost."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from vigint_core.domain.camera import Camera
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.window import Span
from vigint_core.media.packets import Origin, StreamPacket
from vigint_core.media.segment import Segment
from vigint_core.policy.recording import RecordingRule, is_full, kept_span, latest_activity
from vigint_desktop.capture.packet_ring import PacketRing

_SILENT_S = 10.0  # without a packet before a file is closed: a camera that is gone is not being recorded
_SET_BACK_S = 60.0  # behind what is written: the clock was set back, and what was written says nothing about now

Place = Callable[[float], Path]
"""The file for a segment that begins at a Unix time."""


@dataclass(slots=True)
class RecordingCounters:
    """What became of a camera's packets that were to be recorded, since the program started.

    Attributes:
        bytes, packets: handed to files.
        segments: files begun.
        lost: packets that should have been written and were not.
    """

    bytes: int = 0
    packets: int = 0
    segments: int = 0
    lost: int = 0


class SegmentWriter:
    """Takes the packets of one camera out of its ring and writes them. Used by the recorder's thread.

    The ring is the queue: what can't be written stays there, and is lost when it leaves the ring unwritten.

    Attributes:
        camera: whose; may be described anew while its ring stays.
        ring: its packets.
        counters: where is counted what was done; shared with the writers that the camera had before.
        safe_s: Unix time of the last picture that is on disk.
    """

    def __init__(
        self, camera: Camera, ring: PacketRing, place: Place, rule: RecordingRule, counters: RecordingCounters
    ) -> None:
        self.camera = camera
        self.ring = ring
        self.counters = counters
        self.safe_s = float("-inf")
        self._place = place
        self._rule = rule
        self._activity: Span | None = None
        self._taken: int | None = None
        self._done_s = float("-inf")
        self._arrived_mono_s = 0.0
        self._segment: Segment | None = None
        self._refused: Origin | None = None

    @property
    def running(self) -> Path | None:
        """The file that is being written, or None while the camera is not recorded."""
        return self._segment.file if self._segment else None

    def note(self, seen: Span, *, closed: bool) -> None:
        """The gate is or was open over a span of Unix time."""
        before = self._activity
        latest = latest_activity(self._rule, before, seen, closed=closed)
        if before and self._owes(before):  # a disk that was slow or full: better the time between them than neither
            latest = Span(min(before.start_s, latest.start_s), latest.end_s)
        self._activity = latest
        if seen.end_s < self._done_s - _SET_BACK_S:
            self._done_s = float("-inf")

    def pump(self, now_mono_s: float) -> None:
        """Write what has arrived and is to be kept.

        Raises VigintError when the disk or the codec refuses; what was not written is taken again the next time.
        """
        wanted = kept_span(self._rule, self.camera.recording, self._activity)
        if wanted is None or wanted.end_s <= self._done_s:
            self.rest()
            return
        if self._taken is None and not self._begin(wanted):
            return
        self._copy(wanted, now_mono_s)
        if self._segment and now_mono_s - self._arrived_mono_s > _SILENT_S:
            self._close()

    def rest(self) -> None:
        """Close the file, if one is open; the next one begins behind it. Raises VigintError."""
        if self._taken is not None:
            self._close()
            self._taken, self._done_s = None, max(self._done_s, self.safe_s)

    def _owes(self, activity: Span) -> bool:
        """Whether not everything of an activity has been written yet."""
        return activity.end_s + self._rule.post_roll_s > self._done_s

    def _begin(self, wanted: Span) -> bool:
        """Find the key frame to begin with: where it is wanted, or where the last recording ended."""
        key = self.ring.key_before(max(wanted.start_s, self._done_s))
        if key:
            self._taken = key - 1
        return key > 0

    def _copy(self, wanted: Span, now_mono_s: float) -> None:
        stretch = self.ring.after(self._taken or 0)
        self.counters.lost += stretch.lost
        if stretch.packets:
            self._arrived_mono_s = now_mono_s
        number = stretch.last - len(stretch.packets)
        for each in stretch.packets:
            if each.packet.at.wall_s >= wanted.end_s:
                self._close()
                self._taken, self._done_s = None, wanted.end_s
                return
            self._write(each)
            number += 1
            self._taken = number

    def _write(self, each: StreamPacket) -> None:
        segment = self._segment
        full = segment and each.packet.is_key and is_full(self._rule, _wall_s(segment.first), _wall_s(each))
        if segment and (full or not each.follows(segment.last)):
            self._close()
        try:
            self._put(each)
        except VigintError as error:
            self._give_up(error, each)
            raise

    def _put(self, each: StreamPacket) -> None:
        if self._segment:
            self._segment.add(each)
        elif each.packet.is_key and each.origin != self._refused:
            self._segment = Segment(self._place(_wall_s(each)), each)
            self.counters.segments += 1
        else:
            self.counters.lost += 1
            return
        self._count(each)

    def _count(self, each: StreamPacket) -> None:
        self.counters.packets += 1
        self.counters.bytes += len(each.packet.data)
        if self._segment and self._segment.safe:
            self.safe_s = self._segment.safe.at.wall_s

    def _close(self) -> None:
        segment, self._segment = self._segment, None
        if segment is None:
            return
        try:
            segment.close()
        except VigintError:
            self._go_back(segment.first)
            raise
        self.safe_s = _wall_s(segment.last)

    def _give_up(self, error: VigintError, each: StreamPacket) -> None:
        """A codec that is refused is not tried again; a disk is."""
        segment, self._segment = self._segment, None
        if error.code is Code.PIPELINE_CLIP_UNSUPPORTED:
            self._refused = each.origin
        else:
            self._go_back(segment.first if segment else each)

    def _go_back(self, first: StreamPacket) -> None:
        """Take again what did not reach the disk: it is still in the ring."""
        self._taken = self.ring.key_before(max(self.safe_s, _wall_s(first))) - 1


def _wall_s(each: StreamPacket) -> float:
    return each.packet.at.wall_s
