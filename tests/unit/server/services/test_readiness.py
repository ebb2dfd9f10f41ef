"""What everybody may know: as much as a desk needs, and no more."""

import asyncio
from collections.abc import Callable

import pytest

from server.services.health import HealthCheck
from server.services.proofs import Finding
from server.services.readiness import ReadinessCheck
from tests.fakes.clock import FakeClock
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.status import Health
from vigint_core.wire import Readiness

Found = dict[str, Finding | VigintError]
WELL = Finding(Health.OK, label="sqlite", asked_s=1.0, worked_s=1.0)
NO_KEY = Finding(Health.NOT_CONFIGURED, Code.AI_NO_KEY)
FULL = Finding(Health.DEGRADED, Code.STORAGE_FULL, asked_s=1.0)


@pytest.fixture
def found() -> Found:
    return {"database": WELL, "storage": WELL, "ai": NO_KEY, "disk": WELL, "mail": WELL, "queue": WELL}


@pytest.fixture
def check(found: Found, clock: FakeClock) -> ReadinessCheck:
    def proof(part: str) -> Callable[[float], Finding]:
        def prove(now_s: float) -> Finding:
            each = found[part]
            if isinstance(each, VigintError):
                raise each
            return each

        return prove

    return ReadinessCheck(HealthCheck({part: proof(part) for part in found}, clock))


def view_of(check: ReadinessCheck) -> Readiness:
    return asyncio.run(check.view())


def healths(check: ReadinessCheck) -> dict[str, tuple[Health, Code | None]]:
    return {part.part: (part.health, part.code) for part in view_of(check).parts}


def test_all_is_well_but_the_ai(check: ReadinessCheck) -> None:
    assert view_of(check).ready
    assert healths(check) == {
        "database": (Health.OK, None),
        "storage": (Health.OK, None),
        "ai": (Health.NOT_CONFIGURED, Code.AI_NO_KEY),
        "mail": (Health.OK, None),
    }


def test_who_waits_for_mail_or_the_queue_is_ready_all_the_same(check: ReadinessCheck, found: Found) -> None:
    found["mail"] = found["queue"] = VigintError(Code.SERVER_FAILED)
    assert view_of(check).ready


def test_a_mail_server_that_refuses_is_told_to_everybody_but_not_which_one_and_what_it_said(
    check: ReadinessCheck, found: Found
) -> None:
    found["mail"] = Finding(Health.DOWN, Code.MAIL_REFUSED_SIGN_IN, "mail.shop.example", "535 alerts@shop.example")
    view = view_of(check)
    assert view.ready
    assert healths(check)["mail"] == (Health.DOWN, Code.MAIL_REFUSED_SIGN_IN)
    assert "shop.example" not in view.model_dump_json()


@pytest.mark.parametrize("part", ["database", "storage"])
def test_without_database_or_storage_it_is_not_ready_and_tells_strangers_no_detail(
    check: ReadinessCheck, found: Found, part: str
) -> None:
    found[part] = VigintError(Code.SERVER_STORAGE, "host db.example refused")
    view = view_of(check)
    assert not view.ready
    assert healths(check)[part] == (Health.DOWN, Code.SERVER_STORAGE)
    assert "db.example" not in view.model_dump_json()


def test_a_nearly_full_disk_is_told_with_the_storage_while_the_work_goes_on(
    check: ReadinessCheck, found: Found
) -> None:
    found["disk"] = FULL
    assert healths(check)["storage"] == (Health.DEGRADED, Code.STORAGE_FULL)
    assert view_of(check).ready
