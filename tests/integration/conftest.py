"""What the server's tests stand on: each of them runs on both pairs of database and storage that a server may have."""

from collections.abc import Iterator

import pytest

from tests.fakes.postgres import fresh_database
from tests.fakes.s3 import fresh_bucket, s3_environment, s3_service

SHOP = "sqlite+folder"
PROVIDER = "postgresql+s3"


@pytest.fixture(scope="session")
def s3_endpoint() -> Iterator[str]:
    """The address of an S3-compatible service."""
    with s3_service() as endpoint:
        yield endpoint


@pytest.fixture(params=[SHOP, PROVIDER])
def backend(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, s3_endpoint: str) -> str:
    """Over the test the environment names a fresh database and a fresh storage, for this process and its children.

    A module asks for it with ``pytestmark = pytest.mark.usefixtures("backend")``. What only makes sense on one of them
    says so: ``@pytest.mark.parametrize("backend", [SHOP], indirect=True)``.
    """
    if request.param == PROVIDER:
        monkeypatch.setenv("DATABASE_URL", fresh_database())
        monkeypatch.setenv("VIGINT_STORAGE_URL", f"s3://{fresh_bucket(s3_endpoint)}")
        for name, value in s3_environment(s3_endpoint).items():
            monkeypatch.setenv(name, value)
    return str(request.param)
