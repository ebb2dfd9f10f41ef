"""The server as a child of the desktop: its orders come in one line on stdin, and its life ends with that pipe.

Stdout carries exactly one JSON line: ``{"port", "version"}`` when connections are accepted, or ``{"error", "detail"}``.
"""

import json
import os
import sys
import threading
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, SecretStr, ValidationError

from server.cli.listener import Listener, open_socket
from server.config import Config, ConfigError, check_secret
from server.db.database import Database
from server.db.schema import migrate
from server.services.keys import parse_key
from server.services.parts import Parts, assemble
from vigint_core import __version__
from vigint_core.domain.fault import Code, VigintError

_MOST_ORDER_BYTES: Final = 64 * 1024
_STDIN: Final = 0
_HARD_EXIT_S: Final = 1.5  # from the end of the pipe; the desktop was promised 2 s


class Budget(BaseModel):
    """What the desk's AI may cost at most, in US dollars; None for no limit."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    day_usd: Decimal | None = None
    month_usd: Decimal | None = None
    camera_day_usd: Decimal | None = None
    camera_month_usd: Decimal | None = None


class Orders(BaseModel):
    """What the desktop tells its server. The secrets were made by the desktop and lie in its secret store."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    secret_key: SecretStr
    api_key: SecretStr
    google_api_key: SecretStr = SecretStr("")
    data_dir: Path
    client_name: str = "This desk"
    models_file: Path | None = None
    budget: Budget = Budget()


def serve_embedded() -> int:
    """Serve until stdin ends. Returns the exit code."""
    try:
        orders = read_orders(_read_line())
        parts = prepare(orders)
    except VigintError as error:
        _say({"error": error.code, "detail": error.detail})
        return 1
    with open_socket("127.0.0.1", 0) as sock:
        port = sock.getsockname()[1]
        listener = Listener(parts, sock, lambda: _say({"port": port, "version": __version__}), grace_s=1)
        listener.ignores_interrupt = True
        _end_with_stdin(listener)
        listener.serve_until_told()
    return 0


def read_orders(line: bytes) -> Orders:
    """The orders in one line of JSON. Raises VigintError(REQUEST_INVALID), which repeats none of their values."""
    try:
        orders = Orders.model_validate_json(line)
        check_secret(orders.secret_key.get_secret_value())
    except ValidationError as error:
        wrong = ", ".join(".".join(map(str, each["loc"])) or "the line" for each in error.errors())
        raise VigintError(Code.REQUEST_INVALID, f"orders: {wrong}") from None
    except ConfigError as error:
        raise VigintError(Code.REQUEST_INVALID, "orders: secret_key is too short or too simple") from error
    return orders


def prepare(orders: Orders) -> Parts:
    """Tables, client and key, ready to serve. Raises VigintError."""
    key = parse_key(orders.api_key.get_secret_value())
    if key is None:
        raise VigintError(Code.AUTH_INVALID_KEY, "orders: api_key has not the form vg_<id>_<secret>")
    config = _config(orders)
    try:
        orders.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise VigintError(Code.SERVER_STORAGE, f"data folder: {error.strerror}") from error
    database = Database(config.database)
    migrate(database)
    parts = assemble(config, database)
    parts.clients.ensure(orders.client_name, key)
    return parts


def _config(orders: Orders) -> Config:
    """Secrets and places as ordered; only the limits come from the environment. Raises VigintError."""
    try:
        return Config(
            secret_key=orders.secret_key,
            google_api_key=orders.google_api_key,
            database_url=SecretStr(f"sqlite:///{orders.data_dir / 'server.sqlite3'}"),
            vigint_data_dir=orders.data_dir,
            host="127.0.0.1",
            port=0,
            vigint_key_requests_minute=0,  # a desk's own server has one key, and nobody to be protected from
            vigint_key_bytes_hour=0,
            vigint_key_looks=0,
            vigint_models_file=orders.models_file,
            vigint_budget_day_usd=orders.budget.day_usd,
            vigint_budget_month_usd=orders.budget.month_usd,
            vigint_budget_camera_day_usd=orders.budget.camera_day_usd,
            vigint_budget_camera_month_usd=orders.budget.camera_month_usd,
        )
    except ValidationError as error:
        wrong = ", ".join(str(each["loc"][0]).upper() for each in error.errors())
        raise VigintError(Code.REQUEST_INVALID, f"environment: {wrong}") from None


def _read_line() -> bytes:
    """The first line of stdin, straight from the descriptor: a buffered reader would hold a lock at the exit."""
    line = b""
    while not line.endswith(b"\n") and len(line) < _MOST_ORDER_BYTES:
        more = os.read(_STDIN, 4096)
        if not more:
            break
        line += more
    return line


def _end_with_stdin(listener: Listener) -> None:
    """When the pipe ends, the desktop is gone, even if nobody had the time to say so."""

    def watch() -> None:
        while os.read(_STDIN, 4096):
            pass
        listener.should_exit = True
        _exit_hard_after(_HARD_EXIT_S)

    _in_background(watch, "vigint-stdin")


def _exit_hard_after(seconds: float) -> None:
    """Last resort: a call into a library that does not return must not keep a child alive that nobody wants."""
    never = threading.Event()
    never.wait(seconds)
    os._exit(0)


def _in_background(work: Callable[[], None], name: str) -> None:
    thread = threading.Thread  # noqa: TID251 - it only reads a descriptor; the exit does not wait for it
    thread(target=work, name=name, daemon=True).start()


def _say(message: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()
