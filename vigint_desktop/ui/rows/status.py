"""What the status bar and the banner say: folded from events. Nothing is ok until somebody proved it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from types import MappingProxyType
from typing import Final

from vigint_core.domain.budget import Economy
from vigint_core.domain.camera import Camera, CameraState
from vigint_core.domain.fault import Code, Fault
from vigint_core.domain.ids import CameraId
from vigint_core.domain.status import BudgetTold, CameraEffort, CameraStatus, FaultCleared, Health, Part, PartStatus
from vigint_core.policy.budget import REASONS
from vigint_desktop.settings import AnalysisPlace
from vigint_desktop.ui.rows.clocks import length, minute
from vigint_desktop.ui.rows.words import Words

SHOWN_PARTS: Final = (Part.SERVER, Part.SIGN_IN, Part.AI, Part.QUEUE)
_NEEDED: Final[Mapping[AnalysisPlace, tuple[Part, ...]]] = {
    AnalysisPlace.EMBEDDED: (Part.SERVER, Part.SIGN_IN, Part.AI),
    AnalysisPlace.SERVER: (Part.SERVER, Part.SIGN_IN, Part.AI),
    AnalysisPlace.DIRECT: (Part.AI,),
    AnalysisPlace.OFF: (),
}
_CAN_NOT_WORK: Final = frozenset({Health.DOWN, Health.NOT_CONFIGURED})
# How much a fault hurts, by the part of its code: what loses evidence comes first.
_WEIGHT: Final[Mapping[str, int]] = {
    "store": 7,
    "worker": 6,
    "internal": 6,
    "server": 5,
    "auth": 5,
    "settings": 5,
    "ai": 4,
    "camera": 3,
    "pipeline": 2,
    "budget": 2,
    "clip": 2,
    "request": 2,
    "review": 2,
    "limit": 2,
    "mail": 2,
    "webhook": 2,
    "link": 1,
    "discovery": 1,
    "camera_list": 1,
    "secrets": 1,
}
_OWN_WEIGHT: Final[Mapping[Code, int]] = {  # where a code hurts more or less than others of its part
    Code.PIPELINE_RECORDING_FAILED: 7,
    Code.CAMERA_MAIN_LOST: 2,
    Code.CAMERA_SUB_LOST: 2,
    Code.AI_MODEL_REPLACED: 2,
    Code.AI_MODEL_RETIRING: 1,
    Code.AI_CATALOGUE_UNREADABLE: 2,
    Code.AI_NO_CITATION: 1,
}


@dataclass(frozen=True, slots=True)
class StatusState:
    """Everything the program has told about itself so far; ``budget`` None before anybody spoke of money."""

    parts: Mapping[Part, PartStatus] = field(default_factory=lambda: MappingProxyType({}))
    cameras: Mapping[CameraId, CameraStatus] = field(default_factory=lambda: MappingProxyType({}))
    faults: Mapping[tuple[str, Code], Fault] = field(default_factory=lambda: MappingProxyType({}))
    efforts: Mapping[CameraId, CameraEffort] = field(default_factory=lambda: MappingProxyType({}))
    budget: BudgetTold | None = None

    @property
    def open_faults(self) -> tuple[Fault, ...]:
        """Those that count: what a camera at rest could not do is no fault."""
        resting = {known for known, status in self.cameras.items() if status.state.rests}
        return tuple(fault for (source, _), fault in self.faults.items() if source not in resting)

    def with_part(self, status: PartStatus) -> "StatusState":
        """After a part was proven or failed."""
        return replace(self, parts={**self.parts, status.part: status})

    def with_camera(self, status: CameraStatus) -> "StatusState":
        """After a camera changed."""
        return replace(self, cameras={**self.cameras, status.camera_id: status})

    def with_effort(self, effort: CameraEffort) -> "StatusState":
        """After a decoder began or ceased to leave something out."""
        return replace(self, efforts={**self.efforts, effort.camera_id: effort})

    def with_budget(self, told: BudgetTold | None) -> "StatusState":
        """After the money was counted; None to forget it."""
        return replace(self, budget=told)

    def with_fault(self, fault: Fault) -> "StatusState":
        """After a fault was raised; a repeat updates it."""
        return replace(self, faults={**self.faults, (fault.source, fault.code): fault})

    def without_fault(self, cleared: FaultCleared) -> "StatusState":
        """After a fault was over."""
        gone = (cleared.source, cleared.code)
        return replace(self, faults={key: fault for key, fault in self.faults.items() if key != gone})

    def only_cameras(self, cameras: Iterable[Camera]) -> "StatusState":
        """Without cameras that are no longer on the wall, and without their faults."""
        ids = {camera.id for camera in cameras}
        gone = {str(known) for known in self.cameras if known not in ids}
        return replace(
            self,
            cameras={known: status for known, status in self.cameras.items() if known in ids},
            faults={key: fault for key, fault in self.faults.items() if key[0] not in gone},
            efforts={known: effort for known, effort in self.efforts.items() if known in ids},
        )


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment of the bar, and the popup behind it.

    Attributes:
        key: names the segment: a part's name, or ``"fault"``.
        word: the health or the short answer, in words.
        since_s: Unix time of the last check of a part, of the latest change of a camera, or of the fault; 0 when
            there is none.
        facts: what the popup lists between word and cause, each with its label.
        until_s: Unix time at which what is wrong is expected to pass, or 0.
        noted: it is well, and yet there is something to know.
        brief: what is said instead of ``word`` where room is short; "" where that is short already.
    """

    key: str
    health: Health
    title: str
    word: str
    cause: str = ""
    remedy: str = ""
    detail: str = ""
    since_s: float = 0.0
    facts: tuple[tuple[str, str], ...] = ()
    until_s: float = 0.0
    noted: bool = False
    brief: str = ""

    @property
    def said(self) -> str:
        """Title and word, for tool tips and screen readers."""
        return f"{self.title}: {self.word}"


