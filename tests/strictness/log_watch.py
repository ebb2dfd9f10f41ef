"""A log record of WARNING or worse fails a test, unless a marker ``expects_log(pattern)`` announces it."""

import logging
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager


class LogWatch(logging.Handler):
    """Keeps the warnings, and the worse, that a block logs.

    Attributes:
        records: those records, oldest first.
    """

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the record."""
        self.records.append(record)


@contextmanager
def watch() -> Iterator[LogWatch]:
    """Watches the root logger over the block."""
    handler = LogWatch()
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        yield handler
    finally:
        root.removeHandler(handler)


def unexpected(records: Sequence[logging.LogRecord], patterns: Sequence[str]) -> list[str]:
    """The records that no pattern announces, each in one line that says where it was logged."""
    return [
        f"logged {r.levelname} by {r.name} at {r.pathname}:{r.lineno}: {r.getMessage()}"
        for r in records
        if not any(re.search(pattern, r.getMessage()) for pattern in patterns)
    ]


def missing(records: Sequence[logging.LogRecord], patterns: Sequence[str]) -> list[str]:
    """The patterns that no record fulfils."""
    return [
        f"did not log the warning it announces: {pattern!r}"
        for pattern in patterns
        if not any(re.search(pattern, r.getMessage()) for r in records)
    ]
