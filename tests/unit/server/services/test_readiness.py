"""Each part is proven, and a proof is used for one second."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from server.db.database import Database
from server.db.schema import migrate
from server.services.ai_health import AiHealth
from server.services.readiness import ReadinessCheck
from tests.fakes.clock import FakeClock
from vigint_core.domain.fault import Code
from vigint_core.domain.status import Health


@pytest.fixture
def check(tmp_path: Path, clock: FakeClock) -> Iterator[ReadinessCheck]:
    database = Database(f"sqlite:///{tmp_path / 'x.sqlite3'}")
    migrate(database)
    (tmp_path / "data").mkdir()
    yield ReadinessCheck(database, tmp_path / "data", AiHealth(False, clock), clock)
    database.close()


def healths(check: ReadinessCheck) -> dict[str, tuple[Health, Code | None]]:
    return {part.part: (part.health, part.code) for part in check.view().parts}


def test_all_is_well_but_the_ai(check: ReadinessCheck, tmp_path: Path) -> None:
    view = check.view()
    assert view.ready
    assert healths(check) == {
        "database": (Health.OK, None),
        "storage": (Health.OK, None),
        "ai": (Health.NOT_CONFIGURED, Code.AI_NO_KEY),
    }
    assert list((tmp_path / "data").iterdir()) == []


def test_a_proof_is_used_for_one_second(check: ReadinessCheck, tmp_path: Path, clock: FakeClock) -> None:
    assert check.view().ready
    (tmp_path / "data").rmdir()
    clock.advance(0.9)
    assert check.view().ready
    clock.advance(0.2)
    assert not check.view().ready
    assert healths(check)["storage"] == (Health.DOWN, Code.SERVER_STORAGE)
    (tmp_path / "data").mkdir()
    clock.advance(1.1)
    assert check.view().ready


def test_a_nearly_full_disk_is_told_while_the_work_goes_on(
    check: ReadinessCheck, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.services.readiness._LEAST_FREE_BYTES", 2**63)
    assert healths(check)["storage"] == (Health.DEGRADED, Code.DISK_FULL)
    assert check.view().ready
