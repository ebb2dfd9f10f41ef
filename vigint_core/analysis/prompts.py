"""Prompts: versioned text files, filled with what is known about a window.

Two roles that never mix: the *system* text comes from our file alone; everything from outside (a camera's name, the
owner's notes) goes into the *data*, a JSON record, where it stays a quoted value.
"""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from importlib import resources
from pathlib import Path
from string import Template
from typing import Final, Literal

from vigint_core.domain.budget import Payer
from vigint_core.domain.ids import WindowId
from vigint_core.domain.window import Circumstances, TouchedZone
from vigint_core.policy.zone_kinds import allowed

_LANGUAGE_NAMES: Final = {"en": "English", "fr": "French"}
_NAME_LIMIT = 100  # characters of a camera's name that a prompt takes over
_NOTES_LIMIT = 500  # and of what the owner adds


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
        around: what else is true of these seconds.
        payer: whose money and whose turn it is.
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
    around: Circumstances = field(default_factory=Circumstances)
    payer: Payer = field(default_factory=Payer)

    @property
    def clip_start_s(self) -> float:
        """First picture of the window's clip: later than the window when the camera had only just come on."""
        return max(self.start_s, self.context_start_s)


@cache
def prompt_text(version: str) -> str:
    """The prompt of a version, unfilled; ``version`` may also be the path of a file that ends in ``.txt``.

    Raises FileNotFoundError for a version that does not exist.
    """
    if version.endswith(".txt"):
        return Path(version).read_text("utf-8")
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
    more = {
        "shop": _shop(subject.around),
        "zones_with_motion": [_zone(zone) for zone in subject.zones],
        "owner_notes": _one_line(subject.around.notes, _NOTES_LIMIT),
    }
    known = {name: value for name, value in more.items() if value}
    return json.dumps(record | known, ensure_ascii=False, separators=(",", ":"))


def _shop(around: Circumstances) -> str:
    if around.is_open is None:
        return ""
    state = "open" if around.is_open else "closed"
    return f"{state} (open today {_one_line(around.open_hours, _NAME_LIMIT) or 'not at all'})"


def _zone(zone: TouchedZone) -> dict[str, object]:
    kind = {"kind": zone.kind} if zone.kind else {}
    return {"name": _one_line(zone.name), **kind, "may_happen": sorted(allowed([zone.kind]))}


def _local(at_s: float, utc_offset_s: int | None) -> datetime:
    moment = datetime.fromtimestamp(at_s, UTC)
    return moment.astimezone(None if utc_offset_s is None else timezone(timedelta(seconds=utc_offset_s)))


def _one_line(name: str, limit: int = _NAME_LIMIT) -> str:
    """A text without line breaks and control characters, cut to a bearable length."""
    return " ".join("".join(c if c.isprintable() else " " for c in name).split())[:limit]
