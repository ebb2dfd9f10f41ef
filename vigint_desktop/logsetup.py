"""The program's own log: rotating files in the log folder, with every secret taken out before a line is written."""

import logging
import logging.handlers
import threading
from pathlib import Path
from typing import Final

from vigint_core.redaction import HIDDEN, without_secrets

MOST_BYTES = 5 * 1024 * 1024  # of one file
FILES = 3  # kept beside the current one
_FORMAT: Final = "%(asctime)s %(levelname)-7s %(threadName)s %(name)s: %(message)s"
_LEAST = 4  # a shorter secret would blank out half of every line


class Redactor(logging.Filter):
    """Takes known secrets, and what is shaped like one, out of every record."""

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.Lock()
        self._known: frozenset[str] = frozenset()

    def learn(self, *secrets: str) -> None:
        """Take these out from now on; those shorter than four characters can't be told from words."""
        with self._lock:
            self._known |= {secret for secret in secrets if len(secret) >= _LEAST}

    def clean(self, text: str) -> str:
        """The text without secrets."""
        for secret in sorted(self._known, key=len, reverse=True):
            text = text.replace(secret, HIDDEN)
        return without_secrets(text)

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record in place; always lets it through."""
        record.msg = self.clean(_message(record))
        record.args = None
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = self.clean(record.exc_text)
        return True


def _message(record: logging.LogRecord) -> str:
    """The record's text. Values that do not fit their place are our mistake, and must not end the thread that logs."""
    try:
        return record.getMessage()
    except (TypeError, ValueError, KeyError):
        return f"{record.msg} (with values that do not fit)"


def set_up(log_file: Path, redactor: Redactor) -> logging.Handler:
    """Log everything from INFO on to ``log_file``; the embedded server's lines go to a file beside it.

    Returns the handler of the main log; ``tear_down`` closes both.
    """
    root = logging.getLogger()
    root.setLevel(logging.INFO)
    main = _handler(log_file, redactor, _FORMAT)
    root.addHandler(main)
    child = logging.getLogger("vigint.embedded_server")
    child.propagate = False
    child.addHandler(_handler(log_file.with_name("vigint-server.log"), redactor, "%(message)s"))
    logging.captureWarnings(capture=True)
    return main


def tear_down() -> None:
    """Close what ``set_up`` opened."""
    for logger in (logging.getLogger(), logging.getLogger("vigint.embedded_server")):
        for handler in [h for h in logger.handlers if isinstance(h, logging.handlers.RotatingFileHandler)]:
            logger.removeHandler(handler)
            handler.close()
    logging.captureWarnings(capture=False)


def _handler(file: Path, redactor: Redactor, line: str) -> logging.Handler:
    handler = logging.handlers.RotatingFileHandler(file, maxBytes=MOST_BYTES, backupCount=FILES, encoding="utf-8")
    handler.setFormatter(logging.Formatter(line))
    handler.addFilter(redactor)
    return handler
