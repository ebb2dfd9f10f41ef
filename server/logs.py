"""Logs: one JSON object a line on stderr, secrets taken out. Libraries' lines go the same way."""

import logging
import re
import sys
import time
from collections.abc import MutableMapping
from datetime import UTC, datetime
from json.encoder import encode_basestring as _quoted
from typing import Any, Final, TextIO

import structlog
from structlog.stdlib import BoundLogger, ProcessorFormatter

from vigint_core.domain.request_id import current_request_id
from vigint_core.redaction import HIDDEN, without_secrets

_access: Final = logging.getLogger("server.access")
_ANSWERED: Final = vars(logging.LogRecord(_access.name, logging.INFO, "", 0, '%s "%s %s" %d %s', (), None))
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
    return _JsonLines(
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


def answered(peer: str, method: str, path: str, status: int, request_id: str) -> None:
    """Write the line of a request that is answered. ``path`` has no query; of all texts secrets are taken out."""
    if not _access.isEnabledFor(logging.INFO):
        return
    at_s = time.time()
    record = logging.LogRecord.__new__(logging.LogRecord)  # made by itself it asks for place, thread, process and task
    told = {"args": (peer, method, path, status, request_id), "created": at_s, "msecs": at_s % 1 * 1000}
    record.__dict__.update(_ANSWERED, **told)
    _access.handle(record)


class _JsonLines(ProcessorFormatter):
    def format(self, record: logging.LogRecord) -> str:
        """One line of JSON."""
        if record.name == _access.name and isinstance(record.args, tuple) and record.args:
            return _access_line(record.created, *record.args)
        return super().format(record)


def _access_line(at_s: float, *told: Any) -> str:
    """What the processors would make of it. Every request writes one, and they take four times as long."""
    *texts, status, request_id = told
    if without_secrets(" ".join(texts)) != " ".join(texts):
        texts = [without_secrets(text) for text in texts]
    peer, method, path = map(_quoted, texts)
    at = datetime.fromtimestamp(at_s, UTC).isoformat().removesuffix("+00:00")
    return (
        f'{{"event": "request", "peer": {peer}, "method": {method}, "path": {path}, "status": {status}, '
        f'"level": "info", "logger": "{_access.name}", "request_id": {_quoted(request_id)}, "timestamp": "{at}Z"}}'
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
