"""Fixtures that every test may ask for. The rules that every test obeys live in ``tests/strictness``."""

import os
from collections.abc import Iterator
from pathlib import Path

import keyring
import keyring.backend
import keyring.errors
import pytest
from hypothesis import settings

from server.cli.allocator import give_back
from tests.fakes.variants import variants_of

pytest_plugins = ["tests.strictness.plugin"]

ROOT = Path(__file__).parents[1]

# No deadline: a machine that is busy is no failure. On a build machine the same examples every time; at home, new ones.
settings.register_profile("vigint", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("vigint")


class KeyringInMemory(keyring.backend.KeyringBackend):
    """A keyring that works and forgets everything with the test."""

    priority = 1  # type: ignore[assignment]  # keyring declares a class property

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.kept.pop((service, username), None) is None:
            raise keyring.errors.PasswordDeleteError("not found")


@pytest.fixture(scope="module", autouse=True)
def _memory_given_back() -> Iterator[None]:
    """What the threads of a module's cameras and servers left free in their own heaps is of no use to later tests."""
    yield
    give_back()


@pytest.fixture
def working_keyring() -> Iterator[KeyringInMemory]:
    """A working keyring; without this fixture the test runs on a machine that has none."""
    before = keyring.get_keyring()
    fake = KeyringInMemory()
    keyring.set_keyring(fake)
    yield fake
    keyring.set_keyring(before)


@pytest.fixture(scope="session")
def footage() -> Path:
    """Real footage with labels: ``VIGINT_FOOTAGE``, or ``../shared/footage`` beside the checkout. Its absence fails."""
    folder = Path(os.environ.get("VIGINT_FOOTAGE", ROOT.parent / "shared" / "footage"))
    if not folder.is_dir():
        pytest.fail(f"no footage in {folder}: set VIGINT_FOOTAGE to the folder that has it", pytrace=False)
    return folder


@pytest.fixture(scope="session")
def variants(footage: Path) -> Path:
    """Camera-like and damaged variants of one clip of the footage."""
    return variants_of(footage)


@pytest.fixture(scope="session")
def s3() -> Iterator[str]:
    """The address of an S3-compatible service; who uses it makes a bucket of its own (``tests/fakes/s3.py``)."""
    from tests.fakes.s3 import s3_service  # noqa: PLC0415 - it takes a second to load

    with s3_service() as endpoint:
        yield endpoint


@pytest.fixture(scope="session")
def qapp_cls() -> object:
    """One application serves the whole run, whichever test comes first: the program's own, dressed as users see it."""
    from vigint_desktop.ui.application import make_application  # noqa: PLC0415 - only tests with a window load Qt

    return make_application
