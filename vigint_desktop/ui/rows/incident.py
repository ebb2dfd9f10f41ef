"""An incident in words."""

from dataclasses import dataclass
from datetime import tzinfo

from vigint_core.domain.ids import CameraId, IncidentId
from vigint_core.domain.incident import Incident, IncidentState
from vigint_core.domain.verdict import Severity
from vigint_desktop.ui.rows.clocks import clock, when
from vigint_desktop.ui.rows.words import Words

RECENT_S = 60.0  # this long a tile keeps the firm frame of an incident


@dataclass(frozen=True, slots=True)
class ObservationRow:
    """Something seen. ``at_s`` is Unix time, ``time`` what people read."""

    at_s: float
    time: str
    text: str


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """What the list and the player tell about an incident. Times in Unix seconds."""

    id: IncidentId
    camera_id: CameraId
    camera_name: str
    severity: Severity
    severity_word: str
    state: IncidentState
    state_word: str
    state_note: str
    type_word: str
    time: str
    act_s: float
    start_s: float
    source_word: str
    summary: str
    observations: tuple[ObservationRow, ...]


def incident_row(incident: Incident, now_s: float, words: Words, zone: tzinfo | None = None) -> IncidentRow:
    """The row for one incident."""
    return IncidentRow(
        id=incident.id,
        camera_id=incident.camera_id,
        camera_name=incident.camera_name,
        severity=incident.severity,
        severity_word=words(f"severity.{incident.severity}"),
        state=incident.state,
        state_word=words(f"incident.state.{incident.state}"),
        state_note=words(f"incident.note.{incident.state}"),
        type_word=words(f"incident.type.{incident.type}"),
        time=when(incident.act_s, now_s, words, zone),
        act_s=incident.act_s,
        start_s=incident.span.start_s,
        source_word=words(f"incident.source.{incident.source}"),
        summary=incident.summary,
        observations=tuple(ObservationRow(o.at_s, clock(o.at_s, zone), o.text) for o in incident.observations),
    )


def spoken(row: IncidentRow) -> str:
    """One line that says it all, for screen readers and tool tips."""
    return f"{row.severity_word}, {row.time}, {row.camera_name}: {row.type_word}, {row.state_word}. {row.summary}"


def marks_tile(incident: Incident, now_s: float) -> bool:
    """Whether the tile of its camera shows it: younger than a minute, and not vetoed."""
    return incident.state is not IncidentState.VETOED and now_s - incident.span.end_s < RECENT_S