@dataclass(frozen=True, slots=True)
class Notice:
    """Why nothing is being analysed, in words; ``until_s`` as of a segment."""

    title: str
    cause: str
    remedy: str
    until_s: float = 0.0


def segments(state: StatusState, cameras: Iterable[Camera], place: AnalysisPlace, words: Words) -> tuple[Segment, ...]:
    """The bar from left to right. Parts that the chosen place of analysis has no use for are left out."""
    parts = [part for part in SHOWN_PARTS if _is_shown(part, place)]
    return (
        camera_segment(state, tuple(cameras), words),
        *(part_segment(part, state.parts.get(part), words) for part in parts),
    )


def camera_segment(state: StatusState, cameras: tuple[Camera, ...], words: Words) -> Segment:
    """``3 of 4 live``: ok only when every one is live that is not at rest, and nothing has to be left out."""
    title = words("status.part.cameras")
    if not cameras:
        return Segment("cameras", Health.NOT_CONFIGURED, title, words("status.no_cameras"), words("wall.empty_title"))
    known = [state.cameras.get(camera.id) for camera in cameras]
    awake = [status for status in known if status is None or not status.state.rests]
    efforts = [effort for camera in cameras if (effort := state.efforts.get(camera.id)) is not None]
    saving = any(effort.saving for effort in efforts)
    lines = [_camera_line(camera, state.cameras.get(camera.id), words) for camera in cameras]
    lines.append(_saving_line(efforts, words) if saving else "")
    health = _camera_health(awake)
    return Segment(
        "cameras",
        Health.DEGRADED if saving and health is Health.OK else health,
        title,
        _camera_word(awake, len(known) - len(awake), words, saving=saving),
        cause="\n".join(filter(None, lines)) or words("status.all_live"),
        since_s=max((status.since_s for status in known if status), default=0.0),
    )


def part_segment(part: Part, status: PartStatus | None, words: Words) -> Segment:
    """One part; one that nobody has reported on is being checked, and nothing else."""
    title = words(f"status.part.{part}")
    if status is None or status.health is Health.UNKNOWN:
        detail = status.detail if status else ""
        return Segment(part, Health.UNKNOWN, title, words("status.checking"), words("status.not_proven"), detail=detail)
    return Segment(
        key=part,
        health=status.health,
        title=title,
        word=" · ".join(filter(None, (_health_word(status, words), status.label, _round_trip(status, words)))),
        cause=words.cause(status.code) if status.code else words(f"status.about.{status.health}"),
        remedy=words.remedy(status.code) if status.code else "",
        detail=status.detail,
        since_s=status.at_s,
        until_s=status.until_s or 0.0,
        noted=status.health is Health.OK and status.code is not None,
        brief=_health_word(status, words),
    )


