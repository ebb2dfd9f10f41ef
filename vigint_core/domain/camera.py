"""A camera as the owner describes it, and the states its tile can be in."""

from dataclasses import dataclass, field
from enum import StrEnum

from vigint_core.domain.ids import CameraId
from vigint_core.domain.schedule import Hours, Plan
from vigint_core.domain.zone import Scene

USER_HERE = "{user}"
PASSWORD_HERE = "{password}"  # noqa: S105 - where one goes, not one
"""Stand in an address where the camera's maker wants its user and password; filled in when it is opened."""


class SourceKind(StrEnum):
    """How the pictures of a camera are fetched."""

    RTSP = "rtsp"
    MJPEG = "mjpeg"
    FILE = "file"
    USB = "usb"
    DEMO = "demo"


class Transport(StrEnum):
    """How RTSP brings its packets. TCP loses none; UDP is for cameras that know nothing else."""

    TCP = "tcp"
    UDP = "udp"


class Recording(StrEnum):
    """What of a camera is kept on disk, beside the clips of incidents."""

    OFF = "off"
    ON_ACTIVITY = "on_activity"
    CONTINUOUS = "continuous"


class CameraState(StrEnum):
    """What a tile says about its camera, in one word; the fault beside it says why.

    FROZEN: pictures arrive and no pixel of them changes. BLACK: they show nothing. COVERED: the scene changed at once
    and stayed so (covered, turned away, moved). ASLEEP: a camera that is marked as one that sleeps does not answer.
    OFF: outside its hours. STOPPED: taken off the wall.
    """

    CONNECTING = "connecting"
    LIVE = "live"
    STALLED = "stalled"
    FROZEN = "frozen"
    BLACK = "black"
    COVERED = "covered"
    UNAUTHORIZED = "unauthorized"
    UNSUPPORTED = "unsupported"
    FAILED = "failed"
    ASLEEP = "asleep"
    OFF = "off"
    STOPPED = "stopped"

    @property
    def has_picture(self) -> bool:
        """Whether pictures arrive now, be they worth looking at or not."""
        return self in _WITH_PICTURE

    @property
    def rests(self) -> bool:
        """Whether nobody expects pictures now: they are missed by no one."""
        return self in _AT_REST


_WITH_PICTURE = frozenset({CameraState.LIVE, CameraState.FROZEN, CameraState.BLACK, CameraState.COVERED})
_AT_REST = frozenset({CameraState.ASLEEP, CameraState.OFF, CameraState.STOPPED})


@dataclass(frozen=True, slots=True)
class Camera:
    """One camera.

    Attributes:
        id: stable identity; names may change.
        name: what people call it.
        kind: how it is read.
        url: address without credentials (RTSP/HTTP URL, file path, device index or path, demo scene name).
        user: user name for the stream, or ``""``. The password lives in the secret store, never here.
        sub_url: address of a smaller stream of the same picture, or ``""``.
        transport: for RTSP.
        group: what people sort it under, or ``""``.
        sleeps: it is known to be away at times (battery, Wi-Fi); then its absence spoils nobody's state.
        recording: what of it is kept on disk.
        hours: when it is on, every day, or None for always.
        scene: what the owner drew on its picture.
        plan: who looks, and when.
        notes: what the AI is told of it in the owner's words.
    """

    id: CameraId
    name: str
    kind: SourceKind
    url: str
    user: str = ""
    sub_url: str = ""
    transport: Transport = Transport.TCP
    group: str = ""
    sleeps: bool = False
    recording: Recording = Recording.OFF
    hours: Hours | None = None
    scene: Scene = field(default_factory=Scene)
    plan: Plan = field(default_factory=Plan)
    notes: str = ""

    @property
    def is_demo(self) -> bool:
        """Whether the program draws this camera itself; its tile says DEMO."""
        return self.kind is SourceKind.DEMO
