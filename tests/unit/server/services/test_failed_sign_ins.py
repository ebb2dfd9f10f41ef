"""Failed sign-ins: counted over all processes, limited for who fails, logged once a burst, never more than a table."""

import logging
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.db.database import Database
from server.services import failed_sign_ins as module
from server.services.clients import Clients
from server.services.failed_sign_ins import MOST_PER_ADDRESS, MOST_PER_KEY, WINDOW_S, FailedSignIns, network
from server.services.keys import new_key
from server.services.refusals import RefusedError
from tests.fakes.clock import FakeClock
from vigint_core.domain.fault import Code

SHOP, STRANGER = "192.0.2.7", "203.0.113.9"


@pytest.fixture
def failed(database: Database, clock: FakeClock) -> FailedSignIns:
    return FailedSignIns(database, clock)


def wait_s(failed: FailedSignIns, key_id: str, address: str = SHOP) -> float | None:
    """Seconds to wait, or None where the failure was only counted."""
    try:
        failed.note(key_id, address)
    except RefusedError as error:
        return error.retry_after_s if error.code is Code.AUTH_TOO_MANY else -1.0
    return None


def marks(database: Database) -> int:
    with database.connection() as connection:
        return connection.exec_driver_sql("SELECT count(*) FROM failed_sign_ins").scalar() or 0


def test_a_key_s_id_fails_so_often_in_a_minute_and_then_waits_for_its_end(
    failed: FailedSignIns, clock: FakeClock
) -> None:
    assert [wait_s(failed, "ab12") for _ in range(MOST_PER_KEY)] == [None] * MOST_PER_KEY
    clock.advance(20)
    assert wait_s(failed, "ab12") == WINDOW_S - 20
    assert wait_s(failed, "ab12", STRANGER) == WINDOW_S - 20, "also from elsewhere"
    assert wait_s(failed, "cd34") is None, "another id is another count"
    clock.advance(WINDOW_S - 20)
    assert wait_s(failed, "ab12") is None


def test_an_address_fails_so_often_whatever_ids_it_tries(failed: FailedSignIns) -> None:
    assert {wait_s(failed, f"id{number}") for number in range(MOST_PER_ADDRESS)} == {None}
    assert wait_s(failed, "another") == WINDOW_S
    assert wait_s(failed, "") == WINDOW_S
    assert wait_s(failed, "another", STRANGER) is None


def test_every_process_counts_in_the_same_books(failed: FailedSignIns, clock: FakeClock, tmp_path: Path) -> None:
    other_process = Database(f"sqlite:///{tmp_path / 'x.sqlite3'}")
    elsewhere = FailedSignIns(other_process, clock)
    for number in range(MOST_PER_KEY):
        assert wait_s((failed, elsewhere)[number % 2], "ab12") is None
    assert wait_s(failed, "ab12") == wait_s(elsewhere, "ab12") == WINDOW_S
    other_process.close()


def test_of_many_at_once_in_two_processes_no_more_are_counted_than_may_fail(
    failed: FailedSignIns, clock: FakeClock, tmp_path: Path
) -> None:
    other_process = Database(f"sqlite:///{tmp_path / 'x.sqlite3'}")
    both = (failed, FailedSignIns(other_process, clock))
    with ThreadPoolExecutor(8) as pool:
        waits = list(pool.map(lambda number: wait_s(both[number % 2], "ab12"), range(3 * MOST_PER_KEY)))
    assert waits.count(None) == MOST_PER_KEY
    assert waits.count(WINDOW_S) == 2 * MOST_PER_KEY
    other_process.close()


def test_a_good_key_signs_in_whatever_others_do_with_its_id_and_from_its_address(
    database: Database, clock: FakeClock
) -> None:
    clients = Clients(database, clock)
    clients.add("Shop")
    key = clients.add_key("Shop")
    for text in (f"vg_{key.id}_{'x' * 43}", *(new_key().text for _ in range(MOST_PER_ADDRESS)), "nonsense"):
        for _ in range(MOST_PER_KEY + 1):
            with pytest.raises(RefusedError):
                clients.sign_in(text, SHOP)
    assert clients.sign_in(key.text, SHOP).key_id == key.id


def test_over_the_limit_nothing_is_written(failed: FailedSignIns, database: Database) -> None:
    for _ in range(MOST_PER_KEY):
        wait_s(failed, "ab12")
    with database.connection() as connection:
        before = connection.exec_driver_sql("SELECT * FROM failed_sign_ins").all()
    for _ in range(5):
        assert wait_s(failed, "ab12")
    with database.connection() as connection:
        assert connection.exec_driver_sql("SELECT * FROM failed_sign_ins").all() == before


def test_others_that_were_faster_to_the_limit_count(failed: FailedSignIns, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the look and the write another process may have had the last try."""
    for _ in range(MOST_PER_KEY):
        wait_s(failed, "ab12")
    looks = [0.0]
    real = module._wait_s
    monkeypatch.setattr(module, "_wait_s", lambda rows, now_s: looks.pop() if looks else real(rows, now_s))
    assert wait_s(failed, "ab12") == WINDOW_S


def test_a_burst_is_logged_once_with_id_and_address(
    failed: FailedSignIns, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "server.services.failed_sign_ins")
    for _ in range(150):  # five minutes of a desk that tries every two seconds
        wait_s(failed, "ab12")
        clock.advance(2)
    (line,) = caplog.messages
    assert "ab12" in line
    assert SHOP in line

    clock.advance(2 * WINDOW_S)
    wait_s(failed, "ab12")
    wait_s(failed, "cd34")
    assert len(caplog.messages) == 3, "a new burst, and another key"


def test_old_counts_go_and_the_table_has_a_bound(
    failed: FailedSignIns, clock: FakeClock, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_MARKS", 6)
    for number in range(40):
        wait_s(failed, f"id{number}", f"192.0.2.{number}")
    assert marks(database) <= 6 + 2
    clock.advance(2 * WINDOW_S)
    wait_s(failed, "ab12")
    assert marks(database) == 2


def test_a_clock_that_was_set_back_locks_nobody_for_long(failed: FailedSignIns, clock: FakeClock) -> None:
    for _ in range(MOST_PER_KEY):
        wait_s(failed, "ab12")
    clock.step_wall(-86_400)
    assert wait_s(failed, "ab12") is None


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("", "?"),
        ("a unix socket", "?"),
    ],
)
def test_what_one_machine_is_given_is_one_address(address: str, counted: str) -> None:
    assert network(address) == counted


@given(st.ip_addresses().map(str) | st.text())
def test_whatever_stands_there_fits_into_the_table(address: str) -> None:
    assert len(f"from:{network(address)}") <= 64
