"""How the money stands, in words: the status bar's segment and what lies behind it."""

from collections.abc import Iterable, Mapping
from typing import Final

from vigint_core.domain.budget import BudgetView, Caps, Economy
from vigint_core.domain.camera import Camera
from vigint_core.domain.ids import CameraId
from vigint_core.domain.status import BudgetTold, Health
from vigint_core.policy.budget import REASONS
from vigint_desktop.settings import AnalysisPlace
from vigint_desktop.ui.rows.money import limit, usd
from vigint_desktop.ui.rows.status import Segment
from vigint_desktop.ui.rows.words import Words

STEPS: Final = tuple(step for step in Economy if step is not Economy.NONE)
"""What is left out when money gets short, in the order in which it is."""


def budget_segment(
    told: BudgetTold | None, cameras: Iterable[Camera], place: AnalysisPlace, words: Words
) -> Segment | None:
    """The budget's place in the bar; None where nothing is sent, and before anybody spoke of money."""
    if told is None or place is AnalysisPlace.OFF:
        return None
    if told.view is None and place is AnalysisPlace.DIRECT:  # without a key or books nothing is asked; the AI says why
        return None
    title = words("budget.bar.title")
    there = words("budget.set_there") if place is AnalysisPlace.SERVER else ""
    if told.view is None:
        cause, remedy = words("budget.not_told"), words("budget.not_told_remedy")
        return Segment("budget", Health.UNKNOWN, title, words("budget.bar.unknown"), cause, remedy, since_s=told.at_s)
    view = told.view
    limited = _limited(view)
    spent, less = _sum(view, words), _less(view, limited, words)
    least = max((view.economy, *limited.values()))
    return Segment(
        key="budget",
        health=Health.OK if least is Economy.NONE else Health.DEGRADED,
        title=title,
        word=" · ".join(filter(None, (spent, less))),
        brief=less or spent,
        cause=_cause(view, limited, {camera.id: camera.name for camera in cameras}, words),
        remedy=words.remedy(REASONS[least]) if least is not Economy.NONE else "",
        detail=there,
        since_s=told.at_s,
        facts=_facts(view, words),
    )


def name_of(step: Economy) -> str:
    """What a step is called in the texts."""
    return step.name.lower()


def _limited(view: BudgetView) -> Mapping[CameraId, Economy]:
    """Cameras at which more is left out than everywhere."""
    return {camera_id: step for camera_id, step in view.cameras.items() if step > view.economy}


def _sum(view: BudgetView, words: Words) -> str:
    """What was spent today, of its limit if it has one; of the month where that is what is limited."""
    if _is_month_tighter(view):
        return words("budget.bar.month", sum=_of(view.spent_month, view.caps.month, words))
    return words("budget.bar.today", sum=_of(view.spent_day, view.caps.day, words))


def _is_month_tighter(view: BudgetView) -> bool:
    """Whether the month alone has a limit, or is nearer to it while something is left out."""
    day, month = view.caps.day, view.caps.month
    if month is None:
        return False
    return day is None or (view.economy is not Economy.NONE and view.spent_month * day > view.spent_day * month)


def _of(spent: int, cap: int | None, words: Words) -> str:
    said = usd(spent, words)
    return said if cap is None else words("budget.bar.of", spent=said, cap=limit(cap, words))


def _less(view: BudgetView, limited: Mapping[CameraId, Economy], words: Words) -> str:
    if view.economy is not Economy.NONE:
        return words(f"budget.less.{name_of(view.economy)}")
    return words("budget.bar.cameras", count=len(limited)) if limited else ""


def _cause(view: BudgetView, limited: Mapping[CameraId, Economy], names: Mapping[CameraId, str], words: Words) -> str:
    """A line for all cameras, then one for each step that single ones are at."""
    lines = [] if view.economy is Economy.NONE else [words.cause(REASONS[view.economy])]
    for step in STEPS:
        at = [names.get(camera_id, camera_id) for camera_id, taken in limited.items() if taken is step]
        if at:
            lines.append(words("status.about_subject", subject=", ".join(at), cause=words.cause(REASONS[step])))
    return "\n".join(lines) or words("budget.fine" if view.caps.any else "budget.fine_unlimited")


def _facts(view: BudgetView, words: Words) -> tuple[tuple[str, str], ...]:
    forecast = view.forecast_month
    likely = (
        words("budget.fact.not_yet") if forecast is None else words("budget.fact.likely", amount=usd(forecast, words))
    )
    each = _each(view.caps, words)
    return (
        (words("budget.fact.today"), _of_limit(view.spent_day, view.caps.day, words)),
        (words("budget.fact.month"), _of_limit(view.spent_month, view.caps.month, words)),
        (words("budget.fact.forecast"), likely),
        *(((words("budget.fact.camera"), each),) if each else ()),
    )


def _of_limit(spent: int, cap: int | None, words: Words) -> str:
    if cap is None:
        return words("budget.fact.no_limit", spent=usd(spent, words))
    return _of(spent, cap, words)


def _each(caps: Caps, words: Words) -> str:
    """The limits of each camera."""
    said = (
        "" if caps.camera_day is None else words("budget.fact.a_day", cap=limit(caps.camera_day, words)),
        "" if caps.camera_month is None else words("budget.fact.a_month", cap=limit(caps.camera_month, words)),
    )
    return ", ".join(filter(None, said))
