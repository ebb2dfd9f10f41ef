"""Follows how every camera is, and says which troubles belong into the books and on the timeline. The desk asks it."""

import logging
from collections.abc import Callable
from typing import Final

from vigint_core.domain.camera import CameraState
from vigint_core.domain.fault import Code
from vigint_core.domain.ids import CameraId
from vigint_core.domain.status import CameraHealth, CameraStatus, Event
from vigint_core.policy.health import HealthRule, Sign, Trouble, follow
from vigint_core.ports import EventSink
from vigint_desktop.pipeline.messages import CameraSeen

_log: Final = logging.getLogger(__name__)


class HealthLog:
    """Troubles of all cameras. Used by the desk's thread alone; bounded by the number of cameras."""

    def __init__(self, rule: HealthRule = HealthRule()) -> None:  # noqa: B008 - frozen
        self._rule = rule
        self._signs: dict[CameraId, Sign] = {}
        self._troubles: dict[CameraId, Trouble] = {}
        self._due: dict[tuple[CameraId, float], CameraHealth] = {}
        self._logged: dict[CameraId, tuple[CameraState, Code | None]] = {}

    def note(self, status: CameraStatus, now_s: float) -> None:
        """A camera says how it is."""
        code = status.fault.code if status.fault else None
        self._write_log(status.camera_id, status.state, code)
        self._signs[status.camera_id] = Sign(status.state, code, status.since_s)
        self._follow(status.camera_id, now_s)
        if status.state is CameraState.STOPPED:
            del self._signs[status.camera_id], self._logged[status.camera_id]

    def due(self, now_s: float) -> list[CameraHealth]:
        """What is to be written and told now; asked again until ``done`` says that it was."""
        for camera_id in self._troubles.copy():
            self._follow(camera_id, now_s)
        return list(self._due.values())

    def done(self) -> None:
        """Everything that was due is written."""
        self._due.clear()

    def _write_log(self, camera_id: CameraId, state: CameraState, code: Code | None) -> None:
        """One line a change, for whoever is asked for help; a try that ends as the one before it is none."""
        if state is not CameraState.CONNECTING and self._logged.get(camera_id) != (state, code):
            self._logged[camera_id] = (state, code)
            _log.info("camera %s is %s%s", camera_id, state, f" ({code})" if code else "")

    def _follow(self, camera_id: CameraId, now_s: float) -> None:
        before = self._troubles.pop(camera_id, None)
        trouble, spells = follow(self._rule, before, self._signs[camera_id], now_s)
        if trouble is not None:
            self._troubles[camera_id] = trouble
        for spell in spells:
            told = CameraHealth(camera_id, spell.span, spell.state, spell.code, spell.closed)
            self._due[camera_id, spell.span.start_s] = told


class StatusesHeard:
    """``EventSink`` of the cameras: passes everything on, and tells the desk how they are."""

    def __init__(self, sink: EventSink, tell: Callable[[CameraSeen], None]) -> None:
        self._sink = sink
        self._tell = tell

    def publish(self, event: Event) -> None:
        """As ``EventSink.publish``."""
        self._sink.publish(event)
        if isinstance(event, CameraStatus):
            self._tell(CameraSeen(event))
