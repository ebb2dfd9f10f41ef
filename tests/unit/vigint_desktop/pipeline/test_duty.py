from vigint_core.domain.schedule import Hours, Mode, Plan
from vigint_desktop.pipeline.duty import Duty

NEVER = tuple(() for _ in range(7))
ALWAYS = tuple((Hours(0, 0),) for _ in range(7))


def test_the_plan_is_asked_once_a_second_by_the_clock_on_the_wall() -> None:
    asked: list[float] = []

    def wall() -> float:
        asked.append(0.0)
        return 1_800_000_000.0

    duty = Duty(Plan(Mode.AI_AFTER_HOURS, NEVER), wall)
    asked.clear()
    for tick in range(20):
        assert duty.stance(1000 + tick / 10).ai
    assert len(asked) == 2


def test_another_plan_is_in_force_at_the_next_look() -> None:
    duty = Duty(Plan(Mode.AI_AFTER_HOURS, NEVER), lambda: 1_800_000_000.0)
    assert duty.stance(1000).ai

    duty.describe(Plan(Mode.AI_AFTER_HOURS, ALWAYS))

    assert not duty.stance(1000.1).ai


def test_a_clock_that_runs_back_does_not_stop_it() -> None:
    duty = Duty(Plan(armed=True), lambda: 1_800_000_000.0)
    assert duty.stance(1000).rules
    assert duty.stance(5).rules
