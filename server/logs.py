"""Logs: one JSON object a line on stderr, secrets taken out. ``uvicorn``'s lines go the same way, without queries."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, Final, TextIO

import structlog
from structlog.stdlib import BoundLogger, ProcessorFormatter

from vigint_core.domain.request_id import current_request_id
from vigint_core.redaction import HIDDEN, without_secrets

_SECRET_NAMES: Final = re.compile(r"(?i)(api_?key|secret(_?key)?|password|authorization|token|database_url)$")


def journal(name: str) -> BoundLogger:
    """The logger of a module: takes an event and named values, and hands them to ``logging`` as they are."""
    logger: BoundLogger = structlog.wrap_logger(
        logging.getLogger(name),
        processors=[structlog.stdlib.filter_by_level, ProcessorFormatter.wrap_for_formatter],
        wrapper_class=BoundLogger,
    )
    return logger


def write_json_lines(stream: TextIO = sys.stderr, level: int = logging.INFO) -> None:
    """From now on every record of the process is one JSON line on ``stream``. Called once, by the program's entry."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(json_formatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.getLogger("alembic.runtime.plugins").setLevel(logging.WARNING)  # eight lines that tell nobody anything


def write_errors_alone() -> None:
    """For commands, whose own words say what came of them: errors are JSON lines on stderr, what is less is left out.

    Where something listens to the log already, that goes on alone.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setLevel(logging.ERROR)
    handler.setFormatter(json_formatter())
    logging.lastResort = handler


def json_formatter() -> logging.Formatter:
    """Makes the JSON line of a record, ours or a library's."""
    return ProcessorFormatter(
        foreign_pre_chain=[_access_line],
        pass_foreign_args=True,
        processors=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            _of_request,
            ProcessorFormatter.remove_processors_meta,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            redacted,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )


def _of_request(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Processor that says which request a line belongs to; a line of none has no ``request_id``."""
    if current_request_id():
        event["request_id"] = current_request_id()
    return event


def redacted(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Processor that hides values with a secret's name, and everything that looks like a key in any text."""
    for name, value in event.items():
        if _SECRET_NAMES.search(name) and value:
            event[name] = HIDDEN
        elif not isinstance(value, bool | int | float | None):
            event[name] = without_secrets(str(value))
    return event


def _access_line(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Processor for ``uvicorn.access``: named values instead of a sentence, and no query string."""
    args = event.pop("positional_args", None)
    if event["_record"].name == "uvicorn.access" and isinstance(args, tuple) and len(args) == 5:
        peer, method, target, _version, status = args
        event.update(event="request", peer=peer, method=method, path=str(target).partition("?")[0], status=status)
    return event
