"""Which files of incidents are to be sent, and what became of them."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from tests.unit.vigint_desktop.store.test_ledger import NOW_S, incident, rows
from vigint_core.domain.ids import IncidentId
from vigint_core.domain.incident import Incident, IncidentState
from vigint_desktop.store import upload_books as module
from vigint_desktop.store.ledger import KEEP_S, Ledger
from vigint_desktop.store.reader import Reader
from vigint_desktop.store.upload_books import KEEP_WAITING_S, UploadKind

STILL, ALERT = UploadKind.STILL, UploadKind.ALERT


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "desk.sqlite3"


@pytest.fixture
def ledger(file: Path) -> Iterator[Ledger]:
    with closing(Ledger(file)) as opened:
        yield opened


def put(ledger: Ledger, *incidents: Incident, at_s: float = NOW_S, sent: bool = True) -> None:
    for each in incidents:
        with ledger.transaction():
            ledger.put_incident(each, at_s)
            if sent:
                ledger.mark_sent(each.id, 1)


def waiting(file: Path, most: int = 100) -> list[tuple[str, str]]:
    with closing(Reader(file)) as reader:
        return [(entry.incident.id, entry.kind.value) for entry in reader.uploads(most)]


def settle(ledger: Ledger, name: str, kind: UploadKind, *, taken: bool) -> None:
    with ledger.transaction():
        ledger.uploads.settle(IncidentId(name), kind, taken=taken)


@pytest.mark.parametrize(
    ("state", "kinds"),
    [
        (IncidentState.SUSPECTED, ["still"]),
        (IncidentState.CONFIRMED, ["still", "alert"]),
        (IncidentState.UNCONFIRMED, ["still", "alert"]),
        (IncidentState.VETOED, []),
    ],
)
def test_what_the_server_is_to_get_depends_on_whether_people_are_told(
    ledger: Ledger, file: Path, state: IncidentState, kinds: list[str]
) -> None:
    put(ledger, incident(state=state))
    assert waiting(file) == [("i1", kind) for kind in kinds]


def test_nothing_is_sent_of_an_incident_that_the_server_does_not_have(ledger: Ledger, file: Path) -> None:
    put(ledger, incident(), sent=False)
    assert waiting(file) == []

    with ledger.transaction():
        ledger.mark_sent(IncidentId("i1"), 7)  # an older revision will do
    assert waiting(file) == [("i1", "still"), ("i1", "alert")]


def test_a_still_that_is_not_written_yet_waits_for_its_file(ledger: Ledger, file: Path) -> None:
    put(ledger, replace(incident(state=IncidentState.SUSPECTED), still=""))
    assert waiting(file) == []

    put(ledger, incident(state=IncidentState.SUSPECTED))
    assert waiting(file) == [("i1", "still")]


def test_what_was_settled_is_never_sent_again(ledger: Ledger, file: Path) -> None:
    put(ledger, incident())
    settle(ledger, "i1", STILL, taken=True)
    settle(ledger, "i1", ALERT, taken=False)
    put(ledger, replace(incident(), summary="more is known"))

    assert waiting(file) == []
    assert rows(file, "SELECT kind, state FROM uploads ORDER BY kind") == [("alert", "given_up"), ("still", "taken")]


def test_stills_go_first_then_the_newest(ledger: Ledger, file: Path) -> None:
    for number in range(3):
        put(ledger, incident(f"i{number}"), at_s=NOW_S + number)

    assert waiting(file, 4) == [("i2", "still"), ("i1", "still"), ("i0", "still"), ("i2", "alert")]


def test_what_was_vetoed_is_withdrawn_and_wanted_again_once_it_is_told(ledger: Ledger, file: Path) -> None:
    put(ledger, incident(state=IncidentState.UNCONFIRMED))
    put(ledger, incident(state=IncidentState.VETOED))
    assert waiting(file) == []

    put(ledger, incident(state=IncidentState.CONFIRMED))
    assert waiting(file) == [("i1", "still"), ("i1", "alert")]


def test_an_incident_that_the_server_refuses_takes_its_files_along(ledger: Ledger, file: Path) -> None:
    put(ledger, incident("i1"), incident("i2"), sent=False)
    with ledger.transaction():
        ledger.mark_sent(IncidentId("i1"), 1, taken=False)
        ledger.mark_sent(IncidentId("i2"), 1)
        ledger.mark_sent(IncidentId("i2"), 2, taken=False)  # but it has an earlier revision

    assert {name for name, _ in waiting(file)} == {"i2"}
    assert rows(file, "SELECT DISTINCT state FROM uploads WHERE incident_id = 'i1'") == [("given_up",)]


def test_what_nobody_takes_for_a_week_is_given_up(ledger: Ledger, file: Path) -> None:
    put(ledger, incident("i1"))
    put(ledger, incident("i2"), at_s=NOW_S + KEEP_WAITING_S)
    with ledger.transaction():
        ledger.forget_old(NOW_S + KEEP_WAITING_S + 1)
    assert {name for name, _ in waiting(file)} == {"i2"}

    settle(ledger, "i2", STILL, taken=True)
    settle(ledger, "i2", ALERT, taken=True)
    with ledger.transaction():
        ledger.forget_old(NOW_S + KEEP_WAITING_S + KEEP_S + 1)
    assert rows(file, "SELECT count(*) FROM uploads") == [(0,)]


def test_there_is_an_end_to_what_waits(ledger: Ledger, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_WAITING", 3)
    for number in range(4):
        put(ledger, incident(f"i{number}", IncidentState.SUSPECTED), at_s=NOW_S + number)

    assert waiting(file) == [("i3", "still"), ("i2", "still"), ("i1", "still")]
