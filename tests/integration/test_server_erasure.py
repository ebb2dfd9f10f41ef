"""What is erased is gone from every table and from the storage, and nothing else is."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic import SecretStr

from server.config import Config
from server.db.database import Database
from server.db.schema import migrate
from server.db.tables import FileKind
from server.db.tenant import Tenant
from server.services.clients import Client
from server.services.parts import Parts, assemble
from tests.fakes.clock import FakeClock
from tests.fakes.examiner import ScriptedExaminer
from tests.fakes.links import START_S, add_incident
from tests.fakes.possessions import CLIP, give_everything, mentions, objects
from tests.fakes.server import SECRET_KEY
from vigint_core.domain.fault import Code, VigintError
from vigint_core.policy.keeping import DAY_S

pytestmark = pytest.mark.usefixtures("backend")
CAMERA, OTHER_CAMERA = "camera-to-erase", "camera-that-stays"


@dataclass(frozen=True, slots=True)
class Books:
    """A server's parts without a server, and a clock in the test's hand. Two clients have everything."""

    parts: Parts
    clock: FakeClock
    one: Client
    other: Client

    def tenant(self, client: Client) -> Tenant:
        return Tenant(self.parts.database, client.id)


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    config = Config(secret_key=SecretStr(SECRET_KEY), vigint_data_dir=tmp_path)
    database = Database(config.database)
    migrate(database)
    clock = FakeClock(wall_s=START_S)
    parts = assemble(config, database, ScriptedExaminer(), clock)
    one, other = parts.clients.add("One shop"), parts.clients.add("Other shop")
    give_everything(parts, one.id, CAMERA, "one", START_S)
    give_everything(parts, other.id, CAMERA, "other", START_S)
    yield Books(parts, clock, one, other)
    parts.close()


def rows(books: Books, word: str) -> dict[str, int]:
    return mentions(books.parts, word)


def test_of_an_erased_client_nothing_is_left_anywhere(books: Books) -> None:
    before = rows(books, books.other.id)
    assert set(rows(books, books.one.id)) == set(before), "both have something of everything"

    removed = books.parts.erasure.client(books.one.id)

    assert rows(books, books.one.id) == {}
    assert rows(books, "One shop") == {}
    assert rows(books, "one-") == {}
    assert not [path for path in objects(books.parts) if path.startswith(books.one.id)]
    assert (removed.files, removed.rows > 15, removed.bytes > 3 * len(CLIP)) == (4, True, True)
    assert rows(books, books.other.id) == before, "nobody else lost anything"
    assert len(objects(books.parts)) == 4


def test_of_an_erased_client_no_byte_is_left_that_no_row_leads_to(books: Books) -> None:
    """And no empty folder that is called by it."""
    store = books.parts.store
    store.put_stream(f"{books.one.id}/stray/whole", [b"of an older backup"])
    books.parts.erasure.client(books.one.id)
    assert not [path for path in objects(books.parts) if path.startswith(books.one.id)]
    if store.folder is not None:
        assert books.one.id not in {each.name for each in store.folder.iterdir()}


def test_erasing_a_client_twice_or_one_that_never_was_does_nothing(books: Books) -> None:
    books.parts.erasure.client(books.one.id)
    before = rows(books, books.other.id)
    for client_id in (books.one.id, "nobody"):
        assert books.parts.erasure.client(client_id).files == 0
    assert rows(books, books.other.id) == before


def test_of_an_erased_camera_no_name_is_left_and_the_bill_stays(books: Books) -> None:
    give_everything(books.parts, books.one.id, OTHER_CAMERA, "second", START_S)
    tenant = books.tenant(books.one)
    spent = [call.cost_micro_usd for call in tenant.calls()]
    others = rows(books, books.other.id)
    stays = rows(books, OTHER_CAMERA)

    removed = books.parts.erasure.camera(tenant, CAMERA)

    assert rows(books, CAMERA).keys() == others.keys() & rows(books, CAMERA).keys(), "only the other client's"
    assert {table: number for table, number in rows(books, "one-window").items() if table != "events"} == {}
    assert [call.cost_micro_usd for call in tenant.calls()] == spent
    assert rows(books, OTHER_CAMERA) == stays
    assert rows(books, books.other.id) == others
    assert (removed.incidents, removed.windows, removed.files) == (1, 1, 4)
    assert len(objects(books.parts)) == 8


def test_a_camera_of_another_client_is_another_camera(books: Books) -> None:
    before = rows(books, books.other.id)
    books.parts.erasure.camera(books.tenant(books.one), CAMERA)
    assert rows(books, books.other.id) == before
    assert mentions(books.parts, CAMERA)


def test_a_locked_incident_goes_with_its_camera(books: Books) -> None:
    tenant = books.tenant(books.one)
    books.parts.incidents.review(tenant, "one-incident", lambda _version: True, {"locked": True}, "key")
    assert books.parts.erasure.camera(tenant, CAMERA).incidents == 1


def test_desks_are_told_what_was_erased(books: Books) -> None:
    tenant = books.tenant(books.one)
    last = tenant.events.open(None, 10).last
    books.parts.erasure.incidents(tenant, ["one-incident", "nobodys"])
    (event,) = tenant.events.open(last, 10).missed
    assert (event.kind, event.subject_id) == ("incident.erased", "one-incident")


@pytest.mark.expects_log("bytes of a file not removed")
def test_bytes_that_could_not_be_removed_are_found_again(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    """As after a kill between the books and the storage: the rows that lead to the bytes are there until they go."""
    tenant = books.tenant(books.one)

    def fails(*_: object, **__: object) -> None:
        raise VigintError(Code.SERVER_STORAGE, "storage: away")

    with monkeypatch.context() as away:
        away.setattr("server.storage.store.FileStore.delete_all", fails)
        removed = books.parts.erasure.incidents(tenant, ["one-incident"])
        assert (removed.incidents, removed.files) == (1, 0)
        with pytest.raises(VigintError):
            books.parts.erasure.client(books.one.id)
    assert tenant.files.find("one-incident", FileKind.ALERT) is None, "nobody finds it any more"
    assert len(objects(books.parts)) == 8

    books.clock.advance(2 * DAY_S)
    assert books.parts.retention.sweep_rest()["files"] == 4
    assert len(objects(books.parts)) == 4
    books.parts.erasure.client(books.one.id)
    assert rows(books, books.one.id) == {}


def test_many_incidents_go_in_batches(books: Books) -> None:
    tenant = books.tenant(books.one)
    for number in range(450):
        add_incident(books.parts.database, books.one.id, f"many-{number}", camera_id=CAMERA)
    assert books.parts.erasure.camera(tenant, CAMERA).incidents == 451


DYING = """
import os, signal, sys
from server.config import from_environment
from server.db.database import Database
from server.db.tenant import Tenant
from server.services.parts import assemble
from server.storage.store import FileStore

