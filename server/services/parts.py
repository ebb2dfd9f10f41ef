"""What a running server is made of: built once from its configuration, handed to the routes, closed at the end."""

from dataclasses import dataclass

from server.config import Config
from server.db.database import Database
from server.db.pace_book import BooksPaceBook
from server.db.purse import BooksPurse
from server.logs import journal
from server.services.ai_health import AiHealth
from server.services.analyses import Analyses
from server.services.clients import Clients
from server.services.examiner import Examiner
from server.services.prober import Prober
from server.services.readiness import ReadinessCheck
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
    examiner: Examiner
    purse: BooksPurse
    ai: AiHealth
    clients: Clients
    analyses: Analyses
    readiness: ReadinessCheck
    prober: Prober

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
    ai = AiHealth(examiner is not None or bool(key), clock, notice)
    examiner = examiner or open_examiner(
        key,
        config.google_gemini_base_url or None,
        catalogue=catalogue,
        purse=purse,
        book=BooksPaceBook(database, clock, key),
    )
    return Parts(
        config=config,
        database=database,
        clock=clock,
        examiner=examiner,
        purse=purse,
        ai=ai,
        clients=Clients(database, clock),
        analyses=Analyses(examiner, ai, clock, config.clip_limits, config.vigint_max_looks),
        readiness=ReadinessCheck(database, config.vigint_data_dir, ai, clock),
        prober=Prober(examiner, ai, database, clock),
    )


def _catalogue(config: Config) -> tuple[Catalogue, Code | None]:
    """The models; the shipped ones, and why, where the owner's file can't be read."""
    try:
        return owners_catalogue(config.vigint_models_file), None
    except VigintError as error:
        _log.error("the owner's file of models is left aside", code=error.code, detail=error.detail)
        return shipped_catalogue(), error.code
