"""What must hold of tellings whatever happens: nothing lost, nothing told twice, nobody flooded, the gravest at once.

One recipient is played as the server plays it: a change is put down, and what is due is sorted anew.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigint_core.domain.alert import TOLD_STATES, Fact, News, Told, Waiting, Wishes
from vigint_core.domain.incident import IncidentState
from vigint_core.domain.schedule import Hours, Week
from vigint_core.domain.verdict import Severity
from vigint_core.policy.alerting import HOUR_S, Memory, Pace, joined, news, turn
from vigint_core.policy.schedule import is_open

START_S = 1_795_435_200.0
PACE = Pace(cooldown_s=300.0, most_an_hour=4)
OFFICE: Week = ((Hours(9 * 60, 13 * 60),),) * 5 + ((), ())


@dataclass
class Recipient:
    """Somebody who is told, and all that was; or who ``refuses`` everything, and all that was given up."""

    wishes: Wishes
    refuses: bool = False
    told: list[Told] = field(default_factory=list)
    given_up: list[Told] = field(default_factory=list)
    waiting: list[Waiting] = field(default_factory=list)
    facts: dict[str, Fact] = field(default_factory=dict)
    ids: Iterator[int] = field(default_factory=count)

    def change(self, fact: Fact, now_s: float) -> None:
        """An incident changed; everything that is due by then has gone, and what is due at once goes."""
        self.pass_until(now_s)
        self.facts[fact.incident_id] = fact
        self._put_down(fact, now_s)
        self.pass_until(now_s)

    def pass_until(self, now_s: float) -> None:
        """Send what falls due, in its order."""
        while due := min((one for one in self.waiting if one.due_s <= now_s), key=lambda one: one.due_s, default=None):
            self._send(due)

    def _memory(self, at_s: float, *, incident_ids: Sequence[str]) -> Memory:
        known = [one for one in self.told if one.at_s > at_s - HOUR_S or one.fact.incident_id in incident_ids]
        given_up = [one for one in self.given_up if one.at_s > at_s - HOUR_S]
        return Memory(known, any(not one.about for one in self.waiting), given_up)

    def _put_down(self, fact: Fact, now_s: float) -> None:
        memory = self._memory(now_s, incident_ids=[fact.incident_id])
        due = turn(self.wishes, PACE, memory, fact, now_s, UTC)
        if due is None:
            return
        assert due.at_s >= now_s
        there = joined(self.waiting, fact, due)
        if there is None:
            there = Waiting(f"d{next(self.ids)}", "" if due.gathered else fact.camera_id, due.at_s, frozenset())
        else:
            self.waiting.remove(there)
        self.waiting.append(replace(there, incident_ids=there.incident_ids | {fact.incident_id}))

    def _send(self, delivery: Waiting) -> None:
        self.waiting.remove(delivery)
        at_s, ids = delivery.due_s, sorted(delivery.incident_ids)
        memory = self._memory(at_s, incident_ids=ids)
        turns = {i: turn(self.wishes, PACE, memory, self.facts[i], at_s, UTC) for i in ids}
        for i, due in turns.items():
            new = news(self.wishes, memory.told, self.facts[i])
            if due is not None and due.at_s <= at_s and new is not None:
                tried = self.given_up if self.refuses else self.told
                tried.append(Told(self.facts[i], new, at_s, delivery.id))
        for i, due in turns.items():
            if due is not None and due.at_s > at_s:
                self._put_down(self.facts[i], at_s)

    def standing(self, incident_id: str) -> list[Told]:
        """What was told of an incident since it was withdrawn last."""
        of_it = [one for one in self.told if one.fact.incident_id == incident_id]
        return of_it[max([n for n, one in enumerate(of_it, 1) if one.news is News.WITHDRAWN], default=0) :]


facts = st.builds(
    lambda number, state, severity: Fact(f"i{number}", f"c{number % 3}", state, severity),
    st.integers(0, 8),
    st.sampled_from(IncidentState),
    st.sampled_from(Severity),
)
changes = st.lists(st.tuples(st.sampled_from([0.0, 1.0, 20.0, 150.0, 299.0, 300.0, 900.0, 4000.0]), facts), max_size=60)
wishes = st.builds(
    Wishes,
    least=st.sampled_from(Severity),
    states=st.sampled_from([TOLD_STATES, frozenset({IncidentState.CONFIRMED})]),
    hours=st.sampled_from([None, None, OFFICE]),
    always=st.sampled_from([None, Severity.HIGH, Severity.CRITICAL]),
)


def played(wishes: Wishes, changes: list[tuple[float, Fact]], *, refuses: bool = False) -> Recipient:
    """The recipient after all changes, when nothing waits any more."""
    recipient, now_s = Recipient(wishes, refuses), START_S
    for after_s, fact in changes:
        now_s += after_s
        recipient.change(fact, now_s)
    for _ in range(500):
        if not recipient.waiting:
            return recipient
        recipient.pass_until(min(one.due_s for one in recipient.waiting))
    pytest.fail("something waits for ever")


@settings(max_examples=300, deadline=None)
@given(wishes, changes)
def test_nothing_is_lost_and_the_last_word_is_true(wishes: Wishes, changes: list[tuple[float, Fact]]) -> None:
    recipient = played(wishes, changes)
    for fact in recipient.facts.values():
        standing = recipient.standing(fact.incident_id)
        if fact.state is IncidentState.VETOED:
            assert not standing
        if fact.state in wishes.states and fact.severity.rank >= wishes.least.rank:
            assert standing
        if standing and fact.state in TOLD_STATES:
            assert max(one.fact.severity.rank for one in standing) >= fact.severity.rank
        if standing and fact.state is IncidentState.CONFIRMED:
            assert any(one.fact.state is IncidentState.CONFIRMED for one in standing)


@settings(max_examples=300, deadline=None)
@given(wishes, changes)
def test_nothing_is_told_twice_unless_it_was_withdrawn(wishes: Wishes, changes: list[tuple[float, Fact]]) -> None:
    since: dict[str, set[tuple[IncidentState, Severity]]] = {}
    for one in played(wishes, changes).told:
        known = since.setdefault(one.fact.incident_id, set())
        if one.news is News.WITHDRAWN:
            assert known, "only what was told can be withdrawn"
            known.clear()
            continue
        assert (one.fact.state, one.fact.severity) not in known
        assert (one.news is News.FIRST) is not bool(known)
        known.add((one.fact.state, one.fact.severity))


@settings(max_examples=300, deadline=None)
@given(wishes, changes)
def test_nobody_is_flooded(wishes: Wishes, changes: list[tuple[float, Fact]]) -> None:
    check_no_flood(played(wishes, changes).told)


@settings(max_examples=120, deadline=None)
@given(wishes, changes)
def test_who_refuses_everything_is_tried_no_more_often(wishes: Wishes, changes: list[tuple[float, Fact]]) -> None:
    tried = played(wishes, changes, refuses=True).given_up
    check_no_flood(tried)
    for number, one in enumerate(tried):
        of_it = (other for other in tried[:number] if other.fact.incident_id == one.fact.incident_id)
        lately = [other.fact.severity.rank for other in of_it if other.at_s > one.at_s - PACE.cooldown_s]
        assert one.fact.severity.rank > max(lately, default=-1), "the same, within the cool-down"


def check_no_flood(told: list[Told]) -> None:
    for delivery_id in {one.delivery_id for one in told}:
        mine = [one for one in told if one.delivery_id == delivery_id]
        before = [one for one in told[: told.index(mine[0])] if one.at_s > mine[0].at_s - HOUR_S]
        if len({one.delivery_id for one in before}) >= PACE.most_an_hour:
            assert any(tops(one, before, told) for one in mine)


@settings(max_examples=300, deadline=None)
@given(wishes, changes)
def test_an_incident_is_updated_once_a_cool_down_unless_its_severity_rose(
    wishes: Wishes, changes: list[tuple[float, Fact]]
) -> None:
    told = played(wishes, changes).told
    for number, one in enumerate(told):
        if one.news in {News.JUDGED, News.WITHDRAWN}:
            updates = [
                other
                for other in told[:number]
                if other.fact.incident_id == one.fact.incident_id and other.news is not News.FIRST
            ]
            assert all(one.at_s >= other.at_s + PACE.cooldown_s for other in updates)


@settings(max_examples=300, deadline=None)
@given(wishes, changes)
def test_outside_the_hours_only_what_is_told_always_is_told(wishes: Wishes, changes: list[tuple[float, Fact]]) -> None:
    recipient = played(wishes, changes)
    for one in recipient.told:
        if wishes.hours is not None and not is_open(wishes.hours, one.at_s, UTC):
            of_it = [other for other in recipient.told if other.fact.incident_id == one.fact.incident_id]
            gravest = max(other.fact.severity.rank for other in of_it if other.at_s <= one.at_s)
            assert wishes.always is not None
            assert gravest >= wishes.always.rank


@settings(max_examples=300, deadline=None)
@given(changes, facts)
def test_what_is_graver_than_all_that_was_told_goes_at_once(changes: list[tuple[float, Fact]], fact: Fact) -> None:
    recipient, now_s = Recipient(Wishes()), START_S
    for after_s, other in changes:
        now_s += after_s
        if other.severity is not Severity.CRITICAL:
            recipient.change(other, now_s)
    graver = replace(fact, state=IncidentState.CONFIRMED, severity=Severity.CRITICAL)
    recipient.change(graver, now_s)

    assert recipient.told[-1].fact == graver
    assert recipient.told[-1].at_s == now_s


def tops(one: Told, before: list[Told], told: list[Told]) -> bool:
    """Whether it is graver than all that was told in the hour and not withdrawn by then."""
    earlier = told[: told.index(one)]
    gone = {other.fact.incident_id: n for n, other in enumerate(earlier) if other.news is News.WITHDRAWN}
    standing = [other for other in before if earlier.index(other) > gone.get(other.fact.incident_id, -1)]
    return all(one.fact.severity.rank > other.fact.severity.rank for other in standing)
