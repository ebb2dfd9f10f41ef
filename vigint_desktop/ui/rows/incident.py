"""An incident in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo

from vigint_core.domain.ids import CameraId, IncidentId
from vigint_core.domain.incident import Act, Incident, IncidentState
from vigint_core.domain.review import Review, ReviewVerdict
from vigint_core.domain.status import ReviewTold
from vigint_core.domain.verdict import Severity
from vigint_core.domain.window import Span
from vigint_core.policy.reviewing import is_attended
from vigint_desktop.ui.rows.clocks import clock, when
from vigint_desktop.ui.rows.review import ReviewRow, review_row
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
    """What the list and the player tell about an incident. Times and spans in Unix seconds.

    Attributes:
        also: the acts of other types in a line, each with its time; "" where there is none.
        also_brief: the same without times, for where room is short.
        observations: what was seen, in order of time, and between it those other acts.
        foreign: another desk has opened it; ``desk_word`` says so, "" of an own one.
        review: what people say of it.
    """

    id: IncidentId
    camera_id: CameraId
    camera_name: str
    severity: Severity
    severity_word: str
    state: IncidentState
    state_word: str
    state_note: str
    type_word: str
    also: str
    also_brief: str
    time: str
    act_s: float
    clip_spans: tuple[Span, ...]
    source_word: str
    summary: str
    observations: tuple[ObservationRow, ...]
    foreign: bool
    desk_word: str
    review: ReviewRow

    @property
    def muted(self) -> bool:
        """Whether nothing came of it: the second look or a person says so."""
        return self.state is IncidentState.VETOED or self.review.is_false_alarm


def incident_row(
    incident: Incident, now_s: float, words: Words, zone: tzinfo | None = None, told: ReviewTold | None = None
) -> IncidentRow:
    """The row for one incident; ``told``: what people say of it, None for nothing."""
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
        also=_also([_timed(act, words, zone) for act in incident.other_acts], words),
        also_brief=_also([words(f"incident.type.{act.type}") for act in incident.other_acts], words),
        time=when(incident.act_s, now_s, words, zone),
        act_s=incident.act_s,
        clip_spans=tuple(clip.span for clip in incident.clips),
        source_word=words(f"incident.source.{incident.source}"),
        summary=incident.summary,
        observations=_seen(incident, words, zone),
        foreign=incident.foreign,
        desk_word=words("incident.other_desk") if incident.foreign else "",
        review=review_row(told, now_s, words, zone),
    )


def _also(acts: Sequence[str], words: Words) -> str:
    return words("incident.also", acts=", ".join(acts)) if acts else ""


def _timed(act: Act, words: Words, zone: tzinfo | None) -> str:
    return words("incident.also_act", type=words(f"incident.type.{act.type}"), time=clock(act.at_s, zone))


def _seen(incident: Incident, words: Words, zone: tzinfo | None) -> tuple[ObservationRow, ...]:
    told = [(o.at_s, o.text) for o in incident.observations]
    for act in incident.other_acts:
        also = words("incident.also_seen", type=words(f"incident.type.{act.type}"), summary=act.summary)
        told.append((act.at_s, also))
    if incident.other_acts:
        told.sort(key=lambda row: row[0])
    return tuple(ObservationRow(at_s, clock(at_s, zone), text) for at_s, text in told)


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
    told = (row.type_word, row.state_word, row.desk_word, row.review.chip, row.review.kept)
    facts = ", ".join(filter(None, told))
    said = f"{row.severity_word}, {row.time}, {row.camera_name}: {facts}. {row.summary}"
    also = f"{row.also}." if row.also else ""
    last = f"{row.review.said}." if row.review.review.at_s is not None else ""
    return " ".join(filter(None, (said, also, last, row.review.trouble)))


def is_open(incident: Incident, review: Review | None) -> bool:
    """Whether somebody still has to look at it: the second look lets it stand, and nobody takes care of it."""
    return incident.state is not IncidentState.VETOED and not (review and is_attended(review))


def marks_tile(incident: Incident, now_s: float, review: Review | None = None) -> bool:
    """Whether the tile of its camera shows it: younger than a minute, and not vetoed, nor a false alarm."""
    is_false = review is not None and review.verdict is ReviewVerdict.FALSE_ALARM
    return incident.state is not IncidentState.VETOED and not is_false and now_s - incident.span.end_s < RECENT_S
