"""Keys: ``vg_<id>_<secret>``, shown once, kept as a hash.

The secret is 256 random bits, so one SHA-256 is enough: there is nothing to guess. The hash does not depend on
SECRET_KEY, which may therefore be changed without locking anybody out.
"""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from typing import Final

from pydantic import SecretStr

_FORM: Final = re.compile(r"vg_([A-Za-z0-9]{4,32})_([A-Za-z0-9_-]{20,128})")
KEY_SHAPE: Final = _FORM
"""Finds a key within a text."""
_NOBODY: Final = "0" * 64


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key in its two parts; only the id may be seen."""

    id: str
    secret: SecretStr

    @property
    def text(self) -> str:
        """The whole key, as it is shown once."""
        return f"vg_{self.id}_{self.secret.get_secret_value()}"

    @property
    def digest(self) -> str:
        """What the books keep: 64 hexadecimal digits."""
        return hashlib.sha256(f"vigint-key:{self.id}:{self.secret.get_secret_value()}".encode()).hexdigest()

    def fits(self, *digests: str | None) -> bool:
        """Whether this is the key of one of the digests, in a time that does not tell which or how much; None fits not.

        It takes as long where every one is None: an unknown key costs what a wrong one does.
        """
        own = self.digest
        same = [hmac.compare_digest(own, digest or _NOBODY) and digest is not None for digest in digests]
        return any(same)


def new_key() -> ApiKey:
    """A fresh random key."""
    return ApiKey(secrets.token_hex(6), SecretStr(secrets.token_urlsafe(32)))


def renewed(key_id: str) -> ApiKey:
    """A key of the same id with a fresh secret."""
    return ApiKey(key_id, new_key().secret)


def parse_key(text: str) -> ApiKey | None:
    """The key in a text, or None where it has not the form of one."""
    found = _FORM.fullmatch(text)
    return ApiKey(found[1], SecretStr(found[2])) if found else None
