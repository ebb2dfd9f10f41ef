"""What lies on the timeline, in words: tool tips and screen readers."""

from typing import Final

from vigint_core.domain.coverage import Cover
from vigint_core.domain.fault import Code
from vigint_core.domain.status import CameraHealth, Snapshot
from vigint_core.domain.window import Span
from vigint_desktop.ui.rows.clocks import clock
from vigint_desktop.ui.rows.coverage import cover_at, told_cover
from vigint_desktop.ui.rows.incident import incident_row, spoken
from vigint_desktop.ui.rows.runs import Run
from vigint_desktop.ui.rows.timeline import Lane, Mark, health_at, mark_at, run_at, snapshot_at
from vigint_desktop.ui.rows.words import Words

_STRIP_REACH_PX: Final = 6
"""From a lane's foot: where the coverage strip is meant."""


def told_point(lane: Lane, x: float, y: float, now_s: float, words: Words) -> str:
    """What lies under a point of a lane, ``y`` counted from its top; "" where nothing does."""
    snapshot, mark = snapshot_at(lane, x, y), mark_at(lane, x)
    if snapshot is not None:
        return told_snapshot(lane.name, snapshot, words)
    if mark is not None:
        return told_mark(mark, now_s, words)
    cover = cover_at(lane.coverage, x)
    if y >= lane.height - _STRIP_REACH_PX:
        return told_cover(lane.name, cover, words) if cover else ""
    run, health = run_at(lane, x), health_at(lane, x)
    told = [told_health(lane.name, health, words)] if health else []
    if run:
        told.append(told_run(lane.name, run, words))
    elif cover and cover.cover is Cover.LOCAL_ONLY:  # movement that no window came of: nothing else would say why
        told.append(told_cover(lane.name, cover, words))
    return "\n".join(told)


def told_mark(mark: Mark, now_s: float, words: Words) -> str:
    """An incident, and how many others its sign stands for."""
    told = spoken(incident_row(mark.incident, now_s, words, told=mark.told))
    return f"{told}\n{words('timeline.told.others', count=mark.others)}" if mark.others else told


def told_snapshot(camera: str, snapshot: Snapshot, words: Words) -> str:
    """A snapshot."""
    return words("timeline.told.snapshot", camera=camera, at=clock(snapshot.at_s))


def told_run(camera: str, run: Run, words: Words) -> str:
    """What came of neighbouring windows; where nobody looked, or with less, why."""
    return _told(camera, words(f"timeline.told.{run.look}", count=run.count), run.span, run.reason, words)


def told_health(camera: str, health: CameraHealth, words: Words) -> str:
    """What was wrong with a camera; one that is still not well says since when."""
    said = words(f"camera.{health.state}")
    if health.closed:
        return _told(camera, said, health.span, health.code, words)
    head = words("timeline.since", camera=camera, start=clock(health.span.start_s), result=said)
    return _explained(head, health.code, words)


def _told(camera: str, said: str, span: Span, code: Code | None, words: Words) -> str:
    head = words("timeline.span", camera=camera, start=clock(span.start_s), end=clock(span.end_s), result=said)
    return _explained(head, code, words)


def _explained(head: str, code: Code | None, words: Words) -> str:
    return head if code is None else f"{head}\n{words.cause(code)}\n{words.remedy(code)}"
