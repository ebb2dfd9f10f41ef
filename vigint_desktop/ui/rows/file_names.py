"""Names of files that people can find again: camera, day, time."""

import re
from datetime import tzinfo

from vigint_desktop.ui.rows.clocks import local

_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')  # of Windows; other systems forbid less
_MOST = 80  # characters of a camera's name


def file_name(camera: str, at_s: float, suffix: str, zone: tzinfo | None = None) -> str:
    """``Till 2 2026-11-22 14-31-52.mp4``, allowed on every system."""
    name = _NOT_IN_NAMES.sub(" ", camera)[:_MOST].strip(" .")
    return f"{name} {local(at_s, zone):%Y-%m-%d %H-%M-%S}.{suffix}".strip()
