"""What the plan means now is said as it is."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from tests.fakes.moments import camera
from vigint_core.domain.schedule import Hours, Mode, Plan
from vigint_core.domain.status import Health
from vigint_core.domain.zone import Scene, Zone, ZoneKind, ZoneUse
from vigint_desktop.ui.rows.plan import plan_segment, told_now, wants_ai
from vigint_desktop.ui.text import Texts

PARIS = ZoneInfo("Europe/Paris")
NOON_S = datetime(2026, 11, 23, 12, tzinfo=PARIS).timestamp()
DAILY = ((Hours(480, 1200),),) * 7


def test_who_looks_and_until_when(words: Texts) -> None:
    night_s = NOON_S + 10 * 3600
    plan = Plan(Mode.AI_AFTER_HOURS, DAILY)

    assert told_now(plan, NOON_S, words, PARIS) == "Now: the AI rests, until 20:00."
    assert told_now(plan, night_s, words, PARIS) == "Now: the AI looks, rules are armed, until 24 Nov 08:00."
    assert told_now(Plan(), NOON_S, words, PARIS) == "Now: the AI looks"
    assert told_now(Plan(Mode.AI_OFF), NOON_S, words, PARIS) == "Now: nobody looks"


def test_the_bar_tells_of_plans_only_when_they_change_something(words: Texts) -> None:
    door, till = camera("Door"), camera("Till")
    assert plan_segment([door, till], NOON_S, words, PARIS) is None
    assert plan_segment([], NOON_S, words, PARIS) is None

    local = replace(till, plan=Plan(Mode.LOCAL_ONLY, armed=True))
    told = plan_segment([door, local], NOON_S, words, PARIS)
    assert told is not None
    assert (told.word, told.health) == ("AI rests (1 of 2), rules armed (1 of 2)", Health.OK)
    assert told.cause.splitlines() == ["Now: the AI looks", "Now: rules are armed, the AI rests"]


def test_a_plan_that_can_never_ask_the_ai_is_pointed_out(words: Texts) -> None:
    told = plan_segment([replace(camera("Door"), plan=Plan(Mode.AI_AFTER_HOURS))], NOON_S, words, PARIS)
    assert told is not None
    assert (told.health, told.remedy) == (Health.DEGRADED, words("schedule.needs_hours"))


def test_whether_anybody_wants_the_ai() -> None:
    assert wants_ai([])
    assert wants_ai([camera("Door"), replace(camera("Till"), plan=Plan(Mode.AI_OFF))])
    assert not wants_ai([replace(camera("Door"), plan=Plan(mode)) for mode in (Mode.AI_OFF, Mode.LOCAL_ONLY)])


def test_a_plan_for_zones_that_nobody_has_drawn_is_pointed_out(words: Texts) -> None:
    plan = Plan(ai_kinds=frozenset({ZoneKind.SELF_CHECKOUT}))
    bare = replace(camera("Door"), plan=plan)
    told = plan_segment([bare], NOON_S, words, PARIS)
    assert told is not None
    assert (told.health, told.remedy) == (Health.DEGRADED, words("schedule.needs_zones"))

    zone = Zone("z1", "Tills", ZoneUse.WATCH, ((0, 0), (1, 0), (1, 1)), ZoneKind.SELF_CHECKOUT)
    assert plan_segment([replace(bare, scene=Scene((zone,)))], NOON_S, words, PARIS) is None
