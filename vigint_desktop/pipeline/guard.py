"""Cameras that are lost or covered while the rules are armed. The desk asks it."""

from collections.abc import Iterable, Sequence
from typing import Final

from vigint_core.domain.camera import Camera, CameraState
from vigint_core.domain.ids import CameraId
from vigint_core.domain.status import CameraHealth, CameraStatus
from vigint_core.domain.window import Span
from vigint_core.policy.rules import RuleKind
from vigint_core.policy.schedule import stance
from vigint_desktop.pipeline.messages import RuleBroken

_KINDS: Final = {
    CameraState.STALLED: RuleKind.LOST,
    CameraState.FAILED: RuleKind.LOST,
    CameraState.UNAUTHORIZED: RuleKind.LOST,
    CameraState.FROZEN: RuleKind.COVERED,
    CameraState.BLACK: RuleKind.COVERED,
    CameraState.COVERED: RuleKind.COVERED,
}
"""A picture that stands still or is black shows as little as one that is covered."""


class Guard:
    """Follows which cameras were seen well, and whose troubles are an alarm. Used by the desk's thread alone."""

    def __init__(self) -> None:
        self._cameras: dict[CameraId, Camera] = {}
        self._seen_well: set[CameraId] = set()
        self._told: dict[CameraId, float] = {}  # when the trouble that was told last began

    def arranged(self, cameras: Iterable[Camera]) -> None:
        """These cameras are on the wall."""
        self._cameras = {camera.id: camera for camera in cameras}
        self._seen_well &= self._cameras.keys()

    def note(self, status: CameraStatus) -> None:
        """A camera says how it is: only one that was live can be lost."""
        if status.state is CameraState.LIVE:
            self._seen_well.add(status.camera_id)

    def alarms(self, troubles: Sequence[CameraHealth], wall_s: float, mono_s: float) -> list[RuleBroken]:
        """What is to be told of troubles that have lasted long enough to be on the timeline.

        ``wall_s``: Unix time, by which the plan goes; ``mono_s``: the same moment on the monotonic clock.
        """
        return [self._alarm(trouble, wall_s, mono_s) for trouble in troubles if self._is_new(trouble, wall_s)]

    def _is_new(self, trouble: CameraHealth, wall_s: float) -> bool:
        camera = self._cameras.get(trouble.camera_id)
        if camera is None or trouble.closed or trouble.state not in _KINDS or camera.id not in self._seen_well:
            return False
        return stance(camera.plan, wall_s).rules and self._told.get(camera.id) != trouble.span.start_s

    def _alarm(self, trouble: CameraHealth, wall_s: float, mono_s: float) -> RuleBroken:
        self._told[trouble.camera_id] = trouble.span.start_s
        lasted_s = wall_s - trouble.span.start_s
        return RuleBroken(
            camera_id=trouble.camera_id,
            camera_name=self._cameras[trouble.camera_id].name,
            kind=_KINDS[trouble.state],
            place="",
            span=Span(trouble.span.start_s, wall_s),
            mono_span=Span(mono_s - lasted_s, mono_s),
        )
