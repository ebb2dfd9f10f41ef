"""Each proof does what the work does: it writes, reads and looks, and names what fails without saying where it lies."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from pydantic import SecretStr

from server.config import Config
from server.db.database import Database
from server.db.schema import migrate
from server.db.tables import AnalysisRow
from server.services.ai_health import AiHealth
from server.services.clients import Clients
from server.services.durable import DurableWork
from server.services.proofs import Finding, ai_proof, database_proof, disk_proof, queue_proof, storage_proof
from server.services.storage_room import RoomLimits, StorageRoom
from server.storage.store import FileStore, open_store
from tests.fakes.clock import FakeClock
from tests.fakes.kept import config_of
from vigint_core.analysis.examiner import Probe
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.status import Health
from vigint_core.domain.verdict import Call

NOW_S = 1000.0


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'x.sqlite3'}")
    migrate(database)
    yield database
    database.close()


@pytest.fixture
def database(books: Database) -> Database:
    """Everything here is tested on both."""
    return books


def test_the_database_is_written(database: Database) -> None:
    assert database_proof(database)(NOW_S) == Finding(Health.OK, label=database.kind, asked_s=NOW_S, worked_s=NOW_S)


@pytest.mark.parametrize("change", ["DELETE FROM alembic_version", "UPDATE alembic_version SET version_num = '0001'"])
def test_tables_of_another_revision_are_no_database(database: Database, change: str) -> None:
    with database.connection() as connection:
        connection.exec_driver_sql(change)
    with pytest.raises(VigintError, match="not up to date"):
        database_proof(database)(NOW_S)


def test_a_database_that_only_can_be_read_is_down(database: Database) -> None:
    only_reads = {
        "sqlite": "CREATE TRIGGER no BEFORE UPDATE ON alembic_version BEGIN SELECT RAISE(ABORT, 'no'); END",
        "postgresql": "ALTER DATABASE {} SET default_transaction_read_only = on",
    }[database.kind]
    with database.connection() as connection:
        name = connection.exec_driver_sql("SELECT current_database()").scalar() if "{}" in only_reads else ""
        connection.exec_driver_sql(only_reads.format(name))
    database.close()  # the setting counts for new connections
    with pytest.raises(VigintError) as caught:
        database_proof(database)(NOW_S)
    assert caught.value.code is Code.SERVER_STORAGE


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return open_store(config(tmp_path))


def config(folder: Path) -> Config:
    return Config(secret_key=SecretStr("x"), vigint_data_dir=folder)


def files_in(folder: Path) -> list[Path]:
    return [each for each in folder.rglob("*") if each.is_file()]


def test_the_storage_is_written_and_left_clean(store: FileStore, tmp_path: Path) -> None:
    assert storage_proof(store)(NOW_S) == Finding(Health.OK, label="folder", asked_s=NOW_S, worked_s=NOW_S)
    assert files_in(tmp_path) == []


def test_a_storage_that_can_not_be_written_is_down(store: FileStore, tmp_path: Path) -> None:
    (tmp_path / "files").rmdir()
    with pytest.raises(VigintError) as caught:
        storage_proof(store)(NOW_S)
    assert caught.value.code is Code.SERVER_STORAGE
    assert os.fspath(tmp_path) not in caught.value.detail


def test_a_bucket_that_fails_is_not_blamed_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bucket = open_store(config_of(tmp_path, vigint_storage_url="s3://bucket/x", aws_region="eu-west-1"))

    def refuses(_store: FileStore) -> None:
        raise VigintError(Code.SERVER_STORAGE, "storage: PermissionDeniedError")

    monkeypatch.setattr(FileStore, "prove", refuses)
    with pytest.raises(VigintError) as caught:
        storage_proof(bucket)(NOW_S)
    assert (caught.value.code, caught.value.detail) == (Code.SERVER_FILES, "storage: PermissionDeniedError")


@pytest.mark.parametrize(("reserve", "health"), [(1, Health.OK), (2**62, Health.DEGRADED)])
def test_a_disk_that_takes_no_new_files_is_degraded(
    sqlite: Database, store: FileStore, tmp_path: Path, clock: FakeClock, reserve: int, health: Health
) -> None:
    room = StorageRoom(store, sqlite, clock, tmp_path, RoomLimits(reserve))
    found = disk_proof(room, store, tmp_path, reserve)(NOW_S)
    assert (found.health, found.code) == (health, None if health is Health.OK else Code.STORAGE_FULL)
    assert found.worked_s == (NOW_S if health is Health.OK else None)
    assert found.figures["least_free_bytes"] == reserve
    assert found.figures["free_bytes"] > 0


class Runner:
    """Durable work that stands as a test says."""

    def __init__(self, fault: Code | None) -> None:
        self.fault = fault


@pytest.mark.parametrize(
    ("fault", "age_s", "found"),
    [
        (None, 0.0, (Health.OK, None)),
        (None, 119.0, (Health.OK, None)),
        (None, 121.0, (Health.DEGRADED, Code.SERVER_BUSY)),
        (Code.SERVER_STARTING, 0.0, (Health.DEGRADED, Code.SERVER_STARTING)),
        (Code.SERVER_WORK_STOPPED, 0.0, (Health.DOWN, Code.SERVER_WORK_STOPPED)),
    ],
)
def test_the_queue_is_as_its_oldest_work(
    database: Database, clock: FakeClock, fault: Code | None, age_s: float, found: tuple[Health, Code | None]
) -> None:
    work = DurableWork()
    work.open(cast("Any", Runner(fault)))
    client = Clients(database, clock).add("Shop")
    with database.writing() as session:
        session.add_all(
            AnalysisRow(
                client_id=client.id, window_id=f"w{number}", fingerprint="", camera_id="c", camera_name="C",
                start_s=1.0, end_s=2.0, claim="", claimed_until_s=0.0, answer=None, final=False, stage="second",
                staged_s=staged_s,
            )
            for number, staged_s in enumerate([NOW_S - age_s, NOW_S, None])
        )  # fmt: skip
    told = queue_proof(database, work)(NOW_S)
    assert (told.health, told.code) == found
    assert told.figures == {"waiting": 2.0, "oldest_s": age_s}


def test_work_that_nobody_waits_for_and_that_failed_is_told_of_the_queue(database: Database) -> None:
    work = DurableWork()
    work.open(cast("Any", Runner(None)))
    work.trouble = Code.SERVER_ERASING_FAILED
    told = queue_proof(database, work)(NOW_S)
    assert (told.health, told.code) == (Health.DEGRADED, Code.SERVER_ERASING_FAILED)


def test_the_ai_worked_when_a_model_last_answered(clock: FakeClock) -> None:
    ai = AiHealth(has_key=True, clock=clock)
    assert ai_proof(ai)(NOW_S).worked_s is None
    call = Call("probe", "m", "v1", 1, 1, 1, 0.1, None)
    ai.note_probe(Probe("m", None, "", 0.1, (call,)))
    answered_s = clock.wall()
    clock.advance(60)
    failed = Call("probe", "m", "v1", 0, 0, 0, 0.1, Code.AI_KEY_INVALID)
    ai.note_probe(Probe("m", Code.AI_KEY_INVALID, "said why", 0.1, (failed,)))
    assert ai_proof(ai)(NOW_S) == Finding(
        Health.DOWN, Code.AI_KEY_INVALID, "m", "said why", asked_s=clock.wall(), worked_s=answered_s
    )
