"""The coverage of a day: the strip below a lane, the share in the heading, and the list of what was not looked at."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta, tzinfo
from typing import Final

from vigint_core.domain.coverage import Cover, CoverRun
from vigint_core.domain.fault import Code
from vigint_core.domain.ids import CameraId
from vigint_core.domain.window import Span
from vigint_core.policy.coverage import Totals, is_gap, is_spared
from vigint_desktop.ui.rows.clocks import clock, length, local
from vigint_desktop.ui.rows.words import Words

MOST_GAPS: Final = 500
"""Rows of the list: the longest ones; how many more there are is said."""
_GRAVITY: Final = {
    cover: rank
    for rank, cover in enumerate(
        (
            Cover.OFF,
            Cover.QUIET,
            Cover.CLEAR,
            Cover.VETOED,
            Cover.LOCAL_ONLY,
            Cover.WAITING,
            Cover.OFFLINE,
            Cover.NOT_LOOKED_AT,
            Cover.INCIDENT,
        )
    )
}
"""What a pixel shows that stands for several states."""


@dataclass(frozen=True, slots=True)
class CoverBlock:
    """A stretch of the strip, ``x0`` to ``x1`` pixels, in the state of ``run``."""

    x0: float
    x1: float
    run: CoverRun


@dataclass(frozen=True, slots=True)
class Gap:
    """Seconds of a camera that nobody looked at, with what the list says of them."""

    camera_id: CameraId
    camera: str
    run: CoverRun
    when: str
    length: str
    why: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Reason:
    """All seconds of a day that have one state and one reason not to be looked at, or with less, in words."""

    cover: Cover
    code: Code | None
    text: str
    length: str


def cover_blocks(
    runs: Sequence[CoverRun], span: Span, edges: Callable[[Span], tuple[float, float]]
) -> list[CoverBlock]:
    """The runs that touch ``span``, left to right; what shares a pixel is shown as the gravest of it."""
    first = bisect_right(runs, span.start_s, key=lambda run: run.end_s)
    last = bisect_left(runs, span.end_s, key=lambda run: run.start_s)
    made: list[CoverBlock] = []
    for run in runs[first:last]:
        x0, x1 = edges(Span(run.start_s, run.end_s))
        before = made[-1] if made else None
        if before is None or x1 - before.x0 >= 1.0:
            made.append(CoverBlock(x0, x1, run))
        elif _GRAVITY[run.cover] > _GRAVITY[before.run.cover]:
            made[-1] = CoverBlock(before.x0, x1, run)
    return made


def cover_at(blocks: Sequence[CoverBlock], x: float) -> CoverRun | None:
    """The state under a pixel."""
    return next((block.run for block in blocks if block.x0 <= x < max(block.x1, block.x0 + 1)), None)


def told_cover(camera: str, run: CoverRun, words: Words) -> str:
    """A run in words: state, from when to when, and why nobody looked, or with less."""
    head = words(
        "coverage.told",
        camera=camera,
        start=clock(run.start_s),
        end=clock(run.end_s),
        length=length(run.length_s, words),
        state=_state(run.cover, run.reason, words),
    )
    return head if run.reason is None else f"{head}\n{words.cause(run.reason)}\n{words.remedy(run.reason)}"


def percent(share: float, words: Words) -> str:
    """``98.2 %``, rounded down, so that 100 % means every second."""
    return words("coverage.percent", value=f"{int(share * 1000) / 10:.1f}".replace(".", words("coverage.point")))


def today(now_s: float, zone: tzinfo | None = None) -> Span:
    """From local midnight to now, Unix time."""
    midnight = local(now_s, zone).replace(hour=0, minute=0, second=0, microsecond=0)
    if zone is None:  # the machine's zone may have changed its offset since midnight
        midnight = midnight.replace(tzinfo=None).astimezone()
    return Span(midnight.timestamp(), now_s)


def heading(totals: Totals, words: Words) -> str:
    """What the timeline's heading says."""
    share = totals.share
    return words("coverage.today_unknown") if share is None else words("coverage.today", share=percent(share, words))


def summary(totals: Totals, words: Words) -> str:
    """The same in a sentence, with hours, minutes and seconds."""
    share = totals.share
    if share is None:
        return words("coverage.summary_off")
    looked, wanted = duration(totals.looked_s), duration(totals.wanted_s)
    said = words("coverage.summary", looked=looked, wanted=wanted, share=percent(share, words))
    spared_s = totals.spared.total()
    return words("coverage.summary_spared", said=said, spared=duration(spared_s)) if spared_s else said


def duration(seconds: int) -> str:
    """``1:02:03``, to the second."""
    return (
        str(timedelta(seconds=seconds))
        if seconds < 86_400
        else f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    )


def reasons(totals: Totals, words: Words) -> list[Reason]:
    """Why seconds were not looked at, the longest first; then why they were looked at with less."""
    spared = {(Cover.CLEAR, code): seconds for code, seconds in totals.spared.items()}
    return [
        Reason(cover, code, why(cover, code, words), duration(seconds))
        for found in (totals.gaps, spared)
        for (cover, code), seconds in sorted(found.items(), key=lambda gap: (-gap[1], str(gap[0])))
    ]


def why(cover: Cover, code: Code | None, words: Words) -> str:
    """The state, and the cause where one is known."""
    state = _state(cover, code, words)
    if code is None:
        return state
    return words(
        "coverage.why_spared" if _is_saved(cover, code) else "coverage.why", state=state, cause=words.cause(code)
    )


def gaps(
    runs: Mapping[CameraId, Iterable[CoverRun]], names: Mapping[CameraId, str], reason: Reason | None, words: Words
) -> tuple[list[Gap], int]:
    """The longest gaps, in the order of time, and how many shorter ones are left out; of one reason, or of all.

    What was looked at with less is no gap: it is listed for its own reason alone.
    """
    found = [(camera_id, run) for camera_id, of_camera in runs.items() for run in of_camera if _is_meant(run, reason)]
    longest = sorted(found, key=lambda gap: -gap[1].length_s)[:MOST_GAPS]
    listed = sorted(longest, key=lambda gap: (gap[1].start_s, names.get(gap[0], "")))
    return [_gap(camera_id, names.get(camera_id, camera_id), run, words) for camera_id, run in listed], len(
        found
    ) - len(listed)


def _is_meant(run: CoverRun, reason: Reason | None) -> bool:
    if reason is None:
        return is_gap(run)
    return (is_gap(run) or is_spared(run)) and (run.cover, run.reason) == (reason.cover, reason.code)


def _is_saved(cover: Cover, code: Code | None) -> bool:
    """Whether something was left out there to save money."""
    return code is not None and cover in (Cover.CLEAR, Cover.LOCAL_ONLY)


def _state(cover: Cover, code: Code | None, words: Words) -> str:
    return words(f"coverage.spared.{cover}" if _is_saved(cover, code) else f"coverage.state.{cover}")


def _gap(camera_id: CameraId, name: str, run: CoverRun, words: Words) -> Gap:
    return Gap(
        camera_id,
        name,
        run,
        f"{clock(run.start_s)} – {clock(run.end_s)}",
        duration(run.length_s),
        why(run.cover, run.reason, words),
        words.remedy(run.reason) if run.reason else "",
    )
