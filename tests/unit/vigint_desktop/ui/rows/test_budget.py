"""The budget's segment says what was spent, of what, and what is left out: never that all is well when it isn't."""

from collections.abc import Mapping
from types import MappingProxyType

import pytest

from tests.fakes.moments import NOON_S, camera
from vigint_core.domain.budget import BudgetView, Caps, Economy
from vigint_core.domain.fault import Code
from vigint_core.domain.ids import CameraId
from vigint_core.domain.status import BudgetTold, Health
from vigint_core.policy.budget import REASONS
from vigint_desktop.settings import AnalysisPlace
from vigint_desktop.ui.rows.budget import STEPS, budget_segment, name_of
from vigint_desktop.ui.rows.status import Segment
from vigint_desktop.ui.text import Texts

WORDS = Texts("en")
CAMERAS = (camera("Door"), camera("Till"), camera("Stock"))
NONE: Mapping[CameraId, Economy] = MappingProxyType({})
USD = 1_000_000
LIMITED = Caps(day=3 * USD, month=60 * USD)


def told(
    caps: Caps = LIMITED,
    *,
    economy: Economy = Economy.NONE,
    cameras: Mapping[CameraId, Economy] = NONE,
    spent: tuple[int, int] = (412_000, 18_240_000),
    forecast: int | None = 38 * USD,
) -> BudgetTold:
    return BudgetTold(BudgetView(caps, *spent, forecast, economy, cameras), NOON_S)


def shown(what: BudgetTold, place: AnalysisPlace = AnalysisPlace.DIRECT) -> Segment:
    segment = budget_segment(what, CAMERAS, place, WORDS)
    assert segment is not None
    return segment


def test_before_anybody_spoke_of_money_and_where_nothing_is_sent_there_is_no_segment() -> None:
    assert budget_segment(None, CAMERAS, AnalysisPlace.DIRECT, WORDS) is None
    assert budget_segment(told(), CAMERAS, AnalysisPlace.OFF, WORDS) is None


def test_today_the_month_the_forecast_and_the_limits_are_told() -> None:
    segment = shown(told(Caps(3 * USD, 60 * USD, 500_000, 20 * USD)))

    assert (segment.health, segment.word, segment.cause) == (Health.OK, "$0.41 of $3 today", "Nothing is left out.")
    assert segment.facts == (
        ("Today", "$0.41 of $3"),
        ("This month", "$18.24 of $60"),
        ("Month’s end", "about $38.00"),
        ("Each camera", "$0.50 a day, $20 a month"),
    )
    assert segment.since_s == NOON_S


def test_without_a_limit_it_says_so_and_what_is_spent_all_the_same() -> None:
    segment = shown(told(Caps(), forecast=None))

    assert (segment.word, segment.cause) == ("$0.41 today", "No limit is set; nothing is left out.")
    assert ("This month", "$18.24, no limit") in segment.facts
    assert ("Month’s end", "known after a whole day") in segment.facts


@pytest.mark.parametrize("step", STEPS)
def test_every_step_is_named_with_its_cause_and_what_to_do(step: Economy) -> None:
    segment = shown(told(economy=step))

    assert segment.health is Health.DEGRADED
    assert segment.word.endswith(WORDS(f"budget.less.{name_of(step)}"))
    assert (segment.cause, segment.remedy) == (WORDS.cause(REASONS[step]), WORDS.remedy(REASONS[step]))


def test_cameras_at_which_more_is_left_out_are_named_with_what_it_is() -> None:
    segment = shown(
        told(
            economy=Economy.FEWER_FRAMES,
            cameras={
                CameraId("door"): Economy.LOCAL_ONLY,
                CameraId("till"): Economy.FEWER_FRAMES,
                CameraId("gone"): Economy.LOCAL_ONLY,
            },
        )
    )

    assert segment.word.endswith("fewer pictures")
    assert segment.cause.splitlines() == [
        WORDS.cause(Code.BUDGET_FEWER_FRAMES),
        f"Door, gone: {WORDS.cause(Code.BUDGET_LOCAL_ONLY)}",
    ]
    assert segment.remedy == WORDS.remedy(Code.BUDGET_LOCAL_ONLY)


def test_where_single_cameras_alone_are_limited_their_number_is_in_the_bar() -> None:
    segment = shown(told(cameras={CameraId("door"): Economy.LOCAL_ONLY, CameraId("till"): Economy.FEWER_FRAMES}))

    assert segment.word == "$0.41 of $3 today · limited cameras: 2"
    assert segment.health is Health.DEGRADED


@pytest.mark.parametrize(
    ("caps", "economy", "spent", "said"),
    [
        (Caps(month=60 * USD), Economy.NONE, (USD, 20 * USD), "$20.00 of $60 this month"),
        (LIMITED, Economy.NONE, (USD, 59 * USD), "$1.00 of $3 today"),
        (LIMITED, Economy.LOCAL_ONLY, (USD, 59 * USD), "$59.00 of $60 this month · nothing is sent"),
        (LIMITED, Economy.LOCAL_ONLY, (3 * USD, 40 * USD), "$3.00 of $3 today · nothing is sent"),
    ],
)
def test_the_bar_tells_the_limit_that_something_is_left_out_for(
    caps: Caps, economy: Economy, spent: tuple[int, int], said: str
) -> None:
    assert shown(told(caps, economy=economy, spent=spent)).word == said


def test_money_that_nobody_can_tell_is_unknown_and_not_fine() -> None:
    segment = shown(BudgetTold(None, NOON_S), AnalysisPlace.SERVER)

    assert (segment.health, segment.word, segment.facts) == (Health.UNKNOWN, "unknown", ())
    assert "asked again" in segment.remedy


def test_a_servers_budget_says_where_it_is_set() -> None:
    assert shown(told(), AnalysisPlace.SERVER).detail == "This budget is set on your VigInt server."
    assert shown(told(), AnalysisPlace.EMBEDDED).detail == ""


def test_where_room_is_short_what_is_left_out_is_said_before_what_was_spent() -> None:
    assert shown(told()).brief == "$0.41 of $3 today"
    assert shown(told(economy=Economy.LOCAL_ONLY)).brief == "nothing is sent"
    assert shown(told(cameras={CameraId("door"): Economy.LOCAL_ONLY})).brief == "limited cameras: 1"


def test_a_desk_that_asks_nobody_has_no_server_to_blame() -> None:
    nobody = BudgetTold(None, NOON_S)

    assert budget_segment(nobody, CAMERAS, AnalysisPlace.DIRECT, WORDS) is None
    assert budget_segment(nobody, CAMERAS, AnalysisPlace.EMBEDDED, WORDS) is not None
