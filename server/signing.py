"""Keys for signing, derived from ``SECRET_KEY`` by HKDF (RFC 5869), one a purpose; the secret itself signs nothing."""

import hashlib
import hmac
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_SALT: Final = b"vigint-server-1"
_KEY_BYTES: Final = 32


def derived_key(secret: str, purpose: str) -> bytes:
    """32 bytes for one purpose (``"links"``, ``"admin"``, ...): knowing one tells nothing about another."""
    return HKDF(SHA256(), _KEY_BYTES, _SALT, purpose.encode()).derive(secret.encode())


def signature(key: bytes, message: bytes) -> bytes:
    """HMAC-SHA256 of a message, 32 bytes."""
    return hmac.digest(key, message, hashlib.sha256)


def is_signed(key: bytes, message: bytes, given: bytes) -> bool:
    """Whether ``given`` is the message's signature, compared in constant time."""
    return hmac.compare_digest(signature(key, message), given)
