"""What a key may use: counted over all processes, written seldom, given back when a process dies."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine, event

from server.config import Config
from server.db.books.calls import WindowEntry, add_calls
from server.db.database import Database
from server.db.schema import migrate
from server.services.clients import Clients, SignedIn
from server.services.limits import LOOK_LEASE_S, Holder, KeyLimiter, KeyLimits
from server.services.refusals import RefusedError
from tests.fakes.clock import NOON_S, FakeClock
from tests.fakes.server import SECRET_KEY
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.verdict import Call
from vigint_core.policy.periods import month_named, month_of, zone_named

ANY = Holder("c1", "k1", "UTC", KeyLimits())
MIB = 1024 * 1024


def limiter(database: Database, clock: FakeClock, **limits: Any) -> KeyLimiter:
    return KeyLimiter(database, clock, Config(secret_key=SecretStr(SECRET_KEY), **limits))


def own(**limits: int) -> Holder:
    return Holder("c1", "k1", "UTC", KeyLimits(**limits))


def admitted(by: KeyLimiter, holder: Holder = ANY, sent_bytes: int = 0) -> bool:
    try:
        by.admit(holder, sent_bytes)
    except RefusedError as error:
        return not (error.code in {Code.LIMIT_REQUESTS, Code.LIMIT_BYTES} and error.retry_after_s)
    return True


def test_processes_together_never_pass_a_limit(books: Database, clock: FakeClock) -> None:
    processes = [limiter(books, clock, vigint_key_requests_minute=200) for _ in range(4)]
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda number: admitted(processes[number % 4]), range(400)))
    assert sum(answers) <= 200
    assert sum(answers) >= 120, "what one holds unspent is lost to the others only for a while"
    clock.advance(63.1)
    assert all(admitted(each) for each in processes)


def test_one_process_can_use_it_all_and_is_told_when_there_is_more(database: Database, clock: FakeClock) -> None:
    alone = limiter(database, clock, vigint_key_requests_minute=30)
    standings = [alone.admit(ANY, 0) for _ in range(30)]
    assert [(each.most, each.left) for each in standings if each] == [(30, left) for left in range(29, -1, -1)]
    with pytest.raises(RefusedError) as refused:
        alone.admit(ANY, 0)
    assert refused.value.code is Code.LIMIT_REQUESTS
    standing = alone.standing(ANY)
    assert standing is not None
    assert (standing.most, standing.left) == (30, 0)
    assert refused.value.retry_after_s is not None
    clock.advance(refused.value.retry_after_s - 0.1)
    assert not admitted(alone)
    clock.advance(0.2)
    assert admitted(alone)


def test_what_is_at_hand_is_counted_as_what_is_asked_for(database: Database, clock: FakeClock) -> None:
    """On the event loop: what this process holds, and None where the books would have to be asked."""
    alone = limiter(database, clock, vigint_key_requests_minute=1000)
    assert alone.admit_at_hand(ANY) is None, "nothing is held yet"
    counted = 0
    for left in range(999, 799, -1):
        at_hand = alone.admit_at_hand(ANY)
        standing = at_hand or alone.admit(ANY, 0)
        assert standing is not None
        assert standing.left == left
        counted += at_hand is not None
    assert counted > 150
    clock.advance(3.1)
    assert alone.admit_at_hand(ANY) is None, "what was held is worthless in the next slot"
    assert limiter(database, clock, vigint_key_requests_minute=0).admit_at_hand(ANY) is None


def test_what_is_at_hand_waits_for_nobody(database: Database, clock: FakeClock) -> None:
    alone = limiter(database, clock, vigint_key_requests_minute=1000)
    while alone.admit_at_hand(ANY) is None:
        alone.admit(ANY, 0)
    with alone._stocks[ANY.key_id, "requests"].lock:
        assert alone.admit_at_hand(ANY) is None


def test_many_requests_cost_few_writes_and_refusals_hardly_any(database: Database, clock: FakeClock) -> None:
    written: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith(("UPDATE", "INSERT")):
            written.append(statement)

    alone = limiter(database, clock, vigint_key_requests_minute=10_000)
    event.listen(Engine, "before_cursor_execute", note)
    try:
        assert all(admitted(alone) for _ in range(10_000))
        assert len(written) < 70
        written.clear()
        assert not any(admitted(alone) for _ in range(1000))
        assert len(written) <= 2
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def test_bytes_are_counted_by_the_hour_and_a_smaller_body_may_still_fit(database: Database, clock: FakeClock) -> None:
    alone = limiter(database, clock, vigint_key_bytes_hour=100 * MIB)
    assert [admitted(alone, sent_bytes=30 * MIB) for _ in range(4)] == [True, True, True, False]
    assert not admitted(alone, sent_bytes=11 * MIB)
    assert admitted(alone, sent_bytes=9 * MIB)
    assert admitted(alone), "what brings nothing along is not held up"
    clock.advance(3600 * 21 / 20)
    assert admitted(alone, sent_bytes=100 * MIB)


def test_a_body_that_could_never_be_sent_is_too_large(database: Database, clock: FakeClock) -> None:
    with pytest.raises(RefusedError) as refused:
        limiter(database, clock).admit(own(bytes_hour=1000), 1001)
    assert refused.value.code is Code.CLIP_TOO_LARGE


def test_a_key_s_own_limit_replaces_the_server_s_and_nought_is_none(database: Database, clock: FakeClock) -> None:
    some = limiter(database, clock, vigint_key_requests_minute=1)
    assert [admitted(some, own(requests_minute=3)) for _ in range(4)] == [True, True, True, False]
    assert all(admitted(some, own(requests_minute=0)) for _ in range(100))
    assert some.admit(own(requests_minute=0), 0) is None
    assert some.standing(own(requests_minute=0)) is None
    assert KeyLimits(looks=0, spend_day=5).over(some.defaults) == KeyLimits(1, 8192 * MIB, 0, 5, None)


def test_looks_at_once_are_counted_over_all_processes(books: Database, clock: FakeClock) -> None:
    one, two = (limiter(books, clock, vigint_key_looks=2) for _ in range(2))
    first, second = one.begin_look(ANY, "w1"), two.begin_look(ANY, "w2")
    assert first is not None
    assert second is not None
    with pytest.raises(RefusedError) as refused:
        one.begin_look(ANY, "w3")
    assert (refused.value.code, refused.value.retry_after_s) == (Code.LIMIT_LOOKS, 2.0)
    assert one.begin_look(Holder("c1", "k2", "UTC", KeyLimits()), "w3"), "another key has places of its own"
    two.end_look(ANY, second)
    assert one.begin_look(ANY, "w3")


def test_many_at_once_get_no_more_places_than_there_are(books: Database, clock: FakeClock) -> None:
    processes = [limiter(books, clock, vigint_key_looks=5) for _ in range(3)]

    def begun(number: int) -> bool:
        try:
            return processes[number % 3].begin_look(ANY, f"w{number}") is not None
        except RefusedError:
            return False

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(begun, range(30))) == 5


def test_places_of_a_killed_process_come_back_within_90_seconds(database: Database, clock: FakeClock) -> None:
    dead, alive = (limiter(database, clock, vigint_key_looks=1) for _ in range(2))
    dead.begin_look(ANY, "w1")
    clock.advance(LOOK_LEASE_S - 0.1)
    with pytest.raises(RefusedError):
        alive.begin_look(ANY, "w2")
    clock.advance(0.2)
    assert alive.begin_look(ANY, "w2") is not None
    assert LOOK_LEASE_S <= 90


def test_where_nothing_is_limited_nothing_is_written(database: Database, clock: FakeClock) -> None:
    free = limiter(database, clock, vigint_key_requests_minute=0, vigint_key_bytes_hour=0, vigint_key_looks=0)
    database.close()
    assert free.admit(ANY, 10**12) is None
    assert free.begin_look(ANY, "w1") is None


def test_a_place_that_can_not_be_given_back_ends_by_itself(tmp_path: Path, clock: FakeClock) -> None:
    database = Database(f"sqlite:///{tmp_path / 'x.sqlite3'}")
    migrate(database)
    some = limiter(database, clock)
    place = some.begin_look(ANY, "w1")
    assert place is not None
    with database.connection() as connection:
        connection.exec_driver_sql("DROP TABLE key_looks")
    some.end_look(ANY, place)
    with pytest.raises(VigintError):
        some.begin_look(ANY, "w2")
    database.close()


def spend(database: Database, clock: FakeClock, window: str, micro_usd: int, unsettled: int = 0) -> None:
    entry = WindowEntry(window, "f", "cam", "Door", 0.0, 10.0)
    call = Call("first", "m", "p", 1, 1, micro_usd, 0.5, unsettled_micro_usd=unsettled)
    with database.writing() as session:
        add_calls(session, "c1", entry, [call], clock.wall())


@pytest.fixture
def spender(books: Database, clock: FakeClock) -> SignedIn:
    """A key of client ``c1``."""
    with books.connection() as connection:
        connection.exec_driver_sql("INSERT INTO clients (id, name, created_s) VALUES ('c1', 'Shop', 0)")
    clients = Clients(books, clock)
    key = clients.add_key("Shop")
    clients.set_limits(key.id, KeyLimits(spend_day=1000, spend_month=2500))
    return clients.sign_in(key.text)


def begun(by: KeyLimiter, signed_in: SignedIn, window: str) -> Code | None:
    try:
        place = by.begin_look(signed_in.holder, window)
    except RefusedError as error:
        return error.code if error.retry_after_s else None
    assert place is not None
    by.end_look(signed_in.holder, place)
    return None


def test_money_is_counted_by_the_day_and_the_month_from_the_ledger(
    books: Database, clock: FakeClock, spender: SignedIn
) -> None:
    one, two = limiter(books, clock), limiter(books, clock)
    day_s = 24 * 3600.0
    for day in range(2):
        assert begun(one, spender, f"a{day}") is None
        spend(books, clock, f"a{day}", 900)
        assert begun(two, spender, f"b{day}") is None
        spend(books, clock, f"b{day}", 50, unsettled=60)
        assert begun(one, spender, "c") is begun(two, spender, "c") is Code.LIMIT_SPEND
        spend(books, clock, "a key of another window", 10_000)
        clock.advance(day_s)
    assert begun(one, spender, "d") is None
    spend(books, clock, "d", 480)
    assert begun(two, spender, "e") is Code.LIMIT_SPEND, "the month's"
    with pytest.raises(RefusedError) as refused:
        two.begin_look(spender.holder, "e")
    zone = zone_named(spender.client.time_zone)
    month = month_named(month_of(clock.wall(), zone), zone)
    assert refused.value.retry_after_s == pytest.approx(month.end_s - clock.wall())
    clock.advance(31 * day_s)
    assert begun(two, spender, "f") is None


def test_money_adds_up_however_long_ago_it_was_spent(books: Database, clock: FakeClock, spender: SignedIn) -> None:
    """Old calls are summed once and new ones each time; the sum is the ledger's all the same."""
    some = limiter(books, clock)
    for minute in range(9):
        assert begun(some, spender, f"w{minute}") is None
        spend(books, clock, f"w{minute}", 100)
        clock.advance(77.0)
    assert begun(some, spender, "w9") is None
    spend(books, clock, "w9", 100)
    assert begun(some, spender, "w10") is Code.LIMIT_SPEND
    clock.step_wall(-60.0)
    assert begun(some, spender, "w10") is Code.LIMIT_SPEND


def test_nothing_may_be_spent_where_that_is_said(books: Database, clock: FakeClock) -> None:
    assert clock.wall() == NOON_S
    with pytest.raises(RefusedError) as refused:
        limiter(books, clock, vigint_key_spend_day_usd=0).begin_look(ANY, "w1")
    assert refused.value.code is Code.LIMIT_SPEND


def test_a_zone_that_the_machine_has_lost_is_told(database: Database, clock: FakeClock) -> None:
    lost = Holder("c1", "k1", "Mars/Base", KeyLimits(spend_day=5))
    with pytest.raises(VigintError, match="tzdata"):
        limiter(database, clock).begin_look(lost, "w1")
