"""Stills of incidents."""

import logging

from vigint_core.domain.fault import VigintError
from vigint_core.domain.frame import Picture
from vigint_core.media.clip import encode_still

_log = logging.getLogger(__name__)


def still_of(picture: Picture) -> bytes:
    """A picture as JPEG; one that can't be encoded costs the still, never what it was to show: then it is empty."""
    try:
        return encode_still(picture)
    except VigintError as error:
        _log.error("no still of camera %s: %s", picture.camera_id, error)
        return b""