def worst_fault(state: StatusState) -> Fault | None:
    """The open fault that hurts most; of equals, the latest."""
    return max(state.open_faults, key=lambda fault: (weight(fault.code), fault.at_s), default=None)


def fault_segment(state: StatusState, words: Words) -> Segment | None:
    """The worst open fault in one sentence, with the number of others; None when there is none."""
    fault = worst_fault(state)
    if fault is None:
        return None
    others = len(state.open_faults) - 1
    sentence = said(fault, words)
    health = Health.DEGRADED if weight(fault.code) <= 2 else Health.DOWN
    return Segment(
        key="fault",
        health=health,
        title=words("status.worst", others=others) if others else words("status.fault"),
        word=sentence,
        cause=sentence,
        remedy=words.remedy(fault.code),
        detail=fault.detail,
        since_s=fault.at_s,
    )


def said(fault: Fault, words: Words) -> str:
    """``Door: <cause>``, or the cause alone where the source has no name."""
    cause = words.cause(fault.code)
    return words("status.about_subject", subject=fault.subject, cause=cause) if fault.subject else cause


def weight(code: Code) -> int:
    """How much a fault hurts; higher is worse."""
    return _OWN_WEIGHT.get(code) or _WEIGHT[code.partition(".")[0]]


def notice(state: StatusState, place: AnalysisPlace, words: Words) -> Notice | None:
    """Why nothing is being analysed, or None when a part may still answer or all of them do."""
    if place is AnalysisPlace.OFF:
        return Notice(words("banner.off_title"), words("banner.off"), "")
    for part in _NEEDED[place]:
        status = state.parts.get(part)
        if status is not None and status.health in _CAN_NOT_WORK:
            cause = words.cause(status.code) if status.code else words(f"status.about.{status.health}")
            remedy = words.remedy(status.code) if status.code else ""
            return Notice(words("banner.title"), cause, remedy, status.until_s or 0.0)
    if state.budget and state.budget.view and state.budget.view.economy is Economy.LOCAL_ONLY:
        code = REASONS[Economy.LOCAL_ONLY]
        return Notice(words("banner.title"), words.cause(code), words.remedy(code))
    return None


def until(until_s: float, now_s: float, words: Words, zone: tzinfo | None = None) -> str:
    """Until when, in a sentence; "" where nobody knows, or where that moment is over."""
    return words("status.until", at=minute(until_s, now_s, words, zone)) if until_s > now_s else ""


def _is_shown(part: Part, place: AnalysisPlace) -> bool:
    return part not in (Part.SERVER, Part.SIGN_IN) or part in _NEEDED[place]


def _live(statuses: Sequence[CameraStatus | None]) -> int:
    return sum(status is not None and status.state is CameraState.LIVE for status in statuses)


def _camera_health(awake: Sequence[CameraStatus | None]) -> Health:
    live = _live(awake)
    if live == len(awake):
        return Health.OK
    settled = [s for s in awake if s is not None and s.state is not CameraState.CONNECTING]
    if live == 0 and len(settled) < len(awake):
        return Health.UNKNOWN
    return Health.DEGRADED if live else Health.DOWN


def _camera_word(awake: Sequence[CameraStatus | None], resting: int, words: Words, *, saving: bool) -> str:
    if not awake:
        return words("status.all_at_rest")
    word = words("status.cameras_live", live=_live(awake), all=len(awake))
    if resting:
        word = words("status.cameras_at_rest", word=word, n=resting)
    return words("status.cameras_saving", word=word) if saving else word


def _saving_line(efforts: Iterable[CameraEffort], words: Words) -> str:
    return words("status.saving", length=length(sum(effort.unseen_s for effort in efforts), words))


def _camera_line(camera: Camera, status: CameraStatus | None, words: Words) -> str:
    if status is not None and status.state is CameraState.LIVE:
        return ""
    state = words(f"camera.{status.state}" if status else "camera.unknown")
    rests = status is not None and status.state.rests
    cause = words.cause(status.fault.code) if status and status.fault and not rests else state
    return words("status.about_subject", subject=camera.name, cause=cause)


def _health_word(status: PartStatus, words: Words) -> str:
    return words(f"status.{status.part}.{status.health}")


def _round_trip(status: PartStatus, words: Words) -> str:
    if status.round_trip_s is None or status.part is not Part.SERVER:
        return ""
    return words("status.round_trip", ms=round(status.round_trip_s * 1000))
