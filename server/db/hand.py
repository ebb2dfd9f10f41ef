"""One connection to SQLite for short questions that are asked on the event loop.

A turn on another thread costs ten times what the answer to such a question does, and slows the loop down as well. So it
is asked where it comes up, as long as that holds up nobody: readers of a WAL file wait for no writer, a lock that is
met all the same is not waited for, and a question that turns out to be a long one is broken off. Then it is asked on a
thread, as ever. Nothing is kept from one question to the next: each sees what was committed before it.
"""

import sqlite3
import threading
from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeVarTuple

from sqlalchemy import Engine, PoolProxiedConnection, Select

Columns = TypeVarTuple("Columns")
MOST_STEPS: Final = 10_000
"""Of SQLite's machine, about half a millisecond; at most twice as many are made. A page of a hundred rows takes some
one and a half thousand."""
LONGEST_ROW: Final = 16 * 1024
"""Bytes; a listed incident has about one thousand."""


class Hand:
    """Asks at once or not at all. Thread-safe: while one asks, others are told that nothing is at hand."""

    def __init__(self, engine: Engine) -> None:
        """Nothing is opened yet, and nothing is at hand before ``open``."""
        self._engine = engine
        self._lock = threading.Lock()
        self._connection: PoolProxiedConnection | None = None
        self._driver: sqlite3.Connection | None = None
        self._statements: dict[Select[*tuple[Any, ...]], tuple[str, Sequence[tuple[str, Any]]]] = {}
        self._stretches = 0

    def open(self) -> None:
        """Open the connection unless it is open. Waits for the disk; raises SQLAlchemy's errors."""
        if self._driver is not None:
            return
        with self._lock:
            connection = self._engine.raw_connection()
            driver = connection.driver_connection
            connection.detach()  # it is nobody else's again
            if not isinstance(driver, sqlite3.Connection) or self._driver is not None:
                connection.close()
                return
            driver.execute("PRAGMA query_only=ON")
            driver.execute("PRAGMA busy_timeout=0")
            driver.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_ROW)
            driver.set_progress_handler(self._goes_too_far, MOST_STEPS)
            self._connection, self._driver = connection, driver

    def ask(self, question: Select[*Columns], told: Mapping[str, object]) -> Sequence[tuple[*Columns]] | None:
        """All that a question finds, or None where it is not at hand, and nothing is known.

        ``question`` is one of a few that live as long as the program. None of its parameters is a list, and its columns
        are texts and numbers, which SQLite gives as they are.
        """
        if not self._lock.acquire(blocking=False):
            return None
        try:
            return None if self._driver is None else self._found(self._driver, question, told)
        except sqlite3.Error:  # locked, too long or out of order: a thread waits for it, or says what is wrong
            return None
        finally:
            self._lock.release()

    def close(self) -> None:
        """Close the connection if it is open."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
            self._connection = self._driver = None

    def _found(
        self, driver: sqlite3.Connection, question: Select[*Columns], told: Mapping[str, object]
    ) -> Sequence[tuple[*Columns]]:
        statement, parameters = self._statements.get(question) or self._statement(question)
        self._stretches = 0
        return driver.execute(statement, [told.get(name, usual) for name, usual in parameters]).fetchall()

    def _statement(self, question: Select[*Columns]) -> tuple[str, Sequence[tuple[str, Any]]]:
        """A question as SQLite reads it, and its parameters in order, each with what it is where nothing is told."""
        compiled = question.compile(self._engine)
        usual = compiled.params
        parameters = [(name, usual[name]) for name in compiled.positiontup or ()]
        self._statements[question] = str(compiled), parameters
        return self._statements[question]

    def _goes_too_far(self) -> bool:
        """Asked by SQLite after every stretch of its steps; the first may have begun in the question before."""
        self._stretches += 1
        return self._stretches > 1
