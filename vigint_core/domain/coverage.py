"""What became of a camera's seconds: each is in exactly one state."""

from dataclasses import dataclass
from enum import StrEnum

from vigint_core.domain.fault import Code
from vigint_core.domain.ids import CameraId
from vigint_core.domain.window import Span


class Cover(StrEnum):
    """The state of a second.

    OFF: nobody was meant to look, by hours or mode. OFFLINE: the camera showed nothing, or nothing that can be
    believed. QUIET: somebody looked and the gate was closed. LOCAL_ONLY: movement that plan or budget keep from the AI.
    NOT_LOOKED_AT: what nobody looked at though somebody should have; a reason says why.
    """

    OFF = "off"
    OFFLINE = "offline"
    QUIET = "quiet"
    CLEAR = "clear"
    INCIDENT = "incident"
    VETOED = "vetoed"
    WAITING = "waiting"
    LOCAL_ONLY = "local_only"
    NOT_LOOKED_AT = "not_looked_at"


@dataclass(frozen=True, slots=True)
class CoverRun:
    """Seconds in a row that are in the same state for the same reason.

    Attributes:
        start_s, end_s: whole Unix seconds ``[start_s, end_s)``.
        reason: of OFFLINE (where a fault says) and of NOT_LOOKED_AT (always); of CLEAR and LOCAL_ONLY where the budget
            had something left out (BUDGET_*); else None.
    """

    start_s: int
    end_s: int
    cover: Cover
    reason: Code | None = None

    @property
    def length_s(self) -> int:
        """How many seconds."""
        return self.end_s - self.start_s


@dataclass(frozen=True, slots=True)
class Watch:
    """What a camera was over a stretch of time, before anything is known of windows.

    Attributes:
        span: Unix time; its start is the identity together with camera and cover, its end grows.
        cover: OFF, OFFLINE, QUIET (somebody looked) or NOT_LOOKED_AT.
    """

    camera_id: CameraId
    span: Span
    cover: Cover
    reason: Code | None = None


@dataclass(frozen=True, slots=True)
class CoverageCounted:
    """A camera's seconds of ``[start_s, end_s)`` were counted, perhaps again; ``runs`` are all of them, in order."""

    camera_id: CameraId
    start_s: int
    end_s: int
    runs: tuple[CoverRun, ...]
