"""What a plan means now, in a sentence."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import tzinfo

from vigint_core.domain.camera import Camera
from vigint_core.domain.schedule import Mode, Plan
from vigint_core.domain.status import Health
from vigint_core.policy.schedule import Stance, needs_hours, next_change, stance
from vigint_desktop.ui.rows.clocks import minute
from vigint_desktop.ui.rows.status import Segment
from vigint_desktop.ui.rows.words import Words


def told_now(plan: Plan, now_s: float, words: Words, zone: tzinfo | None = None) -> str:
    """Who looks now, and until when, as in *Now: the AI looks, until 20:00*."""
    now = stance(plan, now_s, zone)
    who = "nobody" if not now.watched else "ai" if now.ai else "local"
    rules = "armed" if now.rules else "unarmed"
    said = words(f"schedule.now.{who}") if who == "nobody" else words(f"schedule.now.{who}_{rules}")
    change_s = next_change(plan, now_s, zone)
    if change_s is None:
        return said
    return words("schedule.until", said=said, until=minute(change_s, now_s, words, zone))


def plan_segment(cameras: Sequence[Camera], now_s: float, words: Words, zone: tzinfo | None = None) -> Segment | None:
    """The plan's place in the status bar; None while the AI looks everywhere and no rule is armed."""
    stances = Counter(stance(camera.plan, now_s, zone) for camera in cameras)
    usual = Stance(watched=True, ai=True, rules=False)
    if not stances or (set(stances) == {usual} and not any(map(_needs_zones, cameras))):
        return None
    rests = sum(count for held, count in stances.items() if not held.ai)
    armed = sum(count for held, count in stances.items() if held.rules)
    said = [
        words("schedule.bar.rests", count=rests, all=len(cameras)) if rests else "",
        words("schedule.bar.armed", count=armed, all=len(cameras)) if armed else "",
        words("schedule.bar.blind") if any(map(_needs_zones, cameras)) else "",
    ]
    lacking = [
        words("schedule.needs_hours") if any(needs_hours(camera.plan) for camera in cameras) else "",
        words("schedule.needs_zones") if any(map(_needs_zones, cameras)) else "",
    ]
    remedy = " ".join(filter(None, lacking))
    causes = dict.fromkeys(told_now(camera.plan, now_s, words, zone) for camera in cameras)
    return Segment(
        key="plan",
        health=Health.DEGRADED if remedy else Health.OK,
        title=words("schedule.bar.title"),
        word=", ".join(filter(None, said)),
        cause="\n".join(causes),
        remedy=remedy,
    )


def _needs_zones(camera: Camera) -> bool:
    """Whether the AI may only look into zones of some kinds, and none is drawn: then it is never asked."""
    kinds = camera.plan.ai_kinds
    asks = camera.plan.mode in {Mode.AI_ALWAYS, Mode.AI_AFTER_HOURS}
    return bool(kinds) and asks and not any(zone.kind in kinds for zone in camera.scene.zones)


def wants_ai(cameras: Iterable[Camera]) -> bool:
    """Whether any camera's plan ever asks the AI; without a camera, it will."""
    modes = {camera.plan.mode for camera in cameras}
    return not modes or bool(modes & {Mode.AI_ALWAYS, Mode.AI_AFTER_HOURS})
