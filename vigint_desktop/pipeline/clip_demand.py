"""Which seconds of an incident the clip writer has been asked for: each once, from a little before the first on."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from vigint_core.domain.ids import IncidentId
from vigint_core.domain.incident import Incident
from vigint_core.domain.window import Span
from vigint_desktop.pipeline.messages import CutRequest

_LEAD_S: Final = 3.0
"""Seconds of a clip before what it is about."""


class Files(Protocol):
    """Who keeps the pictures of an incident."""

    def request(self, wanted: CutRequest) -> None:
        """Cut and write soon, before the ring rolls over it. Never blocks."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """Up to which monotonic second clips of an incident were asked for, and how many."""

    end_s: float
    clips: int


class ClipDemand:
    """What was asked for of each incident; the desk forgets those that can't grow any more."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._asked: dict[IncidentId, _Asked] = {}

    def ask(self, incident: Incident, span: Span, still: bytes) -> None:
        """Ask for monotonic seconds of its camera: only for what no clip of the incident holds yet."""
        asked = self._asked.get(incident.id, _Asked(float("-inf"), last_clip_number(incident)))
        start_s = max(span.start_s - _LEAD_S, asked.end_s)
        if start_s >= span.end_s:
            return
        self._asked[incident.id] = _Asked(span.end_s, asked.clips + 1)
        wanted = Span(start_s, span.end_s)
        self._files.request(CutRequest(incident.id, incident.camera_id, wanted, still, asked.clips + 1))

    def forget(self, incident_id: IncidentId) -> None:
        """It will not grow any more."""
        self._asked.pop(incident_id, None)


def last_clip_number(incident: Incident) -> int:
    """The highest number among the clips that an incident has, 0 without any.

    Not their count: a clip that could not be written leaves its number unused, and no later one may take a file's name.
    """
    return max((int(Path(clip.file).stem.rpartition("-")[2]) for clip in incident.clips), default=0)
