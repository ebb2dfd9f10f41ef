"""What a file must be before anybody can see it: of its kind, within its limits, and really readable."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from server.db.books.files import FileFacts
from server.db.tables import FileKind
from server.storage.spool import Spool
from vigint_core.domain.fault import Code, VigintError
from vigint_core.media.probe import ClipLimits, probe
from vigint_core.media.still import StillLimits, check_still

_STILL: Final = StillLimits()
_ALERT_S: Final = 60.0
_ALERT_FRAMES: Final = 4000  # its length at 60 pictures a second, and some


@dataclass(frozen=True, slots=True)
class FileChecks:
    """What a file of each kind may be at most, and where it waits until it is checked.

    Attributes:
        spool_folder: on the local disk.
        clip: of a window's clips.
        alert_bytes: of an incident's clip, which lasts up to a minute and has every picture of its camera.
        still: of an incident's picture.
    """

    spool_folder: Path
    clip: ClipLimits
    alert_bytes: int
    still: StillLimits = _STILL

    def most_bytes(self, kind: FileKind) -> int:
        """Bytes of a whole file."""
        match kind:
            case FileKind.STILL:
                return self.still.bytes
            case FileKind.ALERT:
                return self.alert_bytes
            case FileKind.WINDOW | FileKind.CONTEXT:
                return self.clip.bytes

    def spool(self, kind: FileKind) -> Spool:
        """Room for a file of this kind on its way in, to be closed."""
        return Spool(self.spool_folder, self.most_bytes(kind))

    def check(self, kind: FileKind, spool: Spool) -> FileFacts:
        """What has arrived, proven to be a file of its kind; costs the decoding of one picture.

        Raises VigintError: CLIP_NOT_VIDEO, CLIP_NOT_PICTURE, CLIP_TOO_LARGE or CLIP_TOO_LONG.
        """
        if kind is FileKind.STILL:
            check_still(b"".join(spool.chunks()), self.still)
            return FileFacts(spool.size, "image/jpeg", spool.sha256)
        if not spool.size:
            raise VigintError(Code.CLIP_NOT_VIDEO, "an empty file")
        with spool.view() as view:
            probe(view, self._clip(kind))
        return FileFacts(spool.size, "video/mp4", spool.sha256)

    def _clip(self, kind: FileKind) -> ClipLimits:
        if kind is FileKind.ALERT:
            return ClipLimits(self.alert_bytes, _ALERT_S, _ALERT_FRAMES)
        return self.clip
