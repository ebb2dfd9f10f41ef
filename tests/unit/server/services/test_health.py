"""Parts are proven, each for a second; what changed is told, with the time since when."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from server.services import health as module
from server.services.health import HealthCheck, worst
from server.services.proofs import Finding
from tests.fakes.clock import FakeClock
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.status import Health


class Part:
    """A part that is as a test says."""

    def __init__(self) -> None:
        self.fault: Code | None = None
        self.asked = 0

    def __call__(self, now_s: float) -> Finding:
        self.asked += 1
        if self.fault is not None:
            raise VigintError(self.fault, "told in detail")
        return Finding(Health.OK, asked_s=now_s, worked_s=now_s)


@pytest.fixture
def part() -> Part:
    return Part()


@pytest.fixture
def check(part: Part, clock: FakeClock) -> HealthCheck:
    return HealthCheck({"part": part}, clock)


def test_a_proof_is_used_for_one_second(check: HealthCheck, part: Part, clock: FakeClock) -> None:
    check.states()
    clock.advance(0.9)
    check.states()
    assert part.asked == 1
    clock.advance(0.2)
    check.states()
    assert part.asked == 2


def test_only_what_is_asked_for_is_proven(part: Part, clock: FakeClock) -> None:
    other = Part()
    check = HealthCheck({"part": part, "other": other}, clock)
    assert [state.part for state in check.states("other")] == ["other"]
    assert (part.asked, other.asked) == (0, 1)
    assert [state.part for state in check.states()] == ["part", "other"]
    assert (part.asked, other.asked) == (1, 1)


@pytest.mark.expects_log("health changed")
def test_since_is_when_the_state_began_and_worked_when_it_last_did(
    check: HealthCheck, part: Part, clock: FakeClock
) -> None:
    begun_s = clock.wall()
    check.states()
    clock.advance(10)
    (well,) = check.states()
    assert (well.since_s, well.worked_s) == (begun_s, clock.wall())
    part.fault = Code.SERVER_STORAGE
    clock.advance(10)
    check.states()
    clock.advance(10)
    (ill,) = check.states()
    assert (ill.health, ill.finding.code, ill.finding.detail) == (Health.DOWN, Code.SERVER_STORAGE, "told in detail")
    assert (ill.since_s, ill.worked_s) == (begun_s + 20, begun_s + 10)


@pytest.mark.expects_log("health changed")
def test_a_change_is_logged_once(
    check: HealthCheck, part: Part, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    check.states()
    part.fault = Code.SERVER_STORAGE
    for _ in range(3):
        clock.advance(2)
        check.states()
    assert len([each for each in caplog.records if "health changed" in each.getMessage()]) == 1


def test_a_proof_that_hangs_is_no_proof_and_holds_nobody_for_long(
    clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_WAIT_S", 0.05)
    begun, go_on = threading.Event(), threading.Event()

    def hangs(now_s: float) -> Finding:
        begun.set()
        go_on.wait(20)
        return Finding(Health.OK)

    check = HealthCheck({"part": hangs}, clock)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(check.states)
        assert begun.wait(20)
        (waiting,) = check.states()
        go_on.set()
        assert first.result(20)[0].health is Health.OK
    assert (waiting.health, waiting.finding.detail) == (Health.DOWN, "the proof takes too long")


@pytest.mark.parametrize(
    ("found", "whole"),
    [
        ([Health.OK, Health.NOT_CONFIGURED], Health.OK),
        ([Health.OK, Health.DEGRADED], Health.DEGRADED),
        ([Health.DEGRADED, Health.DOWN, Health.OK], Health.DOWN),
        ([], Health.OK),
    ],
)
def test_the_whole_is_as_its_worst_part(found: list[Health], whole: Health, clock: FakeClock) -> None:
    proofs = {str(number): (lambda now_s, each=each: Finding(each)) for number, each in enumerate(found)}
    assert worst(HealthCheck(proofs, clock).states()) is whole
