"""A server of ours as a child process, and a bare FastAPI application on the same uvicorn beside it.

``python -m bench.serving`` is the bare one; it prints its port.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import uvicorn
from fastapi import FastAPI

from server.cli.listener import open_socket
from server.db.database import Database
from server.db.schema import migrate
from server.services.clients import Clients
from vigint_core.clock import SystemClock

_ROOT: Final = Path(__file__).parents[1]
_SECRET: Final = "b7nQx2Vt9-Lr4Ksw8yEa1uHd6fGc3jNp5Zm0"
_MOST_REQUESTS: Final = "1000000"  # a minute: counted, and never reached
_STOP_S: Final = 30.0
_SPARE_S: Final = 120.0  # beyond what it was asked for, a child may take this long


@dataclass(frozen=True, slots=True)
class Books:
    """The books of a server before it starts.

    Attributes:
        database: its URL.
        key: of the one client in it.
    """

    database: str
    client_id: str
    key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Serving:
    """A server that listens on loopback."""

    port: int
    pid: int

    @property
    def cpu_s(self) -> float:
        """Seconds of CPU that it has used so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text("utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    @property
    def rss_mib(self) -> float:
        """Its memory now."""
        status = Path(f"/proc/{self.pid}/status").read_text("utf-8")
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024


@contextmanager
def books(url: str = "") -> Iterator[Books]:
    """Books with one client and a key, on SQLite unless ``url`` names another database."""
    with tempfile.TemporaryDirectory(prefix="vigint-bench-") as folder:
        url = url or f"sqlite:///{folder}/server.sqlite3"
        with closing(Database(url)) as database:
            migrate(database)
            clients = Clients(database, SystemClock())
            yield Books(url, clients.add("Bench").id, clients.add_key("Bench").text)


@contextmanager
def server(of: Books, more: Mapping[str, str] | None = None) -> Iterator[Serving]:
    """``vigint-server serve`` on these books; ``more`` is laid over its environment."""
    with tempfile.TemporaryDirectory(prefix="vigint-bench-") as folder:
        told = {
            "SECRET_KEY": _SECRET, "DATABASE_URL": of.database, "VIGINT_DATA_DIR": folder, "PORT": "0",
            "GOOGLE_API_KEY": "", "VIGINT_KEY_REQUESTS_MINUTE": _MOST_REQUESTS, **(more or {}),
        }  # fmt: skip
        log = Path(folder, "log")
        with log.open("w") as errors, _child(["server", "serve"], told, stderr=errors) as process:
            yield Serving(_port_in(log, process), process.pid)


@contextmanager
def bare() -> Iterator[Serving]:
    """The bare application."""
    with _child(["bench.serving"], {}, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        with process.stdout:
            yield Serving(int(process.stdout.readline()), process.pid)


def callers(key: str, *arguments: str) -> Any:
    """What ``python -m bench.callers`` says, signed in with a key."""
    command = [sys.executable, "-m", "bench.callers", *arguments]
    done = subprocess.run(
        command, cwd=_ROOT, env=signed_in(key), capture_output=True, text=True, timeout=_SPARE_S, check=False
    )
    if done.returncode:
        raise subprocess.CalledProcessError(done.returncode, command, stderr=done.stderr)
    return json.loads(done.stdout)


def signed_in(key: str) -> Mapping[str, str]:
    """The environment of callers with a key: no argument and no error of theirs shows it."""
    return {**os.environ, "VIGINT_API_KEY": key}


@contextmanager
def _child(module: list[str], environment: Mapping[str, str], **streams: Any) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(
        [sys.executable, "-m", *module], cwd=_ROOT, env={**os.environ, **environment}, text=True, **streams
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(_STOP_S)


def _port_in(log: Path, process: "subprocess.Popen[str]") -> int:
    """The port that a server writes into its log once it listens."""
    while process.poll() is None:
        for line in log.read_text("utf-8").splitlines():
            if '"serving"' in line and line.endswith("}"):
                return int(json.loads(line)["port"])
        try:
            process.wait(0.05)
        except subprocess.TimeoutExpired:
            continue
    raise subprocess.CalledProcessError(process.returncode, "server", stderr=log.read_text("utf-8"))


def _serve_bare() -> None:
    app = FastAPI()

    @app.get("/bare")
    async def answer() -> dict[str, str]:
        return {"service": "bare"}

    sock = open_socket("127.0.0.1", 0)
    print(sock.getsockname()[1], flush=True)
    config = uvicorn.Config(app, log_config=None, server_header=False, http="h11", ws="none")
    with sock:
        uvicorn.Server(config).run(sockets=[sock])


if __name__ == "__main__":
    _serve_bare()
