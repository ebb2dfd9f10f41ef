"""What DBOS says is logged as everybody's words, but for what says nothing."""

import logging

import pytest

from server.db.database import Database
from server.workflows.engine import Engine, Steps
from tests.fakes.waiting import wait_until


def add(steps: Steps, one: int, other: int) -> int:
    return steps.do("add", lambda: one + other)


def test_what_was_taken_over_may_be_started_again_without_a_word(database: Database) -> None:
    """It stands in DBOS's own line then; the sweep that finds it starts it here and now, as it was."""
    engine = Engine(database.url_for_work, {"add": add})
    engine.launch()
    try:
        engine.start("add", "one", (1, 2))
        assert engine.result("one", 20) == 3
        engine.enqueue("add", "one", (1, 2), 0.0)
        assert wait_until(lambda: engine.result("one", 20) == 3)
    finally:
        engine.stop(1)


@pytest.mark.expects_log("something else")
def test_whatever_else_it_says_is_logged(database: Database) -> None:
    engine = Engine(database.url_for_work, {"add": add})
    engine.launch()
    engine.stop(0)
    logging.getLogger("dbos").warning("something else")
