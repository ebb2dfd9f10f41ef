"""The running program as the window sees it: ``Controls`` over cameras, books and judges, and the workers' life."""

import logging
import platform
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from vigint_core.domain.camera import Camera
from vigint_core.domain.fault import Code, Fault, VigintError
from vigint_core.domain.frame import Frame
from vigint_core.domain.gate_view import GateView
from vigint_core.domain.ids import CameraId, IncidentId
from vigint_core.domain.review import LONGEST_OWNER, Review, ReviewChange
from vigint_core.domain.status import CameraStatus, FaultCleared
from vigint_core.domain.verdict import Suspected
from vigint_core.domain.window import Span
from vigint_core.domain.zone import Scene
from vigint_core.media.packets import PacketCut
from vigint_core.media.redact import Redaction
from vigint_core.ports import Clock, EventSink
from vigint_core.texts import Language
from vigint_desktop import secrets, settings
from vigint_desktop.archive import Archive
from vigint_desktop.capture.supervisor import Supervisor
from vigint_desktop.discovery.found_streams import StreamSurvey
from vigint_desktop.discovery.search import Discovery
from vigint_desktop.logsetup import Redactor
from vigint_desktop.paths import Paths
from vigint_desktop.pipeline.analyst import Analyst, Books
from vigint_desktop.pipeline.cameras import Cameras, Seat
from vigint_desktop.pipeline.clip_writer import ClipWriter
from vigint_desktop.pipeline.courier import Desktop
from vigint_desktop.pipeline.desk import Desk, Outputs
from vigint_desktop.pipeline.enquiries import Enquiries
from vigint_desktop.pipeline.exchange import Exchange
from vigint_desktop.pipeline.footage import Footage
from vigint_desktop.pipeline.health_log import StatusesHeard
from vigint_desktop.pipeline.judging import Judging
from vigint_desktop.pipeline.messages import ActivitySeen, Judged, Message, ReviewAsked
from vigint_desktop.pipeline.monitor import Backlog, Monitor, NoServerProbe
from vigint_desktop.pipeline.outbox import Outbox
from vigint_desktop.pipeline.recording_folder import RecordingFolder
from vigint_desktop.pipeline.server_link import ServerLink
from vigint_desktop.pipeline.tally import Tally
from vigint_desktop.questions import Questions
from vigint_desktop.secrets import SecretStore, Told
from vigint_desktop.settings import Settings, ViewSettings
from vigint_desktop.store.reader import Reader
from vigint_desktop.ui.controls import NewSecrets, Playback, StoredSecrets

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the program stands on; made by the bootstrap.

    Attributes:
        passing: cameras of this run alone (``--source``, ``--demo``) with their passwords; they stand in for those
            of the settings and are never stored.
        demo: cameras that the program draws itself; shown as long as nobody has set any other up.
    """

    paths: Paths
    store: SecretStore
    sink: EventSink
    clock: Clock
    redactor: Redactor
    language: Language
    passing: tuple[tuple[Camera, str], ...] = ()
    demo: tuple[Camera, ...] = ()


class Program(Archive, Questions):
    """Implements ``Controls``. ``open``, ``start``, ``judge``, ``stop`` and ``close`` in turn, on the GUI thread."""

    def __init__(self, around: Surroundings, stored: Settings, server: str | None = None) -> None:
        """``stored``: the settings as they lie in their file; ``server``: what stands in for theirs in this run."""
        paths, sink, clock = around.paths, around.sink, around.clock
        self._around = around
        self._stored = stored
        self._settings = settings.with_server(stored, server)
        self._books = ExitStack()
        self._running = ExitStack()
        self._judges = False
        self._scenes: dict[CameraId, Scene] = {}
        self.tally = Tally()
        self.supervisor = Supervisor(StatusesHeard(sink, self._post), clock)
        self._link = ServerLink()
        self._store = Told(lambda: around.store, self._tell_secrets)
        enquiries = Enquiries(sink, clock, Discovery(clock), StreamSurvey(clock))
        Questions.__init__(self, enquiries, self._store, self._link, around.redactor, paths.models_file)
        self._judging = Judging(self._store, paths, self._link, sink, clock)
        self._writer = ClipWriter(paths.clips, self._cut, self._post, sink, clock)
        outputs = Outputs(sink, self._writer, self._wake_senders)
        self._desk = Desk(paths.database, outputs, clock, self.tally, language=around.language)
        self._outbox = Outbox(paths.database, self._link, self._desk.post, sink, clock)
        place = Desktop(paths.database, paths.clips, paths.borrowed)
        self.exchange = Exchange(place, self._redaction, self._link, self._desk.post, sink, clock)
        Archive.__init__(self, paths, around.language, self.exchange.other_desks)
        first = self._judging.first_judge()
        self._analyst = Analyst(first, Books(self._judged, self.tally), sink, clock)
        self.seating = Cameras(self.supervisor, self._analyst.submit, self._heard, clock)
        recordings = RecordingFolder(paths.recordings)
        self.footage = Footage(recordings, self._snapshots, self._seats, self._post, sink, clock)
        self._monitor = Monitor(NoServerProbe(first.status), self._backlog, sink, clock, self.seating.economise)

    def open(self) -> None:
        """Open the books, so that the window can show what was there before.

        Raises VigintError when they can't be opened: without them nothing that is seen could be kept.
        """
        left = self._desk.open()
        self._books.callback(self._desk.close)
        if left:
            _log.info("%d windows of an earlier run were never judged; they count as not analysed", left)
        self._reader = Reader(self._around.paths.database)
        self._books.callback(self._reader.close)

    def start(self) -> None:
        """Start every worker, after ``open``. Every start registers its stop; stops run in reverse.

        At the end nothing may be left in between: what the analyst says last, the desk writes (``drain``); what the
        desk then asks for, the clip writer writes (``finish``); what that tells the desk, the second ``drain`` writes.
        """
        self._running.callback(self._link.close)
        self._running.callback(self._outbox.close)
        for worker in (self._outbox.worker, *self.enquiries.workers):
            worker.start()
            self._running.callback(worker.stop)
        self._writer.worker.start()
        self._running.callback(self._desk.drain)
        self._running.callback(self._writer.finish)
        self._running.callback(self._writer.worker.stop)
        self._desk.worker.start()
        self._running.callback(self._desk.drain)
        self._running.callback(self._desk.worker.stop)
        self._running.callback(self._analyst.stop)
        self._running.callback(self._monitor.worker.stop)
        self._running.callback(self._judging.stop)
        self._running.callback(self.footage.recorder.finish)
        for worker in self.footage.workers:
            worker.start()
            self._running.callback(worker.stop)
        self.supervisor.start()
        self._running.callback(self.supervisor.stop)
        self._arrange()
        self.exchange.start(self._running)
        if not self._judging.is_weighty(self._settings):
            self.judge()
        if not self._store.protected:
            self._report(Code.SECRETS_UNPROTECTED, self._store.place)

    def judge(self) -> None:
        """Begin to judge, unless that has begun: until then nothing is said of server and AI, and windows wait.

        ``start`` does so itself, but where it would take the time that the first pictures need.
        """
        if not self._judges:
            self._judges = True
            self._judging.apply(self._settings, self._around.language, self._analyst, self._monitor)
            self._analyst.start()
            self._monitor.worker.start()

    def stop(self) -> None:
        """Stop every worker, the cameras first; the books stay open for whoever wants to read what came of the run."""
        self._running.close()

    def close(self) -> None:
        """Close the books, after ``stop``."""
        self._books.close()

    def camera_statuses(self) -> dict[CameraId, CameraStatus]:
        """How each camera is, as told last; asked while the program runs."""
        told = {seat.camera.id: self.supervisor.status(seat.camera.id) for seat in self.seating.seats()}
        return {camera_id: status for camera_id, status in told.items() if status is not None}

    # -- Controls -----------------------------------------------------------------------------------------------

    def cameras(self) -> Sequence[Camera]:
        """The cameras on the wall."""
        return [camera for camera, _ in self._wanted()]

    def take_frames(self) -> Mapping[CameraId, Frame]:
        """The newest frames."""
        return self.seating.take_frames()

    def show_at(self, camera_id: CameraId, width: int, height: int) -> None:
        """Size of a tile's picture."""
        self.supervisor.show_at(camera_id, width, height)

    def reconnect(self, camera_id: CameraId) -> None:
        """Try again at once."""
        self.supervisor.reconnect(camera_id)

    def snapshot_folder(self) -> Path:
        """Where the snapshots lie."""
        return self._around.paths.snapshots

    def snapshot(self, camera_id: CameraId) -> None:
        """Keep what a camera shows now."""
        self.footage.snapshot(camera_id)

    def save_clip(self, check_id: str, camera_id: CameraId, span: Span, file: Path) -> None:
        """Write a camera's packets of a past window."""
        self.footage.save_clip(check_id, camera_id, span, file)

    def convert_clip(self, check_id: str, clip: Path, file: Path) -> None:
        """Write a clip so that browsers play it."""
        self.footage.convert_clip(check_id, clip, file)

    def open_recording(self, camera_id: CameraId, at_s: float) -> Playback | None:
        """Show what is kept of a camera from a moment on."""
        return self.footage.open_recording(camera_id, at_s, self._around.language)

    def confirm_view(self, camera_id: CameraId) -> None:
        """A camera's new view is meant."""
        self.supervisor.confirm_view(camera_id)

    def settings(self) -> Settings:
        """The settings in force."""
        return self._settings

    def secrets(self) -> StoredSecrets:
        """Which secrets exist."""
        store = self._store
        names = [c.id for c in self._settings.cameras if store.get(secrets.camera_password(c.id))]
        return StoredSecrets(
            has_server_key=bool(store.get(secrets.SERVER_KEY)),
            has_gemini_key=bool(store.get(secrets.GEMINI_KEY)),
            camera_ids_with_password=frozenset(names),
            protected=store.protected,
            place=store.place,
        )

    def apply(self, chosen: Settings, typed: NewSecrets) -> None:
        """Store and put into force; what the command line put in place of a stored choice is not stored with it."""
        stored = settings.chosen_by_hand(chosen, self._settings, self._stored)
        with settings.saved(stored, self._around.paths.settings_file):
            self._keep(typed)
        self._stored = stored
        self._around.sink.publish(FaultCleared("settings", Code.SETTINGS_UNREADABLE))
        self._settings = chosen
        self._judging.apply(chosen, self._around.language, self._analyst, self._monitor)
        self._arrange()

    def keep_views(self, views: Sequence[ViewSettings]) -> None:
        """Store the wall's views alone; what this run's command line changed stays out of the file."""
        settings.save_views(views, self._around.paths.settings_file)
        self._stored = self._stored.model_copy(update={"views": tuple(views)})
        self._settings = self._settings.model_copy(update={"views": tuple(views)})

    def gate_view(self, camera_id: CameraId) -> GateView | None:
        """The newest look."""
        seat = self.seating.seat(camera_id)
        return seat.watcher.gate_log.view if seat else None

    def score_history(self, camera_id: CameraId) -> Sequence[float | None]:
        """The last hour's peaks."""
        seat = self.seating.seat(camera_id)
        return seat.watcher.gate_log.peaks(self._around.clock.monotonic()) if seat else []

    def keep_scene(self, camera_id: CameraId, scene: Scene) -> None:
        """Store a camera's zones; those of a camera that is never stored last as long as this run."""
        if any(camera.id == camera_id for camera in self._settings.cameras) and not self._around.passing:
            stored = settings.with_scene(self._stored, camera_id, scene)
            settings.save(stored, self._around.paths.settings_file)
            self._stored = stored
            self._settings = settings.with_scene(self._settings, camera_id, scene)
        else:
            self._scenes[camera_id] = scene
        self._arrange()

    def arm(self, *, armed: bool) -> None:
        """Arm the rules by hand, or leave them to the hours."""
        settings.save_armed(armed, self._around.paths.settings_file)
        self._stored = self._stored.model_copy(update={"armed": armed})
        self._settings = self._settings.model_copy(update={"armed": armed})
        self._arrange()

    def review(self, incident_id: IncidentId, change: ReviewChange, seen: Review) -> None:
        """Say something of an incident."""
        self._desk.post(ReviewAsked(incident_id, change, seen))

    def fetch_clip(self, incident_id: IncidentId) -> None:
        """Fetch a foreign incident's clip."""
        self.exchange.other_desks.fetch_clip(incident_id)

    def owner_name(self) -> str:
        """As whom this desk takes an incident in hand."""
        return self._settings.desk_name or platform.node()[:LONGEST_OWNER]

    # -- its own ------------------------------------------------------------------------------------------------

    def _wanted(self) -> list[tuple[Camera, str]]:
        if self._around.passing:
            return [(self._passing(camera), password) for camera, password in self._around.passing]
        demo = [self._passing(camera) for camera in self._around.demo]
        cameras = [self._settings.camera(c) for c in self._settings.cameras] or demo
        return [(camera, self._store.get(secrets.camera_password(camera.id))) for camera in cameras]

    def _passing(self, camera: Camera) -> Camera:
        """A camera that is never stored, with the shop's plan and what was drawn on it in this run."""
        plan = replace(self._settings.plan, armed=self._settings.armed)
        return replace(camera, scene=self._scenes.get(camera.id, camera.scene), plan=plan, notes=self._settings.notes)

    def _arrange(self) -> None:
        wanted = self._wanted()
        self._learn(*(password for _, password in wanted))
        self.footage.limit(self._settings.recording_gib, self._settings.recording_days)
        self.seating.arrange(wanted, self._settings.sampling)

    def _keep(self, typed: NewSecrets) -> None:
        changed = {secrets.SERVER_KEY: typed.server_key, secrets.GEMINI_KEY: typed.gemini_key}
        for camera_id, password in (typed.camera_passwords or {}).items():
            changed[secrets.camera_password(camera_id)] = password
        for name, value in changed.items():
            if value is not None:
                self._learn(value)
                self._store.set(name, value)

    def _tell_secrets(self, error: VigintError) -> None:
        self._around.sink.publish(Fault(error.code, "secrets", error.detail, self._around.clock.wall()))

    def _learn(self, *found: str) -> None:
        self._around.redactor.learn(*found)

    def _post(self, message: Message) -> None:
        self._desk.post(message)

    def _heard(self, message: Message) -> None:
        """What the cameras tell: the desk books it, the recorder records by it."""
        self._desk.post(message)
        if isinstance(message, ActivitySeen):
            self.footage.recorder.note(message.activity)

    def _judged(self, message: Message) -> None:
        """What the analyst tells: the desk books it, a camera that something is suspected of is watched closely."""
        self._desk.post(message)
        if isinstance(message, Judged) and isinstance(message.judgement.first, Suspected):
            self.seating.suspect(message.window.camera_id)

    def _seats(self) -> list[Seat]:
        return self.seating.seats()

    def _cut(self, camera_id: CameraId, span: Span) -> PacketCut | None:
        return self.seating.cut(camera_id, span)

    def _redaction(self, camera_id: CameraId) -> Redaction | None:
        """What a camera's privacy zones cover now; None for one that is not on the wall."""
        seat = self.seating.seat(camera_id)
        return Redaction(seat.camera.scene) if seat else None

    def _wake_senders(self) -> None:
        self._outbox.wake()
        self.exchange.wake()

    def _backlog(self) -> Backlog:
        incidents = self._outbox.waiting if self._link.endpoint else 0
        return Backlog(self._analyst.backlog, incidents)

    def _report(self, code: Code, detail: str) -> None:
        self._around.sink.publish(Fault(code, "settings", detail, self._around.clock.wall()))
