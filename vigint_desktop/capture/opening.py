"""Opens a camera of any kind."""

import threading

import av.logging

from vigint_core.domain.camera import Camera, SourceKind
from vigint_core.ports import Clock
from vigint_desktop.capture.demo import DemoReels, open_demo
from vigint_desktop.capture.pyav_source import open_stream
from vigint_desktop.capture.source import Source


class CameraOpener:
    """``Opener`` of the program: demo scenes are drawn, everything else comes through PyAV."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._reels = DemoReels()
        av.logging.set_level(None)  # the library's own log names addresses with their passwords

    def __call__(self, camera: Camera, password: str, interrupt: threading.Event) -> Source:
        """As ``Opener``."""
        if camera.kind is SourceKind.DEMO:
            return open_demo(camera, self._reels, interrupt, self._clock)
        return open_stream(camera, password, interrupt, self._clock)
