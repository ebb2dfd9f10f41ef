"""Parts are proven, each for a second; what changed is told, with the time since when."""

import asyncio
import threading
from collections.abc import Iterator, Sequence

import anyio.to_thread
import pytest

from server.services import health as module
from server.services.health import HealthCheck, PartState, worst
from server.services.proofs import Finding
from tests.fakes.clock import FakeClock
from tests.fakes.waiting import wait_until
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


class Hanging(Part):
    """A part whose proof ends when a test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.go_on = threading.Event(), threading.Event()

    def __call__(self, now_s: float) -> Finding:
        self.begun.set()
        assert self.go_on.wait(20)
        return super().__call__(now_s)


@pytest.fixture
def hanging() -> Iterator[Hanging]:
    hanging = Hanging()
    yield hanging
    hanging.go_on.set()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_WAIT_S", 0.05)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(("name", "code"), [("storage", Code.SERVER_FILES), ("database", Code.SERVER_STORAGE)])
def test_a_part_that_hangs_is_down_and_the_others_are_as_they_are(
    hanging: Hanging, part: Part, clock: FakeClock, name: str, code: Code
) -> None:
    ill, well = HealthCheck({name: hanging, "other": part}, clock).states()
    assert (ill.health, ill.finding.code, ill.finding.detail) == (Health.DOWN, code, "the proof takes too long")
    assert well.health is Health.OK


def test_a_proof_that_took_too_long_has_failed_however_it_ends(
    hanging: Hanging, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = HealthCheck({"storage": hanging}, clock)
    with monkeypatch.context() as impatient:
        impatient.setattr(module, "_WAIT_S", 0.05)
        check.states()
    clock.advance(3)
    assert check._asked(["storage"]) == []  # nobody waits for it a second time
    assert check.states()[0].health is Health.DOWN
    hanging.go_on.set()
    assert wait_until(lambda: hanging.asked == 1 and not check._under_way)
    assert check.states()[0].health is Health.DOWN
    clock.advance(2)
    assert check.states()[0].health is Health.OK  # a new one, which ends in time
    assert hanging.asked == 2


def test_who_comes_later_waits_only_for_what_is_left_of_a_proofs_time(hanging: Hanging, clock: FakeClock) -> None:
    check = HealthCheck({"storage": hanging, "other": Part()}, clock)

    async def late() -> Sequence[PartState]:
        first = asyncio.create_task(check.current("storage"))
        assert await anyio.to_thread.run_sync(hanging.begun.wait, 20)
        clock.advance(5)
        async with asyncio.timeout(4):
            found = await check.current("other", "storage")
        first.cancel()
        return found

    assert [state.health for state in asyncio.run(late())] == [Health.OK, Health.DOWN]


def test_who_asks_while_a_proof_is_made_shares_its_end_and_costs_no_thread(hanging: Hanging, clock: FakeClock) -> None:
    check = HealthCheck({"part": hanging}, clock)

    async def crowd() -> list[Sequence[PartState]]:
        asking = [asyncio.create_task(check.current()) for _ in range(60)]
        assert await anyio.to_thread.run_sync(hanging.begun.wait, 20)
        assert anyio.to_thread.current_default_thread_limiter().borrowed_tokens == 0
        hanging.go_on.set()
        return await asyncio.gather(*asking)

    assert {state.health for states in asyncio.run(crowd()) for state in states} == {Health.OK}
    assert hanging.asked == 1


def test_what_nobody_foresaw_is_told_to_who_asked_and_asked_anew(part: Part, clock: FakeClock) -> None:
    def crashes(now_s: float) -> Finding:
        if not part.asked:
            part(now_s)
            raise KeyError("unforeseen")
        return part(now_s)

    check = HealthCheck({"part": crashes}, clock)
    with pytest.raises(KeyError):
        check.states()
    assert check.states()[0].health is Health.OK


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
