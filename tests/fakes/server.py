"""The real server on a loopback port, in this process: real HTTP, real books, an examiner of the test's choice."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from pydantic import SecretStr

from server.cli.listener import Listener, open_socket
from server.config import Config
from server.db.database import Database
from server.db.schema import migrate
from server.services.examiner import Examiner
from server.services.parts import Parts, assemble

SECRET_KEY = "kq2vX0t9-Zr7Lm4sBw8yEa1uHd6fGc3jNp5"
CLIENT = "Test shop"
_PLENTY = {"vigint_key_requests_minute": 1_000_000, "vigint_key_looks": 1000}
"""Of tests that ask more in a minute than any desk; what is counted is counted all the same."""
_START_S = 60.0
_STOP_S = 30.0


@dataclass(frozen=True, slots=True)
class RunningServer:
    """A server that accepts connections.

    Attributes:
        url: ``http://127.0.0.1:port``.
        key: a fresh one of its client ``CLIENT``.
        parts: what it is made of, to look into its books.
        app: the application, to read its OpenAPI document.
    """

    url: str
    key: str = field(repr=False)
    parts: Parts
    app: FastAPI


@contextmanager
def running_server(
    data_dir: Path,
    *,
    examiner: Examiner | None = None,
    google_api_key: str = "",
    gemini_url: str = "",
    limits: dict[str, Any] | None = None,
) -> Iterator[RunningServer]:
    """Serve over the block. Without ``examiner`` it is the real one, on ``gemini_url`` where that is given.

    ``limits`` are fields of ``server.config.Config``: ``{"vigint_max_clip_bytes": 20_000}``.
    """
    parts = _parts(data_dir, examiner, google_api_key, gemini_url, limits or {})
    if not parts.clients.all():
        parts.clients.add(CLIENT)
    key = parts.clients.add_key(CLIENT)
    sock = open_socket("127.0.0.1", 0)
    url = f"http://127.0.0.1:{sock.getsockname()[1]}"
    listening = threading.Event()
    listener = Listener(parts, sock, listening.set, grace_s=1)
    thread = threading.Thread(target=listener.serve_until_told, name="test-server")
    thread.start()
    try:
        if not listening.wait(_START_S):
            raise TimeoutError("the server does not listen")
        yield RunningServer(url, key.text, parts, listener.app)
    finally:
        listener.should_exit = True
        thread.join(_STOP_S)
        if thread.is_alive():
            raise TimeoutError("the server does not stop")


def _parts(
    data_dir: Path, examiner: Examiner | None, google_api_key: str, gemini_url: str, limits: dict[str, Any]
) -> Parts:
    config = Config(
        secret_key=SecretStr(SECRET_KEY),
        google_api_key=SecretStr(google_api_key),
        google_gemini_base_url=gemini_url,
        vigint_data_dir=data_dir,
        **_PLENTY | limits,
    )
    data_dir.mkdir(parents=True, exist_ok=True)
    database = Database(config.database)
    migrate(database)
    return assemble(config, database, examiner)
