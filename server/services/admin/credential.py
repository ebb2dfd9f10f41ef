"""Who may do what the owner may: whoever has the admin key, which is derived from ``SECRET_KEY`` and told nowhere.

The secret itself never travels: who has it derives the key where the command is typed.
"""

import base64
import hmac
from typing import Final

from pydantic import SecretStr

from server.db.database import Database
from server.services.failed_sign_ins import FailedSignIns
from server.services.refusals import RefusedError
from server.signing import derived_key
from vigint_core.domain.fault import Code
from vigint_core.ports import Clock

ADMIN_HEADER: Final = "X-Admin-Key"
_MARK: Final = "admin"  # under which failures are counted; no key of a client has this id


def admin_key(secret: SecretStr) -> SecretStr:
    """The admin key of a server with this ``SECRET_KEY``: 43 characters of base64url."""
    derived = derived_key(secret.get_secret_value(), "admin")
    return SecretStr(base64.urlsafe_b64encode(derived).decode().rstrip("="))


class AdminDoor:
    """Lets in who has the admin key. Failures are counted as those of clients' keys are."""

    def __init__(self, database: Database, clock: Clock, secret: SecretStr) -> None:
        self._key = admin_key(secret)
        self._failed = FailedSignIns(database, clock)

    def let_in(self, given: str, address: str) -> None:
        """Return where the key is right; ``address`` is where the request came from.

        Raises RefusedError: AUTH_MISSING_KEY for an empty one, AUTH_INVALID_KEY for a wrong one, AUTH_TOO_MANY instead
        of it after many.
        """
        if not given:
            raise RefusedError(Code.AUTH_MISSING_KEY)
        if not hmac.compare_digest(given.encode(errors="replace"), self._key.get_secret_value().encode()):
            self._failed.note(_MARK, address)
            raise RefusedError(Code.AUTH_INVALID_KEY)
