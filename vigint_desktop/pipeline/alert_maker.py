"""Makes the alert clip of an incident out of its own clips: short, small, without what privacy zones cover."""

import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.ids import CameraId, IncidentId
from vigint_core.domain.incident import Incident
from vigint_core.media.clip import keep
from vigint_core.media.redact import Redaction
from vigint_core.media.web import excerpt
from vigint_core.policy.alert_clip import alert_span

_NICE: Final = 10  # of 19: looks, pictures and people come first


class AlertMaker:
    """Used by one thread. A clip lies in the clip folder until it is removed; its name tells when it begins."""

    def __init__(self, folder: Path, redaction: Callable[[CameraId], Redaction | None]) -> None:
        """``redaction``: what a camera's privacy zones cover now, None for a camera that is no longer set up."""
        self._folder = folder
        self._redaction = redaction

    def find(self, incident_id: IncidentId) -> Path | None:
        """The clip that was made before."""
        return next(iter(sorted(self._folder.glob(f"{incident_id}-alert-*.mp4"))), None)

    def make(self, incident: Incident) -> Path:
        """Make and keep it; takes some 0.2 s of one core for each second of 1080p. The same clips give the same bytes.

        Privacy zones are always covered, also where the owner has unlocked exports: this clip leaves the shop by
        itself. Of a camera that is gone nobody knows what to cover, so there is none. Raises VigintError:
        PIPELINE_CLIP_GONE, PIPELINE_ENCODE_FAILED, DISK_FULL, PIPELINE_CLIP_FAILED.
        """
        redaction = self._redaction(incident.camera_id)
        if redaction is None:
            raise VigintError(Code.PIPELINE_CLIP_GONE, "the camera is no longer set up: nobody knows what to cover")
        self.forget(incident.id)
        made = excerpt(self._folder, incident.clips, alert_span(incident), redaction)
        file = self._folder / f"{incident.id}-alert-{round(made.span.start_s * 1000)}.mp4"
        keep(made.data, file)
        return file

    def forget(self, incident_id: IncidentId) -> None:
        """Remove the clip: nobody needs it any more. Its incident's own clips stay."""
        for file in self._folder.glob(f"{incident_id}-alert-*.mp4"):
            file.unlink(missing_ok=True)


def start_of(file: Path) -> float:
    """Unix time of an alert clip's first picture, to the millisecond."""
    return int(file.stem.rpartition("-")[2]) / 1000


def yield_to_others() -> None:
    """Let every other thread work first, from now on; threads that this one starts do so too. Linux alone can.

    The main thread yields to nobody: it draws.
    """
    if sys.platform == "linux" and threading.current_thread() is not threading.main_thread():
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)
