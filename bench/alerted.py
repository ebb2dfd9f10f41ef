"""``python -m bench.alerted NOTES ...``: the desktop, which notes when an alert reaches its window, and of what.

It is the program as people run it; only its bridge, its pictures and its encoder are listened to. The notes are lines
of JSON: ``began`` (Unix time of the first picture of a camera's film), ``encoded`` (a window's clips) and ``alert`` (a
confirmed incident in the window's thread).
"""

import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

from PySide6.QtCore import Qt, QTimer

from vigint_core.domain.frame import Picture
from vigint_core.domain.incident import Incident, IncidentState
from vigint_core.media.clip import encode_clips
from vigint_desktop import bootstrap, cli
from vigint_desktop.bridge import Bridge
from vigint_desktop.pipeline import analyst
from vigint_desktop.pipeline.cameras import Seat
from vigint_desktop.program import Program

_LISTEN_MS: Final = 500  # between two looks for first pictures, which are kept for half a minute


class Notes:
    """Lines of JSON in a file."""

    def __init__(self, file: Path) -> None:
        self._file = file.open("a", encoding="utf-8", buffering=1)
        self._began: set[str] = set()
        self._told: set[str] = set()

    def write(self, **what: Any) -> None:
        """One line."""
        self._file.write(json.dumps(what) + "\n")

    def incident(self, incident: Incident) -> None:
        """An incident as the window hears of it; the first time that it is confirmed counts."""
        now_s = time.time()
        if incident.state is not IncidentState.CONFIRMED or incident.id in self._told:
            return
        self._told.add(incident.id)
        self.write(
            kind="alert",
            camera=incident.camera_id,
            at_s=now_s,
            opened_s=incident.opened_s,
            window_end_s=incident.span.end_s,
            cited_s=min(seen.at_s for seen in incident.observations),
        )

    def first_pictures(self, seats: Sequence[Seat]) -> None:
        """Note of every camera once when its film began, by its first picture."""
        for seat in seats:
            shown = seat.channels.pictures.between(0.0, time.monotonic())
            if shown and seat.camera.id not in self._began:
                self._began.add(seat.camera.id)
                first = shown[0].at
                self.write(kind="began", camera=seat.camera.id, at_s=first.wall_s - first.mono_s + first.media_s)


def main(notes: Notes, words: Sequence[str]) -> int:
    """Run the desktop with these words; returns its exit code."""

    class NotingBridge(Bridge):
        def __init__(self) -> None:
            super().__init__()
            self.incident_changed.connect(notes.incident, Qt.ConnectionType.AutoConnection)

    class NotingProgram(Program):
        def start(self) -> None:
            super().start()
            self._listening = QTimer(interval=_LISTEN_MS)
            self._listening.timeout.connect(lambda: notes.first_pictures(self.seating.seats()))
            self._listening.start()

    def encoded(pictures: Sequence[Picture], lead: Sequence[Picture]) -> tuple[bytes, bytes]:
        began_s = time.monotonic()
        clips = encode_clips(pictures, lead)
        took_s = time.monotonic() - began_s
        notes.write(kind="encoded", camera=pictures[0].camera_id, end_s=pictures[-1].at.wall_s, took_s=took_s)
        return clips

    with (
        patch.object(bootstrap, "Bridge", NotingBridge),
        patch.object(bootstrap, "Program", NotingProgram),
        patch.object(analyst, "encode_clips", encoded),
    ):
        return cli.main(words)


if __name__ == "__main__":
    sys.exit(main(Notes(Path(sys.argv[1])), sys.argv[2:]))
