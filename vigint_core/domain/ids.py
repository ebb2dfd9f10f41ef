"""Identities. Every id is minted once, by the one who owns the thing, and travels unchanged from then on."""

import re
import unicodedata
import uuid
from typing import NewType

CameraId = NewType("CameraId", str)
WindowId = NewType("WindowId", str)
IncidentId = NewType("IncidentId", str)
_LONGEST_ID = 40


def new_window_id() -> WindowId:
    """A fresh random id for a window."""
    return WindowId(uuid.uuid4().hex)


def new_incident_id() -> IncidentId:
    """A fresh random id for an incident; only the desk calls this."""
    return IncidentId(uuid.uuid4().hex)


def camera_id_from_name(name: str) -> CameraId:
    """A stable, file-name-safe id (at most 40 characters of ``a-z0-9-``) for a camera's name.

    The same name always gives the same id, so that a camera given on the command line finds its history again. Case,
    accents, spaces and punctuation do not count; where any other letter is lost, or the name is too long, a digest of
    the whole name keeps two cameras apart. Raises ValueError for a name of spaces only.
    """
    stripped = name.strip()
    if not stripped:
        raise ValueError("a camera needs a name")
    letters = "".join(c for c in unicodedata.normalize("NFKD", stripped.lower()) if not unicodedata.combining(c))
    slug = re.sub(r"[^a-z0-9]+", "-", letters).strip("-")
    faithful = slug and all(c.isascii() for c in letters if c.isalnum())
    if faithful and len(slug) <= _LONGEST_ID:
        return CameraId(slug)
    digest = uuid.uuid5(uuid.NAMESPACE_OID, stripped).hex[:12]
    start = slug[: _LONGEST_ID - len(digest) - 1].strip("-") or "camera"
    return CameraId(f"{start}-{digest}")
