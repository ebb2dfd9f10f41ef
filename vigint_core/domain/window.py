"""A window: the seconds of one camera that are judged together, bound to one immutable id."""

from dataclasses import dataclass
from typing import Protocol

from vigint_core.domain.budget import Economy
from vigint_core.domain.frame import Picture
from vigint_core.domain.ids import CameraId, WindowId
from vigint_core.domain.zone import ZoneKind


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time ``[start_s, end_s)`` in seconds; which clock is said by whoever holds it."""

    start_s: float
    end_s: float

    @property
    def length_s(self) -> float:
        """Its length in seconds."""
        return self.end_s - self.start_s


@dataclass(frozen=True, slots=True)
class GateEvidence:
    """What the gate saw in a window.

    Attributes:
        peak_score: highest movement score of the window; 1.0 is the threshold at which the gate opens.
        active_share: share of the looks in the window at which the gate was open, 0 to 1.
    """

    peak_score: float
    active_share: float


@dataclass(frozen=True, slots=True)
class TouchedZone:
    """A watch zone in which something moved."""

    name: str
    kind: ZoneKind | None


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is true of a camera's seconds beside its pictures.

    Attributes:
        is_open: whether the shop is open; None where the owner told no opening hours.
        open_hours: of that day, for people: ``08:00-12:30, 14:00-19:00``; "" where it is closed all day.
        notes: what the owner wants the AI to know; untrusted as every text that is typed.
    """

    is_open: bool | None = None
    open_hours: str = ""
    notes: str = ""


@dataclass(frozen=True, slots=True)
class Window:
    """Seconds of one camera that fall due for a look.

    Attributes:
        span: real start and end, Unix time (wall clock).
        pictures: pictures of the span in order, none twice.
        lead: older pictures that end where ``pictures`` begins; with them they make the longer context of the
            second look.
        due_mono_s: monotonic time at which the window fell due, for ages and time-outs.
        zones: the watch zones in which something moved.
        around: opening hours and the owner's notes.
        economy: what was left out for money when it fell due.
    """

    id: WindowId
    camera_id: CameraId
    camera_name: str
    span: Span
    pictures: tuple[Picture, ...]
    lead: tuple[Picture, ...]
    evidence: GateEvidence
    due_mono_s: float
    zones: tuple[TouchedZone, ...] = ()
    around: Circumstances = Circumstances()
    economy: Economy = Economy.NONE


class WindowClips(Protocol):
    """A window as a judge gets it: H.264 in MP4, at most 640 px, 2 frames a second, no audio.

    Encoded when it is first asked for, so that a judge who looks at nothing costs nothing; asking may raise
    VigintError(PIPELINE_ENCODE_FAILED).
    """

    @property
    def clip(self) -> bytes:
        """The window itself."""

    @property
    def context(self) -> bytes:
        """The window and what came before it; ends with the window. Equal to ``clip`` without a lead."""

    @property
    def context_start_s(self) -> float:
        """Unix time of the first picture of ``context``."""
