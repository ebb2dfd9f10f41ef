"""Open a camera once and say what was found: what stands behind the Test button, and behind ``doctor``."""

import threading
from typing import Final

from vigint_core.domain.camera import Camera
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.status import CheckResult
from vigint_core.ports import Clock
from vigint_desktop.capture.opening import CameraOpener
from vigint_desktop.capture.source import DecodedFrame, Opener, Source, arrivals

_PATIENCE_S: Final = 8.0
"""For the first picture after the stream was opened; some cameras send a key frame every 5 s only."""

Facts = list[tuple[str, dict[str, str]]]


def check_camera(
    check_id: str, camera: Camera, password: str, clock: Clock, opener: Opener | None = None
) -> CheckResult:
    """Open a camera, wait for one picture, and close it again; blocks for at most some 16 s.

    The facts are, as far as it got: connected, signed in, what the stream is, how long the first picture took.
    """
    facts: Facts = []
    began_s = clock.monotonic()
    try:
        source = (opener or CameraOpener(clock))(camera, password, threading.Event())
        try:
            facts.append(("camera.connected", {"name": camera.name}))
            if camera.user or password:
                facts.append(("camera.signed_in", {"user": camera.user}))
            first = _first_frame(source, clock)
            facts += _described(source, first, clock.monotonic() - began_s)
            warning = source.facts.warning
        finally:
            source.close()
    except VigintError as error:
        return CheckResult(check_id, ok=False, facts=tuple(facts), code=error.code, detail=error.detail)
    return CheckResult(check_id, ok=warning is None, facts=tuple(facts), code=warning)


def _first_frame(source: Source, clock: Clock) -> DecodedFrame:
    """Raises VigintError: what the source raises, CAMERA_LOST when it ends, CAMERA_SILENT when nothing can be seen."""
    end_s = clock.monotonic() + _PATIENCE_S
    for arrival in arrivals(source):
        if arrival.frames:
            return arrival.frames[0]
        if clock.monotonic() > end_s:
            raise VigintError(Code.CAMERA_SILENT, "packets, but no picture")
    raise VigintError(Code.CAMERA_LOST, "the stream ended before its first picture")


def _described(source: Source, first: DecodedFrame, elapsed_s: float) -> Facts:
    size = {"width": str(first.picture.width), "height": str(first.picture.height)}
    facts: Facts = [("camera.stream", {"codec": source.facts.codec.upper(), **size})]
    if source.facts.frames_per_s:
        facts.append(("camera.rate", {"rate": f"{source.facts.frames_per_s:.3g}"}))
    facts.append(("camera.first_picture", {"ms": f"{elapsed_s * 1000:.0f}"}))
    return facts
