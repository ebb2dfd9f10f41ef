"""Identities. Every id is minted once, by the one who owns the thing, and travels unchanged from then on."""

import re
import unicodedata
import uuid
from typing import NewType

CameraId = NewType("CameraId", str)
WindowId = NewType("WindowId", str)
IncidentId = NewType("IncidentId", str)


def new_window_id() -> WindowId:
    """A fresh random id for a window."""
    return WindowId(uuid.uuid4().hex)


def new_incident_id() -> IncidentId:
    """A fresh random id for an incident; only the desk calls this."""
    return IncidentId(uuid.uuid4().hex)


def camera_id_from_name(name: str) -> CameraId:
    """A stable, file-name-safe id (at most 40 characters of ``a-z0-9-``) for a camera's name.

    The same name always gives the same id, so that a camera given on the command line finds its history again.
    Raises ValueError when nothing of the name is left.
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40]
    if slug:
        return CameraId(slug)
    if not name.strip():
        raise ValueError("a camera needs a name")
    return CameraId("camera-" + uuid.uuid5(uuid.NAMESPACE_OID, name.strip()).hex[:12])
