"""What a running server is made of: built once from its configuration, handed to the routes, closed at the end."""

from dataclasses import dataclass

from server.config import Config
from server.db.database import Database
from server.db.pace_book import BooksPaceBook
from server.db.purse import BooksPurse
from server.logs import journal
from server.mail.smtp import mail_server
from server.services.ai_health import AiHealth
from server.services.alerts import Alerts
from server.services.analyses import Analyses, LookBounds
from server.services.clients import Clients
from server.services.clips import Clips
from server.services.durable import DurableWork
from server.services.erasure import Erasure
from server.services.event_hub import EventHub
from server.services.examiner import Examiner
from server.services.file_checks import FileChecks
from server.services.files import Files
from server.services.health import HealthCheck
from server.services.incident_lists import IncidentLists
from server.services.incidents import Incidents
from server.services.limits import KeyLimiter
from server.services.link_pages import LinkPages
from server.services.links import Links
from server.services.looks import Looks, Showable
from server.services.mail_health import mail_proof
from server.services.mail_probe import MailProbe
from server.services.metrics import Metrics
from server.services.post import PostOffice, Sources
from server.services.prober import Prober
from server.services.proofs import ai_proof, database_proof, disk_proof, queue_proof, storage_proof
from server.services.readiness import ReadinessCheck
from server.services.recent_windows import RecentWindows
from server.services.recipients import Recipients
from server.services.retention import Retention
from server.services.settlements import Settlements
from server.services.sign_ins import SignIns
from server.services.storage_room import RoomLimits, StorageRoom
from server.services.uploads import Uploads
from server.storage.store import FileStore, open_store
from vigint_core import __version__
from vigint_core.analysis.examiner import open_examiner
from vigint_core.analysis.models import Catalogue, owners_catalogue, shipped_catalogue
from vigint_core.clock import SystemClock
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.status import Health
from vigint_core.ports import Clock

_log = journal(__name__)


@dataclass(frozen=True, slots=True)
class Parts:
    """The services behind the routes, and the adapters that they stand on."""

    config: Config
    database: Database
    clock: Clock
    durable: DurableWork
    examiner: Examiner
    purse: BooksPurse
    ai: AiHealth
    clients: Clients
    sign_ins: SignIns
    limits: KeyLimiter
    looks: Looks
    analyses: Analyses
    alerts: Alerts
    store: FileStore
    files: Files
    uploads: Uploads
    incidents: Incidents
    incident_lists: IncidentLists
    event_hub: EventHub
    links: Links
    link_pages: LinkPages
    erasure: Erasure
    retention: Retention
    health: HealthCheck
    metrics: Metrics
    readiness: ReadinessCheck
    prober: Prober
    mail_probe: MailProbe

    def described(self) -> dict[str, object]:
        """What was found at the start, for the log: parts and limits, never a key."""
        no_key = self.ai.state.health is Health.NOT_CONFIGURED
        return {
            "version": __version__,
            "database": self.database.kind,
            "data_dir": str(self.config.vigint_data_dir),
            "clients": len(self.clients.all()),
            "ai": "not configured, GOOGLE_API_KEY is not set" if no_key else "has a key, a probe follows",
            "ai_address": "given by GOOGLE_GEMINI_BASE_URL" if self.config.google_gemini_base_url else "the provider's",
            "max_clip_bytes": self.config.vigint_max_clip_bytes,
            "max_body_bytes": self.config.vigint_max_body_bytes,
            "max_looks": self.config.vigint_max_looks,
            "models": str(self.config.vigint_models_file or "as shipped"),
            "budget": "limited" if self.config.caps.any else "no limit",
        }

    def close(self) -> None:
        """Give back connections to the database; whoever has used the examiner has closed it before."""
        self.database.close()


def assemble(config: Config, database: Database, examiner: Examiner | None = None, clock: Clock | None = None) -> Parts:
    """The parts for a configuration. ``examiner`` and ``clock`` are Gemini's and the machine's unless given."""
    clock = clock or SystemClock()
    key = config.google_api_key.get_secret_value()
    purse = BooksPurse(database, clock, config.caps)
    catalogue, notice = _catalogue(config)
    metrics = Metrics()
    clients = Clients(database, clock)
    ai = AiHealth(examiner is not None or bool(key), clock, notice, metrics)
    examiner = examiner or open_examiner(
        key,
        config.google_gemini_base_url or None,
        catalogue=catalogue,
        purse=purse,
        book=BooksPaceBook(database, clock, key),
    )
    store, room, files, uploads = _storage(config, database, clock)
    durable, settlements = DurableWork(), Settlements()
    mail_probe = MailProbe(mail_server(config), clock)
    health = HealthCheck(
        {
            "database": database_proof(database),
            "storage": storage_proof(store),
            "ai": ai_proof(ai),
            "mail": mail_proof(database, mail_probe),
            "queue": queue_proof(database, durable),
            "disk": disk_proof(room, store, config.vigint_data_dir, _room(config).reserve_bytes),
        },
        clock,
    )
    incidents = Incidents(clock)
    links, recipients = Links(database, clock, config), Recipients(database, clock, config)
    post = PostOffice(config, clock, Sources(files, links), mail_probe, metrics)
    alerts = Alerts(database, clock, recipients, post, durable)
    mail_probe.listen(alerts.hurry)
    recent = RecentWindows(store, room, clock, config.clip_limits)
    looks = Looks(examiner, ai, clock, Showable(Clips(files), recent), settlements)
    return Parts(
        config=config,
        database=database,
        clock=clock,
        durable=durable,
        examiner=examiner,
        purse=purse,
        ai=ai,
        clients=clients,
        sign_ins=SignIns(clients),
        limits=KeyLimiter(database, clock, config),
        store=store,
        files=files,
        uploads=uploads,
        looks=looks,
        analyses=Analyses(looks, settlements, durable, clock, LookBounds(config.clip_limits, config.vigint_max_looks)),
        incidents=incidents,
        incident_lists=IncidentLists(database),
        event_hub=EventHub(database, clients, metrics),
        alerts=alerts,
        links=links,
        link_pages=LinkPages(incidents),
        erasure=Erasure(database, files, clock),
        retention=Retention(config, database, files, recent, clock),
        health=health,
        metrics=metrics,
        readiness=ReadinessCheck(health),
        prober=Prober(examiner, ai, database, clock),
        mail_probe=mail_probe,
    )


def _storage(config: Config, database: Database, clock: Clock) -> tuple[FileStore, StorageRoom, Files, Uploads]:
    store = open_store(config)
    room = StorageRoom(store, database, clock, config.vigint_data_dir, _room(config))
    checks = FileChecks(config.vigint_data_dir, config.clip_limits, config.vigint_max_alert_bytes)
    files = Files(store, database, clock, checks, room)
    return store, room, files, Uploads(files, store, clock, room)


def _room(config: Config) -> RoomLimits:
    most = config.vigint_storage_most_gib
    return RoomLimits(config.vigint_storage_reserve_mib * 2**20, None if most is None else int(most * 2**30))


def _catalogue(config: Config) -> tuple[Catalogue, Code | None]:
    """The models; the shipped ones, and why, where the owner's file can't be read."""
    try:
        return owners_catalogue(config.vigint_models_file), None
    except VigintError as error:
        _log.error("the owner's file of models is left aside", code=error.code, detail=error.detail)
        return shipped_catalogue(), error.code
