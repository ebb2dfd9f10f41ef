"""What the server's tests stand on: each of them runs on both pairs of database and storage that a server may have."""

import pytest

from tests.fakes.postgres import fresh_database
from tests.fakes.s3 import fresh_bucket, s3_environment

SHOP = "sqlite+folder"
PROVIDER = "postgresql+s3"


@pytest.fixture(params=[SHOP, pytest.param(PROVIDER, marks=pytest.mark.slow)])
def backend(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, s3: str) -> str:
    """Over the test the environment names a fresh database and a fresh storage, for this process and its children.

    The second pair is for ``make test-slow``: it takes twice the time, and what differs in the books is tested by
    ``tests/unit/server/db/books`` on both databases each time.

    A module asks for it with ``pytestmark = pytest.mark.usefixtures("backend")``. What only makes sense on one of them
    says so: ``@pytest.mark.parametrize("backend", [SHOP], indirect=True)``.
    """
    if request.param == PROVIDER:
        monkeypatch.setenv("DATABASE_URL", fresh_database())
        monkeypatch.setenv("VIGINT_STORAGE_URL", f"s3://{fresh_bucket(s3)}")
        for name, value in s3_environment(s3).items():
            monkeypatch.setenv(name, value)
    return str(request.param)
