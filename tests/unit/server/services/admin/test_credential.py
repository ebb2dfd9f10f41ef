"""The admin key: derived, compared, and never the secret itself."""

import base64

import pytest
from pydantic import SecretStr

from server.db.database import Database
from server.services.admin.credential import AdminDoor, admin_key
from server.services.failed_sign_ins import MOST_PER_KEY
from server.services.refusals import RefusedError
from server.signing import derived_key
from tests.fakes.clock import FakeClock
from tests.fakes.server import SECRET_KEY
from vigint_core.domain.fault import Code

SECRET = SecretStr(SECRET_KEY)
KEY = admin_key(SECRET).get_secret_value()


def refused(door: AdminDoor, given: str, address: str = "192.0.2.1") -> Code:
    with pytest.raises(RefusedError) as error:
        door.let_in(given, address)
    return error.value.code


def test_it_is_derived_for_this_alone() -> None:
    assert base64.urlsafe_b64decode(KEY + "=") == derived_key(SECRET_KEY, "admin")
    assert derived_key(SECRET_KEY, "admin") != derived_key(SECRET_KEY, "links")
    assert SECRET_KEY not in KEY
    assert KEY not in repr(admin_key(SECRET))


def test_only_the_right_one_opens(database: Database, clock: FakeClock) -> None:
    door = AdminDoor(database, clock, SECRET)
    door.let_in(KEY, "192.0.2.1")
    assert refused(door, "") is Code.AUTH_MISSING_KEY
    for number, wrong in enumerate((KEY + "=", KEY[:-1], SECRET_KEY, "ключ", "\udce9")):
        assert refused(door, wrong, f"192.0.2.{number}") is Code.AUTH_INVALID_KEY


def test_failures_are_limited_and_the_right_one_is_let_in_all_the_same(database: Database, clock: FakeClock) -> None:
    door = AdminDoor(database, clock, SECRET)
    codes = [refused(door, "wrong", f"192.0.2.{number}") for number in range(MOST_PER_KEY + 1)]
    assert codes == [Code.AUTH_INVALID_KEY] * MOST_PER_KEY + [Code.AUTH_TOO_MANY]
    door.let_in(KEY, "192.0.2.1")
