"""Random spending: whatever cameras, prices, failures and the calendar do to a purse, its caps are kept to the unit.

The machine keeps the truth by itself: what every call has cost, or can have cost while nobody knows.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Generic, TypeVar
from zoneinfo import ZoneInfo

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)
from hypothesis.strategies import SearchStrategy

from tests.fakes.clock import FakeClock
from vigint_core.domain.budget import Caps, Economy, Hold, Payer
from vigint_core.domain.fault import Code
from vigint_core.ports import Purse

Kind = TypeVar("Kind", bound=Purse)
PARIS: Final = ZoneInfo("Europe/Paris")
"""The zone of the payer's clock; purses that go by the machine's own need ``TZ`` set to it."""
CAMERAS: Final = ("door", "till", "yard")
_caps: Final = st.none() | st.integers(0, 2000)


def paris_s(text: str) -> float:
    """Unix time of what a clock in Paris shows."""
    return datetime.fromisoformat(text).replace(tzinfo=PARIS).timestamp()


CAPS: Final = st.builds(Caps, _caps, _caps, _caps, _caps, st.sampled_from([0.0, 0.15, 0.5, 1.0]))
BEGINNINGS: Final = st.sampled_from(
    [
        paris_s(text)
        for text in (
            "2026-03-28T23:30",  # the day after has 23 hours
            "2026-10-24T22:59",  # and this one 25
            "2026-12-31T23:58",
            "2028-02-28T12:00",
            "2026-06-15T08:00",
        )
    ]
)
WAITS_S: Final = st.sampled_from([1.0, 90.0, 121.0, 1800.0, 3600.0, 23 * 3600.0, 86_400.0, 20 * 86_400.0, -3600.0])


@dataclass(frozen=True)
class Books(Generic[Kind]):
    """How a purse of one kind is had.

    Attributes:
        opened: a purse from which nothing was spent, and the site that pays from it.
        killed: the same after the program was killed and started again.
        used: what its books say is spent or put aside, by site, camera ("" for all of them) and period.
    """

    opened: Callable[[FakeClock, Caps], tuple[Kind, str]]
    killed: Callable[[Kind], Kind]
    used: Callable[[Kind, str, str, str], int]


@dataclass(eq=False)
class CallMade:
    """A call under way. ``run``: in which run of the program it was made."""

    hold: Hold
    keys: tuple[tuple[str, str], ...]
    run: int


class Spending(RuleBasedStateMachine):
    """Calls are made, answered at any price up to what was put aside, or never, and die with the program."""

    calls: Bundle[CallMade] = Bundle("calls")

    def __init__(self, books: Books[Any]) -> None:
        super().__init__()
        self._books = books
        self._run = 0
        self._spent: Counter[tuple[str, str]] = Counter()

    @initialize(caps=CAPS, at_s=BEGINNINGS)
    def open_shop(self, caps: Caps, at_s: float) -> None:
        self.caps = caps
        self.clock = FakeClock(wall_s=at_s)
        self.purse, self.site = self._books.opened(self.clock, caps)

    @rule(
        target=calls, camera=st.sampled_from(["", *CAMERAS]), amount=st.integers(0, 500), second=st.booleans()
    )  # fmt: skip
    def ask(self, camera: str, amount: int, second: bool) -> SearchStrategy[CallMade] | CallMade:
        keys = self._keys(camera)
        answer = self.purse.reserve(Payer(self.site, camera), amount, second=second)
        refused = any(self._spent[key] + amount > self._open(key, second=second) for key in keys)
        assert answer is Code.BUDGET_SPENT if refused else isinstance(answer, Hold), (answer, keys, amount)
        if not isinstance(answer, Hold):
            return multiple()
        for key in keys:
            self._spent[key] += amount
        return CallMade(answer, keys, self._run)

    @rule(call=consumes(calls), share=st.sampled_from([0.0, 1.0]) | st.floats(0, 1))
    def answer(self, call: CallMade, share: float) -> None:
        """It failed before it cost anything, has cost all that was put aside, or something between."""
        if call.run != self._run:
            return
        cost = int(call.hold.amount * share)
        self.purse.settle(call.hold, cost)
        for key in call.keys:
            self._spent[key] += cost - call.hold.amount

    @precondition(lambda self: self._run < 2)
    @rule()
    def kill(self) -> None:
        self.purse = self._books.killed(self.purse)
        self._run += 1

    @rule(seconds=WAITS_S)
    def wait(self, seconds: float) -> None:
        self.clock.step_wall(seconds)

    @rule(camera=st.sampled_from(CAMERAS))
    def look_up(self, camera: str) -> None:
        """Where nothing is left for first looks, nothing is sent."""
        gone = any(self._spent[key] >= self._open(key, second=False) for key in self._keys(camera))
        step = self.purse.economy(Payer(self.site, camera))
        assert step is Economy.LOCAL_ONLY or not gone, (step, self._spent)

    @invariant()
    def the_books_are_true(self) -> None:
        for key, spent in self._spent.items():
            if self.caps.any:  # else nothing is put aside
                assert self._books.used(self.purse, self.site, *key) == spent, key

    @invariant()
    def no_cap_is_passed(self) -> None:
        for key, spent in self._spent.items():
            assert spent <= self._open(key, second=True), key

    def _keys(self, camera: str) -> tuple[tuple[str, str], ...]:
        day = datetime.fromtimestamp(self.clock.wall(), UTC).astimezone(PARIS).date().isoformat()
        return tuple((whose, period) for whose in sorted({"", camera}) for period in (day, day[:7]))

    def _open(self, key: tuple[str, str], *, second: bool) -> float:
        """How much may be used at most in one account."""
        camera, period = key
        of_camera = (self.caps.camera_month, self.caps.camera_day)
        cap = (of_camera if camera else (self.caps.month, self.caps.day))[len(period) == len("2026-11-29")]
        if cap is None:
            return float("inf")
        return cap if second else cap - round(cap * self.caps.reserve_share)


def spend_at_random(books: Books[Any], *, examples: int, steps: int = 40) -> None:
    """Let the machine run so many times."""
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        lambda: Spending(books), settings=settings(max_examples=examples, stateful_step_count=steps, deadline=None)
    )


def steps_taken(purse: Purse, payer: Payer, amount: int) -> list[Economy]:
    """The steps of economy in the order in which they come while first looks use the money up."""
    seen = [purse.economy(payer)]
    while isinstance(hold := purse.reserve(payer, amount, second=False), Hold):
        purse.settle(hold, amount)
        step = purse.economy(payer)
        if step is not seen[-1]:
            seen.append(step)
    return seen
