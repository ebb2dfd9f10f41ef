"""What the program has kept, as the window reads it: books, stills, clips and snapshots; each answer a short read."""

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path

from vigint_core.domain.coverage import CoverRun
from vigint_core.domain.ids import CameraId, IncidentId
from vigint_core.domain.incident import Incident
from vigint_core.domain.status import Activity, CameraHealth, ReviewTold, Snapshot, WindowRecord
from vigint_core.domain.window import Span
from vigint_core.texts import Language
from vigint_desktop.capture.clip_sequence import Reel
from vigint_desktop.capture.playback import ClipPlayback
from vigint_desktop.paths import Paths
from vigint_desktop.pipeline.other_desks import OtherDesks
from vigint_desktop.pipeline.snapshot_folder import SnapshotFolder
from vigint_desktop.store.reader import Reader
from vigint_desktop.ui.controls import Playback

_log = logging.getLogger(__name__)


class Archive:
    """The reading half of ``Controls``. Empty until the books are open; used on the GUI thread."""

    def __init__(self, paths: Paths, language: Language, other_desks: OtherDesks) -> None:
        self._clips: Path = paths.clips
        self._snapshots = SnapshotFolder(paths.snapshots)
        self._language = language
        self._other_desks = other_desks
        self._reader: Reader | None = None

    def incidents(self, most: int) -> Sequence[Incident]:
        """The latest incidents, newest first."""
        return self._reader.incidents(most) if self._reader else []

    def incidents_in(self, span: Span) -> Sequence[Incident]:
        """The incidents of a span of time."""
        return self._reader.incidents_in(span) if self._reader else []

    def reviews(self, incident_ids: Sequence[IncidentId]) -> Mapping[IncidentId, ReviewTold]:
        """What people say of these incidents."""
        return self._reader.reviews(incident_ids) if self._reader else {}

    def windows(self, span: Span) -> Sequence[WindowRecord]:
        """Accounts of windows."""
        return self._reader.windows(span) if self._reader else []

    def activities(self, span: Span) -> Sequence[Activity]:
        """When gates were open."""
        return self._reader.activities(span) if self._reader else []

    def coverage(self, camera_id: CameraId, span: Span) -> Sequence[CoverRun]:
        """What became of a camera's seconds."""
        return self._reader.coverage(camera_id, span) if self._reader else []

    def snapshots(self, span: Span) -> Sequence[Snapshot]:
        """Those whose picture is still there."""
        booked = self._reader.snapshots(span) if self._reader else []
        return [snapshot for snapshot in booked if self._snapshots.has(snapshot)]

    def snapshot_image(self, snapshot: Snapshot) -> bytes | None:
        """The PNG."""
        return self._snapshots.read(snapshot)

    def health(self, span: Span) -> Sequence[CameraHealth]:
        """When cameras were not well."""
        return self._reader.health(span) if self._reader else []

    def still(self, incident_id: IncidentId) -> bytes | None:
        """The incident's JPEG."""
        incident = self._reader.incident(incident_id) if self._reader else None
        if incident is None:
            return self._other_desks.still(incident_id)
        if not incident.still:
            return None
        try:
            return (self._clips / incident.still).read_bytes()
        except OSError as error:
            _log.info("still %s can't be read: %s", incident.still, error.strerror)
            return None

    def open_clips(self, incident_id: IncidentId) -> Playback | None:
        """Show the incident's clips."""
        incident = self._reader.incident(incident_id) if self._reader else None
        if incident is None:
            fetched = self._other_desks.clip(incident_id)
            return None if fetched is None else ClipPlayback([Reel(fetched)], language=self._language)
        if not incident.clips:
            return None
        named = [self._clips / clip.file for clip in incident.clips]
        files = [file for file in named if file.exists()] or named  # the oldest may have gone to make room
        if len(files) < len(named):
            _log.info("incident %s: %d of %d clips are gone", incident_id, len(named) - len(files), len(named))
        return ClipPlayback([Reel(file) for file in files], language=self._language)