call, moment, client_id = int(sys.argv[1]), sys.argv[2], sys.argv[3]
calls, truly = iter(range(1000)), FileStore.delete_all

def dies(store, *given, **told):
    mine = next(calls) == call
    if mine and moment == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    truly(store, *given, **told)
    if mine:
        os.kill(os.getpid(), signal.SIGKILL)

FileStore.delete_all = dies
config = from_environment()
parts = assemble(config, Database(config.database))
if sys.argv[4] == "client":
    parts.erasure.client(client_id)
else:
    parts.erasure.incidents(Tenant(parts.database, client_id), ["one-incident"])
"""


@pytest.mark.slow
@pytest.mark.parametrize(("erased", "call"), [("incident", 0), ("incident", 1), ("client", 0), ("client", 3)])
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_kill_leaves_no_bytes_that_nobody_finds(
    books: Books, tmp_path: Path, erased: str, call: int, moment: str
) -> None:
    """SIGKILL before and after the removal of a file's bytes: what is left is found, and goes."""
    environment = {**os.environ, "SECRET_KEY": SECRET_KEY, "VIGINT_DATA_DIR": str(tmp_path)}
    command = [sys.executable, "-c", DYING, str(call), moment, books.one.id, erased]
    done = subprocess.run(command, env=environment, timeout=60, check=False, cwd=Path(__file__).parents[2])
    assert done.returncode == -signal.SIGKILL

    books.clock.advance(2 * DAY_S)
    if erased == "client":
        books.parts.erasure.client(books.one.id)
        assert rows(books, books.one.id) == {}
    else:
        tenant = books.tenant(books.one)
        assert tenant.incidents.one("one-incident") is None
        assert tenant.files.find("one-incident", FileKind.ALERT) is None
        books.parts.retention.sweep_client(books.one.id)
        books.parts.retention.sweep_rest()
        assert "files" not in rows(books, books.one.id)
    assert not [path for path in objects(books.parts) if path.startswith(books.one.id)]
