"""The books of durable work are opened where they are, and nothing is made where they are not."""

from pathlib import Path

import pytest

from server.db.database import Database
from server.services.work_books import work_books
from server.workflows.engine import Engine
from tests.fakes.postgres import fresh_database
from vigint_core.domain.fault import Code, VigintError


def test_where_no_server_ever_was_there_are_none_and_none_are_made(tmp_path: Path) -> None:
    file = tmp_path / "work.sqlite3"
    with work_books(f"sqlite:///{file}") as books:
        assert books is None
    assert not file.exists()


def test_a_database_without_them_has_none() -> None:
    database = Database(fresh_database())
    with work_books(database.url_for_work) as books:
        assert books is None
    database.close()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_what_the_engine_wrote_is_found(kind: str, tmp_path: Path) -> None:
    """Both go by one name of the schema."""
    database = Database(f"sqlite:///{tmp_path / 'x.sqlite3'}" if kind == "sqlite" else fresh_database())
    engine = Engine(database.url_for_work, {"greet": lambda steps: "hello"})
    engine.launch()
    engine.start("greet", "greeting-1", ())
    assert engine.result("greeting-1", 30.0) == "hello"
    engine.stop(1.0)
    with work_books(database.url_for_work) as books:
        assert books is not None
        assert [each.workflow_id for each in books.list_workflows()] == ["greeting-1"]
    database.close()


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.sqlite3").write_text("this is no database" * 100)
    with pytest.raises(VigintError) as raised, work_books(f"sqlite:///{tmp_path / 'x.sqlite3'}"):
        pass
    assert raised.value.code is Code.SERVER_STORAGE
