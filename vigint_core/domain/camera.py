"""A camera as the owner describes it, and the states its tile can be in."""

from dataclasses import dataclass
from enum import StrEnum

from vigint_core.domain.ids import CameraId


class SourceKind(StrEnum):
    """How the pictures of a camera are fetched."""

    RTSP = "rtsp"
    MJPEG = "mjpeg"
    FILE = "file"
    USB = "usb"
    DEMO = "demo"


class CameraState(StrEnum):
    """What a tile says about its camera, in one word; the fault beside it says why."""

    CONNECTING = "connecting"
    LIVE = "live"
    STALLED = "stalled"
    UNAUTHORIZED = "unauthorized"
    FAILED = "failed"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Camera:
    """One camera.

    Attributes:
        id: stable identity; names may change.
        name: what people call it.
        kind: how it is read.
        url: address without credentials (RTSP/HTTP URL, file path, device index or path, demo scene name).
        user: user name for the stream, or ``""``. The password lives in the secret store, never here.
    """

    id: CameraId
    name: str
    kind: SourceKind
    url: str
    user: str = ""

    @property
    def is_demo(self) -> bool:
        """Whether the program draws this camera itself; its tile says DEMO."""
        return self.kind is SourceKind.DEMO
