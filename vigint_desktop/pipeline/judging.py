"""Who judges: puts the owner's choice (embedded server, own server, Gemini directly, off) into force while running."""

import logging
import secrets as randomness

from vigint_core.analysis.examiner import open_examiner
from vigint_core.analysis.models import Catalogue, owners_catalogue, shipped_catalogue
from vigint_core.domain.fault import Code, VigintError
from vigint_core.ports import Clock, EventSink
from vigint_core.texts import Language, sentence
from vigint_desktop import secrets
from vigint_desktop.paths import Paths
from vigint_desktop.pipeline.analyst import Analyst
from vigint_desktop.pipeline.direct import DirectJudge, NoJudge
from vigint_desktop.pipeline.embedded import EmbeddedServer, Handshake
from vigint_desktop.pipeline.monitor import Monitor, NoServerProbe, Probe, ServerProbe
from vigint_desktop.pipeline.remote import RemoteJudge
from vigint_desktop.pipeline.server_link import Endpoint, ServerLink
from vigint_desktop.secrets import SecretStore
from vigint_desktop.settings import AnalysisPlace, BudgetSettings, Settings
from vigint_desktop.store.purse import DeskPurse

_log = logging.getLogger(__name__)
_CLIENT = "This shop"  # on the embedded server; the same in every language, because what it keeps is kept by client


def make_embedded_keys(store: SecretStore) -> tuple[str, str]:
    """The embedded server's own secret and our key to it; made once, then read. Raises VigintError(STORE_FAILED)."""
    secret = store.get(secrets.EMBEDDED_SECRET)
    key = store.get(secrets.EMBEDDED_KEY)
    if not secret:
        secret = randomness.token_urlsafe(48)
        store.set(secrets.EMBEDDED_SECRET, secret)
    if not key:
        key = f"vg_{randomness.token_hex(6)}_{randomness.token_urlsafe(32)}"
        store.set(secrets.EMBEDDED_KEY, key)
    return secret, key


def handshake_of(store: SecretStore, paths: Paths, budget: BudgetSettings) -> Handshake:
    """What the embedded server is told when it starts. Raises VigintError(STORE_FAILED)."""
    secret, key = make_embedded_keys(store)
    return Handshake(
        secret_key=secret,
        api_key=key,
        google_api_key=store.get(secrets.GEMINI_KEY),
        data_dir=paths.server_data,
        client_name=_CLIENT,
        models_file=paths.models_file,
        budget=budget.model_dump(),
    )


class Judging:
    """Chooses judge and probe. Called on one thread (the window's)."""

    def __init__(self, store: SecretStore, paths: Paths, link: ServerLink, sink: EventSink, clock: Clock) -> None:
        self._store = store
        self._paths = paths
        self._budget = BudgetSettings()
        self._purse: DeskPurse | None = None
        self._link = link
        self._sink = sink
        self._clock = clock
        self._language: Language = "en"
        self._embedded: EmbeddedServer | None = None
        self._retired: list[RemoteJudge | DirectJudge | NoJudge] = []
        self._leaving: list[EmbeddedServer] = []
        self._told: Handshake | None = None
        self._judge: RemoteJudge | DirectJudge | NoJudge = NoJudge(clock)

    def first_judge(self) -> NoJudge:
        """The judge before the settings are in force."""
        return NoJudge(self._clock)

    def is_weighty(self, settings: Settings) -> bool:
        """Whether what judges by these settings takes a second of both cores to load: the SDK, or a child with it."""
        with_key = settings.analysis is AnalysisPlace.DIRECT and bool(self._store.get(secrets.GEMINI_KEY))
        return with_key or settings.analysis is AnalysisPlace.EMBEDDED

    def apply(self, settings: Settings, language: Language, analyst: Analyst, monitor: Monitor) -> None:
        """Put a choice into force. Safe to call again: what runs already goes on, a changed key restarts it."""
        self._language = language
        self._budget = settings.budget
        self._retired.append(self._judge)  # it finishes what it holds; stopped with the program
        if settings.analysis is not AnalysisPlace.EMBEDDED:
            self._leave_embedded()
            self._link.set_endpoint(self._own_server(settings))
        self._judge, probe = self._chosen(settings.analysis)
        analyst.use(self._judge)
        monitor.use(probe)
        if settings.analysis is AnalysisPlace.EMBEDDED:
            self._start_embedded()

    def stop(self) -> None:
        """End what runs here: the child, and everything a judge waits for."""
        self._link.shut()
        for judge in (*self._retired, self._judge):
            judge.stop()
        self._leave_embedded()
        for child in self._leaving:
            child.worker.stop(timeout_s=10.0)
        if self._purse is not None:
            self._purse.close()

    def _chosen(self, place: AnalysisPlace) -> tuple[RemoteJudge | DirectJudge | NoJudge, Probe]:
        if place in (AnalysisPlace.EMBEDDED, AnalysisPlace.SERVER):
            name = sentence(self._language, "check.server.this_shop") if place is AnalysisPlace.EMBEDDED else ""
            remote = RemoteJudge(self._link, self._clock, self._language)
            return remote, ServerProbe(self._link, self._clock, name)
        judge = self._direct() if place is AnalysisPlace.DIRECT else NoJudge(self._clock)
        return judge, NoServerProbe(judge.status, judge.budget)

    def _direct(self) -> DirectJudge | NoJudge:
        key = self._store.get(secrets.GEMINI_KEY)
        if not key:
            return NoJudge(self._clock, Code.AI_NO_KEY)
        try:
            purse = self._opened_purse()
        except VigintError as error:  # without books no cap can be kept, so nothing is spent
            return NoJudge(self._clock, error.code, error.detail)
        catalogue, notice = self._catalogue()
        examiner = open_examiner(key, catalogue=catalogue, purse=purse)
        return DirectJudge(examiner, self._language, self._clock, purse, notice=notice)

    def _opened_purse(self) -> DeskPurse:
        """The desk's own money, by the limits in force. Raises VigintError(STORE_FAILED or DISK_FULL)."""
        if self._purse is None:
            self._purse = DeskPurse(self._paths.money, self._clock, self._budget.caps)
        else:
            self._purse.limit(self._budget.caps)
        return self._purse

    def _catalogue(self) -> tuple[Catalogue, Code | None]:
        """The models; the shipped ones, and why, where the owner's file can't be read."""
        try:
            return owners_catalogue(self._paths.models_file), None
        except VigintError as error:
            _log.error("the owner's file of models is left aside: %s", error)
            return shipped_catalogue(), error.code

    def _own_server(self, settings: Settings) -> Endpoint | None:
        if settings.analysis is not AnalysisPlace.SERVER:
            return None
        return Endpoint(settings.server_url.rstrip("/"), self._store.get(secrets.SERVER_KEY))

    def _start_embedded(self) -> None:
        told, self._told = self._told, self._handshake()
        if self._embedded is not None:
            if told != self._told:
                self._embedded.restart()
            return
        self._embedded = EmbeddedServer(self._handshake, self._link, self._sink, self._clock)
        self._embedded.worker.start()

    def _leave_embedded(self) -> None:
        """Tell the child to leave, without waiting: the window's thread is the one that calls."""
        if self._embedded is not None:
            self._embedded.worker.stop(timeout_s=0.0)
            self._leaving = [child for child in self._leaving if not child.worker.stop(timeout_s=0.0)]
            self._leaving.append(self._embedded)
            self._embedded = None

    def _handshake(self) -> Handshake:
        return handshake_of(self._store, self._paths, self._budget)
