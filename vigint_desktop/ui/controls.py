"""What the window may ask of the program. The composition root implements it; widgets know nothing behind it.

Everything here answers at once from memory or from a short database read. What takes longer (checks of a key, a
server or a camera) is started here and answers later through ``Bridge.check_finished``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from vigint_core.domain.camera import Camera
from vigint_core.domain.coverage import CoverRun
from vigint_core.domain.frame import Frame
from vigint_core.domain.gate_view import GateView
from vigint_core.domain.ids import CameraId, IncidentId
from vigint_core.domain.incident import Incident
from vigint_core.domain.review import Review, ReviewChange
from vigint_core.domain.status import Activity, CameraHealth, FoundCamera, ReviewTold, Snapshot, WindowRecord
from vigint_core.domain.window import Span
from vigint_core.domain.zone import Scene
from vigint_desktop.settings import CameraSettings, Settings, ViewSettings


@dataclass(frozen=True, slots=True)
class NewSecrets:
    """Secrets typed into the settings dialog. None keeps what is stored, ``""`` removes it.

    Attributes:
        camera_passwords: by camera id; only the changed ones.
    """

    server_key: str | None = None
    gemini_key: str | None = None
    camera_passwords: Mapping[str, str] | None = None

    def __repr__(self) -> str:
        return "NewSecrets(***)"


@dataclass(frozen=True, slots=True)
class StoredSecrets:
    """Which secrets exist, never what they are, and where they lie."""

    has_server_key: bool
    has_gemini_key: bool
    camera_ids_with_password: frozenset[str]
    protected: bool
    place: str


class Playback(Protocol):
    """A clip that is being shown. Its frames come from a worker through a one-slot mailbox."""

    @property
    def duration_s(self) -> float:
        """Length in seconds; 0 until it is known."""

    @property
    def position_s(self) -> float:
        """Seconds from the start to the frame taken last."""

    @property
    def failure(self) -> str:
        """Why it can't be shown, in the user's words, or ""."""

    def take(self) -> Frame | None:
        """The newest frame not taken yet."""

    def show_at(self, width: int, height: int) -> None:
        """Size in device pixels at which frames are wanted."""

    def set_paused(self, paused: bool) -> None:
        """Pause or go on; at the end, going on starts over."""

    def seek(self, position_s: float) -> None:
        """Jump."""

    def stop(self) -> None:
        """End it and free the worker."""


class Controls(Protocol):
    """The program, as the window sees it. Called on the GUI thread only."""

    def cameras(self) -> Sequence[Camera]:
        """The cameras on the wall, in the owner's order."""

    def take_frames(self) -> Mapping[CameraId, Frame]:
        """The newest frame of each camera that was not taken yet. Called by the wall's one timer."""

    def show_at(self, camera_id: CameraId, width: int, height: int) -> None:
        """Device pixels of a tile's picture; (0, 0) while it is not on screen."""

    def reconnect(self, camera_id: CameraId) -> None:
        """Try a camera again at once."""

    def incidents(self, most: int) -> Sequence[Incident]:
        """The latest incidents, newest first."""

    def incidents_in(self, span: Span) -> Sequence[Incident]:
        """The incidents that were opened within a span of Unix time, oldest first."""

    def windows(self, span: Span) -> Sequence[WindowRecord]:
        """Accounts of the windows that ended within a span of Unix time."""

    def activities(self, span: Span) -> Sequence[Activity]:
        """When the gates were open, until within a span of Unix time."""

    def health(self, span: Span) -> Sequence[CameraHealth]:
        """When cameras were not well, until within a span of Unix time."""

    def coverage(self, camera_id: CameraId, span: Span) -> Sequence[CoverRun]:
        """What became of a camera's seconds within a span of Unix time, in order."""

    def confirm_view(self, camera_id: CameraId) -> None:
        """A covered or moved camera's new view is meant: judge it by that from now on."""

    def snapshot(self, camera_id: CameraId) -> None:
        """Keep what a camera shows now at full resolution; answers through ``Bridge.snapshot_taken``.

        What fails is told as the fault PIPELINE_SNAPSHOT_FAILED about the camera.
        """

    def snapshots(self, span: Span) -> Sequence[Snapshot]:
        """The snapshots of a span of Unix time."""

    def snapshot_image(self, snapshot: Snapshot) -> bytes | None:
        """The PNG, or None when it is gone."""

    def snapshot_folder(self) -> Path:
        """Where the snapshots lie."""

    def save_clip(self, check_id: str, camera_id: CameraId, span: Span, file: Path) -> None:
        """Write what a camera sent over a span of Unix time as an MP4; answers through ``Bridge.check_finished``.

        It holds the camera's own packets, untouched.
        """

    def convert_clip(self, check_id: str, clip: Path, file: Path) -> None:
        """Write a saved clip so that every browser plays it; answers through ``Bridge.check_finished``.

        It is copied where browsers play it already, and else encoded again, which may take as long as it lasts.
        """

    def open_recording(self, camera_id: CameraId, at_s: float) -> Playback | None:
        """Start showing what is kept of a camera from a moment on; None when nothing is kept of it."""

    def still(self, incident_id: IncidentId) -> bytes | None:
        """The incident's JPEG, or None while there is none; also of a foreign one, once it has been fetched."""

    def open_clips(self, incident_id: IncidentId) -> Playback | None:
        """Start showing the incident's clips one after the other; None while there is none.

        Of a foreign incident there is one once ``fetch_clip`` has been answered.
        """

    def fetch_clip(self, incident_id: IncidentId) -> None:
        """Fetch a foreign incident's clip from the server; answers through ``Bridge.clip_fetched``."""

    def reviews(self, incident_ids: Sequence[IncidentId]) -> Mapping[IncidentId, ReviewTold]:
        """What people say of these incidents, as far as the books know; those that nobody spoke of are left out."""

    def review(self, incident_id: IncidentId, change: ReviewChange, seen: Review) -> None:
        """Say something of an incident; kept at once, brought to the server, told through ``Bridge.review_told``.

        ``seen``: the review that whoever says it has before them. What somebody else has said since is not overridden.
        """

    def owner_name(self) -> str:
        """As whom this desk takes an incident in hand: its name in the settings, else the machine's."""

    def settings(self) -> Settings:
        """The settings in force."""

    def secrets(self) -> StoredSecrets:
        """Which secrets are stored, and where."""

    def apply(self, settings: Settings, secrets: NewSecrets) -> None:
        """Store and put into force. Raises VigintError when storing fails; then nothing changed."""

    def keep_views(self, views: Sequence[ViewSettings]) -> None:
        """Store the wall's views and nothing else; no worker is restarted, no proof forgotten.

        Raises VigintError when storing fails; then nothing changed.
        """

    def gate_view(self, camera_id: CameraId) -> GateView | None:
        """The newest look of a camera's gate, or None before there is one."""

    def score_history(self, camera_id: CameraId) -> Sequence[float | None]:
        """The highest score of each second of the last hour at sensitivity 1, oldest first; None without a look."""

    def keep_scene(self, camera_id: CameraId, scene: Scene) -> None:
        """Store a camera's zones and how its gate is set, and put them into force; its streams go on.

        Of a camera of this run alone they last as long as it. Raises VigintError when storing fails; then nothing
        changed.
        """

    def arm(self, *, armed: bool) -> None:
        """Arm the rules of all cameras by hand, or leave them to the hours again; stored at once.

        Raises VigintError when storing fails; then nothing changed.
        """

    def check_server(self, check_id: str, url: str, key: str | None) -> None:
        """Prove a server and a key (None: the stored one); answers through ``Bridge.check_finished``."""

    def check_gemini(self, check_id: str, key: str | None) -> None:
        """Prove a Gemini key with one tiny call; answers through ``Bridge.check_finished``."""

    def check_camera(self, check_id: str, camera: CameraSettings, password: str | None) -> None:
        """Open a camera and describe what it sends; answers through ``Bridge.check_finished``."""

    def stop_check(self, check_id: str) -> None:
        """Nobody waits for a check of a camera or for ``ask_streams`` any more: it ends soon, and still answers."""

    def discover(self, search_id: str, seconds: float) -> None:
        """Look for cameras on the local network for some seconds; ends the search before, if one is still on.

        Each camera comes once through ``Bridge.camera_found``; the end of the search, also of one that was stopped,
        through ``Bridge.check_finished``: facts say from where and how many, a code why it could not look.
        """

    def stop_discovery(self, search_id: str) -> None:
        """End a search within half a second; what was found so far stays true."""

    def ask_streams(self, check_id: str, found: FoundCamera, user: str, password: str) -> None:
        """Ask a found camera for its streams and a picture; answers through ``Bridge.streams_found``.

        With streams and a code, only the picture failed.
        """
