"""The program behind the window, as the window's tests need it: what it holds is set, what it is asked is recorded."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from vigint_core.domain.camera import Camera
from vigint_core.domain.coverage import CoverRun
from vigint_core.domain.fault import VigintError
from vigint_core.domain.frame import Frame, Moment
from vigint_core.domain.gate_view import GateView
from vigint_core.domain.ids import CameraId, IncidentId
from vigint_core.domain.incident import Incident
from vigint_core.domain.review import Review, ReviewChange
from vigint_core.domain.status import Activity, CameraHealth, FoundCamera, ReviewTold, Snapshot, WindowRecord
from vigint_core.domain.window import Span
from vigint_core.domain.zone import Scene
from vigint_desktop.settings import CameraSettings, Settings, ViewSettings
from vigint_desktop.ui.controls import NewSecrets, Playback, StoredSecrets


class FakePlayback:
    """A clip of ``duration_s`` whose frames are handed in by the test."""

    def __init__(self, duration_s: float = 10.0) -> None:
        self.duration_s = duration_s
        self.position_s = 0.0
        self.failure = ""
        self.frames: list[Frame] = []
        self.sizes: list[tuple[int, int]] = []
        self.paused: list[bool] = []
        self.seeks: list[float] = []
        self.stopped = False

    def take(self) -> Frame | None:
        return self.frames.pop() if self.frames else None

    def show_at(self, width: int, height: int) -> None:
        self.sizes.append((width, height))

    def set_paused(self, paused: bool) -> None:
        self.paused.append(paused)

    def seek(self, position_s: float) -> None:
        self.seeks.append(position_s)
        self.position_s = position_s

    def stop(self) -> None:
        self.stopped = True


class FakeControls:
    """``Controls`` from memory."""

    def __init__(self, cameras: Sequence[Camera] = (), settings: Settings | None = None) -> None:
        self.camera_list = list(cameras)
        self.frames: dict[CameraId, Frame] = {}
        self.shown_at: list[tuple[CameraId, int, int]] = []
        self.reconnected: list[CameraId] = []
        self.incident_list: list[Incident] = []
        self.window_list: list[WindowRecord] = []
        self.activity_list: list[Activity] = []
        self.health_list: list[CameraHealth] = []
        self.snapshot_list: list[Snapshot] = []
        self.gate_views: dict[CameraId, GateView] = {}
        self.peaks: dict[CameraId, list[float | None]] = {}
        self.kept_scenes: dict[CameraId, Scene] = {}
        self.coverage_runs: dict[CameraId, list[CoverRun]] = {}
        self.snapshot_images: dict[str, bytes] = {}
        self.snapshots_asked: list[CameraId] = []
        self.confirmed_views: list[CameraId] = []
        self.saved_clips: list[tuple[str, CameraId, Span, Path]] = []
        self.converted_clips: list[tuple[str, Path, Path]] = []
        self.recordings: dict[CameraId, FakePlayback] = {}
        self.recordings_asked: list[tuple[CameraId, float]] = []
        self.stills: dict[IncidentId, bytes] = {}
        self.clips: dict[IncidentId, FakePlayback] = {}
        self.opened: list[IncidentId] = []
        self.fetched: list[IncidentId] = []
        self.review_list: list[ReviewTold] = []
        self.reviewed: list[tuple[IncidentId, ReviewChange]] = []
        self.seen_reviews: list[Review] = []
        self.owner = "Anna"
        self.current = settings or Settings()
        self.stored = StoredSecrets(
            has_server_key=False,
            has_gemini_key=False,
            camera_ids_with_password=frozenset(),
            protected=True,
            place="the keyring",
        )
        self.applied: list[tuple[Settings, NewSecrets]] = []
        self.apply_fails_with: VigintError | None = None
        self.server_checks: list[tuple[str, str, str | None]] = []
        self.gemini_checks: list[tuple[str, str | None]] = []
        self.camera_checks: list[tuple[str, CameraSettings, str | None]] = []
        self.stopped_checks: list[str] = []
        self.searches: list[tuple[str, float]] = []
        self.stopped_searches: list[str] = []
        self.stream_questions: list[tuple[str, FoundCamera, str, str]] = []

    def cameras(self) -> Sequence[Camera]:
        return list(self.camera_list)

    def take_frames(self) -> Mapping[CameraId, Frame]:
        taken, self.frames = self.frames, {}
        return taken

    def show_at(self, camera_id: CameraId, width: int, height: int) -> None:
        self.shown_at.append((camera_id, width, height))

    def reconnect(self, camera_id: CameraId) -> None:
        self.reconnected.append(camera_id)

    def incidents(self, most: int) -> Sequence[Incident]:
        return sorted(self.incident_list, key=lambda i: -i.opened_s)[:most]

    def incidents_in(self, span: Span) -> Sequence[Incident]:
        return [i for i in reversed(self.incidents(1 << 30)) if span.start_s <= i.opened_s < span.end_s]

    def windows(self, span: Span) -> Sequence[WindowRecord]:
        return [w for w in self.window_list if span.start_s <= w.span.end_s <= span.end_s]

    def activities(self, span: Span) -> Sequence[Activity]:
        return [a for a in self.activity_list if span.start_s <= a.span.end_s <= span.end_s]

    def gate_view(self, camera_id: CameraId) -> GateView | None:
        return self.gate_views.get(camera_id)

    def score_history(self, camera_id: CameraId) -> Sequence[float | None]:
        return self.peaks.get(camera_id, [])

    def keep_scene(self, camera_id: CameraId, scene: Scene) -> None:
        if self.apply_fails_with:
            raise self.apply_fails_with
        self.kept_scenes[camera_id] = scene

    def arm(self, *, armed: bool) -> None:
        if self.apply_fails_with:
            raise self.apply_fails_with
        self.current = self.current.model_copy(update={"armed": armed})

    def coverage(self, camera_id: CameraId, span: Span) -> Sequence[CoverRun]:
        runs = self.coverage_runs.get(camera_id, [])
        return [run for run in runs if run.end_s > span.start_s and run.start_s < span.end_s]

    def health(self, span: Span) -> Sequence[CameraHealth]:
        return [h for h in self.health_list if span.start_s <= h.span.end_s <= span.end_s]

    def confirm_view(self, camera_id: CameraId) -> None:
        self.confirmed_views.append(camera_id)

    def snapshot(self, camera_id: CameraId) -> None:
        self.snapshots_asked.append(camera_id)

    def snapshots(self, span: Span) -> Sequence[Snapshot]:
        return [s for s in self.snapshot_list if span.start_s <= s.at_s <= span.end_s]

    def snapshot_image(self, snapshot: Snapshot) -> bytes | None:
        return self.snapshot_images.get(snapshot.file)

    def snapshot_folder(self) -> Path:
        return Path("/nowhere/snapshots")

    def save_clip(self, check_id: str, camera_id: CameraId, span: Span, file: Path) -> None:
        self.saved_clips.append((check_id, camera_id, span, file))

    def convert_clip(self, check_id: str, clip: Path, file: Path) -> None:
        self.converted_clips.append((check_id, clip, file))

    def open_recording(self, camera_id: CameraId, at_s: float) -> Playback | None:
        self.recordings_asked.append((camera_id, at_s))
        return self.recordings.get(camera_id)

    def still(self, incident_id: IncidentId) -> bytes | None:
        return self.stills.get(incident_id)

    def open_clips(self, incident_id: IncidentId) -> Playback | None:
        self.opened.append(incident_id)
        return self.clips.get(incident_id)

    def fetch_clip(self, incident_id: IncidentId) -> None:
        self.fetched.append(incident_id)

    def reviews(self, incident_ids: Sequence[IncidentId]) -> Mapping[IncidentId, ReviewTold]:
        return {told.incident_id: told for told in self.review_list if told.incident_id in incident_ids}

    def review(self, incident_id: IncidentId, change: ReviewChange, seen: Review) -> None:
        self.reviewed.append((incident_id, change))
        self.seen_reviews.append(seen)

    def owner_name(self) -> str:
        return self.owner

    def settings(self) -> Settings:
        return self.current

    def secrets(self) -> StoredSecrets:
        return self.stored

    def apply(self, settings: Settings, secrets: NewSecrets) -> None:
        if self.apply_fails_with is not None:
            raise self.apply_fails_with
        self.current = settings
        self.applied.append((settings, secrets))
        self.camera_list = [camera.camera() for camera in settings.cameras]

    def keep_views(self, views: Sequence[ViewSettings]) -> None:
        if self.apply_fails_with is not None:
            raise self.apply_fails_with
        self.current = self.current.model_copy(update={"views": tuple(views)})

    def check_server(self, check_id: str, url: str, key: str | None) -> None:
        self.server_checks.append((check_id, url, key))

    def check_gemini(self, check_id: str, key: str | None) -> None:
        self.gemini_checks.append((check_id, key))

    def check_camera(self, check_id: str, camera: CameraSettings, password: str | None) -> None:
        self.camera_checks.append((check_id, camera, password))

    def stop_check(self, check_id: str) -> None:
        self.stopped_checks.append(check_id)

    def discover(self, search_id: str, seconds: float) -> None:
        self.searches.append((search_id, seconds))

    def stop_discovery(self, search_id: str) -> None:
        self.stopped_searches.append(search_id)

    def ask_streams(self, check_id: str, found: FoundCamera, user: str, password: str) -> None:
        self.stream_questions.append((check_id, found, user, password))


def frame(
    camera_id: str,
    *,
    number: int = 1,
    mono_s: float = 0.0,
    size: tuple[int, int] = (64, 36),
    padding: int = 0,
    grey: int = 90,
) -> Frame:
    """A grey frame whose rows are ``padding`` bytes longer than its pixels."""
    width, height = size
    stride = 4 * width + padding
    pixels = np.full((height, stride), grey, np.uint8)
    pixels.setflags(write=False)
    return Frame(
        CameraId(camera_id),
        number,
        Moment(mono_s, 1_700_000_000.0 + mono_s, mono_s),
        width,
        height,
        stride,
        pixels.data.cast("B"),
    )
