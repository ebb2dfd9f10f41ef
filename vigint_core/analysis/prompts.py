"""Prompts: versioned text files, filled with what is known about a window.

Two roles that never mix: the *system* text comes from our file alone; everything from outside (a camera's name above
all) goes into the *data*, a JSON record, where it stays a quoted value.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from importlib import resources
from string import Template
from typing import Final, Literal

from vigint_core.domain.ids import WindowId
from vigint_core.domain.window import TouchedZone
from vigint_core.policy.zone_kinds import allowed

_LANGUAGE_NAMES: Final = {"en": "English", "fr": "French"}
_NAME_LIMIT = 100  # characters of a camera's name that a prompt takes over


@dataclass(frozen=True, slots=True)
class Subject:
    """What a judgement is about. Times are Unix times in seconds.

    Attributes:
        context_start_s: first picture of the longer context, which ends with the window.
        gate_peak: highest movement score of the window; 1.0 is the gate's threshold.
        gate_active_share: share of the window during which the gate was open, 0 to 1.
        language: of the texts in the answer.
        utc_offset_s: local time of the shop minus UTC in seconds; None: the time zone of this machine.
        zones: the watch zones in which something moved.
    """

    window_id: WindowId
    camera_name: str
    start_s: float
    end_s: float
    context_start_s: float
    gate_peak: float = 0.0
    gate_active_share: float = 0.0
    language: Literal["en", "fr"] = "en"
    utc_offset_s: int | None = None
    zones: tuple[TouchedZone, ...] = ()

    @property
    def clip_start_s(self) -> float:
        """First picture of the window's clip: later than the window when the camera had only just come on."""
        return max(self.start_s, self.context_start_s)


@cache
def prompt_text(version: str) -> str:
    """The prompt of a version, unfilled. Raises FileNotFoundError for a version that does not exist."""
    return resources.files("resources").joinpath("prompts", f"{version}.txt").read_text("utf-8")


def system_text(version: str, language: Literal["en", "fr"]) -> str:
    """The system instruction of a prompt, in our words only."""
    return Template(prompt_text(version)).substitute(language=_LANGUAGE_NAMES[language])


def data_text(subject: Subject, start_s: float) -> str:
    """The JSON record for a clip that runs from ``start_s`` to the end of the window."""
    begins = _local(start_s, subject.utc_offset_s)
    record = {
        "camera": _one_line(subject.camera_name),
        "clip_begins": begins.isoformat(sep=" ", timespec="seconds"),
        "weekday": begins.strftime("%A"),
        "clip_seconds": round(subject.end_s - start_s, 1),
        "motion_detector": {
            "highest_score_1_is_threshold": round(subject.gate_peak, 2),
            "share_of_last_seconds_with_motion": round(subject.gate_active_share, 2),
        },
    }
    zones = [_zone(zone) for zone in subject.zones]
    return json.dumps(record | {"zones_with_motion": zones} if zones else record, ensure_ascii=False, indent=1)


def _zone(zone: TouchedZone) -> dict[str, object]:
    kind = {"kind": zone.kind} if zone.kind else {}
    return {"name": _one_line(zone.name), **kind, "may_happen": sorted(allowed([zone.kind]))}


def _local(at_s: float, utc_offset_s: int | None) -> datetime:
    moment = datetime.fromtimestamp(at_s, UTC)
    return moment.astimezone(None if utc_offset_s is None else timezone(timedelta(seconds=utc_offset_s)))


def _one_line(name: str) -> str:
    """A name without line breaks and control characters, cut to a bearable length."""
    return " ".join("".join(c if c.isprintable() else " " for c in name).split())[:_NAME_LIMIT]
