"""The daily job: erases what is older than its client keeps it, and what dead processes left behind; reports it."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from server.config import Config
from server.db.books.events import sweep_events
from server.db.books.files import Chosen
from server.db.books.retention import RetentionRuns
from server.db.database import Database
from server.db.tenant import Tenant
from server.logs import journal
from server.services.clients import Clients
from server.services.erasure import Erasure, Removed
from server.services.failed_sign_ins import FailedSignIns
from server.services.files import Files
from server.services.finished_work import FinishedWork
from server.services.recent_windows import RecentWindows
from vigint_core.domain.verdict import Severity
from vigint_core.policy.keeping import CLIPS_OF_WINDOWS_S, DAY_S, OWN_NAMES, KeepRule, due
from vigint_core.ports import Clock

WORKFLOW: Final = "retention"
LINKS_KEPT_S: Final = 30 * DAY_S
"""After a link's end: until then its owner sees who looked."""
WORK_KEPT_S: Final = 7 * DAY_S
"""After durable work was begun: until then its owner sees what became of it."""
_BEGINS: Final = timedelta(hours=3)  # UTC; a server that is off at night does it when it starts
_LONGEST_DAYS: Final = 3650.0
_log = journal(__name__)
Counts = Mapping[str, int]


class Retention:
    """Everything the daily job does, in steps that may be repeated. Blocks; raises VigintError(SERVER_STORAGE)."""

    def __init__(self, config: Config, database: Database, files: Files, recent: RecentWindows, clock: Clock) -> None:
        self._rule = keep_rule(config)
        self._database = database
        self._clients = Clients(database, clock)
        self._files = files
        self._recent = recent
        self._clock = clock
        self._erasure = Erasure(database, files, clock)
        self._runs = RetentionRuns(database)

    def day(self) -> str:
        """Whose day's work is due: ``2026-11-29`` from 3 o'clock UTC of that day on."""
        return f"{datetime.fromtimestamp(self._clock.wall(), UTC) - _BEGINS:%Y-%m-%d}"

    def is_done(self, day: str) -> bool:
        """Whether a day's work is done."""
        return self._runs.is_done(day)

    def rule_of(self, tenant: Tenant) -> KeepRule:
        """How long a client's incidents are kept: the server's rule, and what the client says otherwise."""
        return self._rule.overlaid(tenant.keeping.own())

    def set_rule(self, tenant: Tenant, own: Mapping[str, float]) -> KeepRule:
        """Let a client say otherwise, in place of what it said before; names are ``OWN_NAMES``, values days over 0.

        Raises ValueError for any other.
        """
        wrong = [name for name, days in own.items() if name not in OWN_NAMES or not 0 < days <= _LONGEST_DAYS]
        if wrong:
            raise ValueError(f"not a time to keep: {', '.join(sorted(wrong))}")
        tenant.keeping.set_own(own)
        return self.rule_of(tenant)

    def sweep_clients(self) -> Counts:
        """Erase what each client need not keep any more."""
        return _sum([self.sweep_client(client.id) for client in self._clients.all()])

    def sweep_client(self, client_id: str) -> Counts:
        """Erase what a client need not keep any more."""
        tenant = Tenant(self._database, client_id)
        now_s = self._clock.wall()
        rule = self.rule_of(tenant)
        total = Removed(windows=self._recent.erase_old(client_id))
        while file_ids := tenant.keeping.clips_of_windows(now_s - CLIPS_OF_WINDOWS_S):
            for file_id in file_ids:
                erased = self._files.erase(tenant, Chosen(file_id=file_id))
                total += Removed(files=erased.files, bytes=erased.bytes)
        dues = due(rule, now_s)
        while incident_ids := tenant.keeping.due_incidents(dues):
            total += self._erasure.incidents(tenant, incident_ids)
        before_s = now_s - rule.longest * DAY_S
        while windows := tenant.keeping.erase_old_windows(before_s):
            total += Removed(windows=windows)
        alerts = 0
        while some := tenant.keeping.erase_old_alerts(before_s):
            alerts += some
        links = tenant.keeping.erase_old_links(now_s - LINKS_KEPT_S)
        return {**total.counts(), "alerts": alerts, "links": links}

    def sweep_rest(self) -> Counts:
        """Erase what belongs to no one client: unfinished uploads, old events, counters, durable work that ended."""
        now_s = self._clock.wall()
        stale = self._files.erase_stale(now_s)
        FailedSignIns(self._database, self._clock).forget_old(now_s)
        return {
            "files": stale.files,
            "bytes": stale.bytes,
            "events": sweep_events(self._database, now_s),
            "work": FinishedWork(self._database).forget_ended(now_s - WORK_KEPT_S),
        }

    def begin(self, day: str) -> None:
        """Write down that a day's work has begun."""
        self._runs.begin(day, self._clock.wall())

    def finish(self, day: str, counts: Sequence[Counts]) -> Counts:
        """Write down what a day's work erased, and say it in the log."""
        total = _sum(counts)
        self._runs.finish(day, self._clock.wall(), total)
        _log.info("what is not kept was erased", day=day, **total)
        return total


def _sum(counts: Sequence[Counts]) -> Counts:
    names = dict.fromkeys(name for each in counts for name in each)
    return {name: sum(each.get(name, 0) for each in counts) for name in names}


def keep_rule(config: Config) -> KeepRule:
    """The server's rule, from its environment."""
    own = {
        Severity.LOW: config.vigint_keep_days_low,
        Severity.MEDIUM: config.vigint_keep_days_medium,
        Severity.HIGH: config.vigint_keep_days_high,
        Severity.CRITICAL: config.vigint_keep_days_critical,
    }
    named = {severity: days for severity, days in own.items() if days is not None}
    return KeepRule(config.vigint_keep_days, named, config.vigint_keep_days_vetoed)
