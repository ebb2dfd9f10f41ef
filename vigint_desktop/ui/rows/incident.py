"""An incident in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo

from vigint_core.domain.ids import CameraId, IncidentId
from vigint_core.domain.incident import Incident, IncidentState
from vigint_core.domain.verdict import Severity
from vigint_core.domain.window import Span
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
    """What the list and the player tell about an incident. Times and spans in Unix seconds."""

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
    clip_spans: tuple[Span, ...]
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
        clip_spans=tuple(clip.span for clip in incident.clips),
        source_word=words(f"incident.source.{incident.source}"),
        summary=incident.summary,
        observations=tuple(ObservationRow(o.at_s, clock(o.at_s, zone), o.text) for o in incident.observations),
    )


def film_position(spans: Sequence[Span], at_s: float) -> float:
    """Seconds into the film of clips that were taken over ``spans``, for the moment ``at_s`` (Unix time).

    A moment in a gap or before the first clip is shown from the beginning of the next; one after the last, at its end.
    """
    position_s = 0.0
    for span in spans:
        if at_s < span.end_s:
            return position_s + max(0.0, at_s - span.start_s)
        position_s += span.length_s
    return position_s


def spoken(row: IncidentRow) -> str:
    """One line that says it all, for screen readers and tool tips."""
    return f"{row.severity_word}, {row.time}, {row.camera_name}: {row.type_word}, {row.state_word}. {row.summary}"


def marks_tile(incident: Incident, now_s: float) -> bool:
    """Whether the tile of its camera shows it: younger than a minute, and not vetoed."""
    return incident.state is not IncidentState.VETOED and now_s - incident.span.end_s < RECENT_S
