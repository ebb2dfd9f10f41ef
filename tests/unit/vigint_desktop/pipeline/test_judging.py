from collections.abc import Iterator
from pathlib import Path

import pytest

from server.cli.embedded import read_orders
from tests.fakes.clock import FakeClock
from tests.fakes.examiner import ScriptedExaminer
from tests.fakes.sink import RecordingSink
from vigint_core.domain.fault import Code
from vigint_core.domain.status import Health
from vigint_desktop import secrets
from vigint_desktop.paths import Paths
from vigint_desktop.pipeline import judging as module
from vigint_desktop.pipeline.analyst import Analyst, Books
from vigint_desktop.pipeline.direct import DirectJudge, NoJudge
from vigint_desktop.pipeline.embedded import EmbeddedServer, Handshake
from vigint_desktop.pipeline.judging import Judging, handshake_of, make_embedded_keys
from vigint_desktop.pipeline.monitor import Backlog, Monitor, NoServerProbe, ServerProbe
from vigint_desktop.pipeline.remote import RemoteJudge
from vigint_desktop.pipeline.server_link import Endpoint, ServerLink
from vigint_desktop.pipeline.tally import Tally
from vigint_desktop.secrets import FileSecrets
from vigint_desktop.settings import AnalysisPlace, BudgetSettings, Settings


class StandIn:
    """An embedded server that starts nothing and remembers what was wanted of it."""

    def __init__(self, handshake: object, link: ServerLink, sink: object, clock: object) -> None:
        self.worker = self
        self.life: list[str] = []

    def start(self) -> None:
        self.life.append("start")

    def restart(self) -> None:
        self.life.append("restart")

    def stop(self, timeout_s: float) -> bool:
        self.life.append("stop")
        return True


class Office:
    """Judging with everything around it, none of it started."""

    def __init__(self, folder: Path) -> None:
        sink, clock = RecordingSink(), FakeClock()
        self.budget = BudgetSettings()
        self.store = FileSecrets(folder / "secrets.json")
        self.link = ServerLink()
        self.paths = Paths.under(folder)
        self.judging = Judging(self.store, self.paths, self.link, sink, clock)
        first = self.judging.first_judge()
        self.analyst = Analyst(first, Books(lambda message: None, Tally()), sink, clock)
        self.monitor = Monitor(NoServerProbe(first.status), lambda: Backlog(0, 0), sink, clock)

    def choose(self, place: AnalysisPlace, url: str = "") -> None:
        chosen = Settings(analysis=place, server_url=url, budget=self.budget)
        self.judging.apply(chosen, "en", self.analyst, self.monitor)

    @property
    def embedded(self) -> StandIn | EmbeddedServer | None:
        return self.judging._embedded


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    monkeypatch.setattr(module, "EmbeddedServer", StandIn)
    monkeypatch.setattr(module, "open_examiner", lambda key, catalogue, purse: ScriptedExaminer())
    made = Office(tmp_path)
    yield made
    made.judging.stop()


def test_keys_are_made_once_and_are_long(tmp_path: Path) -> None:
    store = FileSecrets(tmp_path / "secrets.json")

    made = make_embedded_keys(store)

    assert make_embedded_keys(store) == made
    assert min(map(len, made)) >= 40
    assert made != make_embedded_keys(FileSecrets(tmp_path / "other.json"))


def test_the_handshake_holds_what_the_child_needs(tmp_path: Path) -> None:
    store = FileSecrets(tmp_path / "secrets.json")
    store.set(secrets.GEMINI_KEY, "any key")
    secret, key = make_embedded_keys(store)

    paths, budget = Paths.under(tmp_path), BudgetSettings(month_usd=20)
    told = handshake_of(store, paths, budget)
    assert told == Handshake(
        secret, key, "any key", paths.server_data, "This shop", paths.models_file, budget.model_dump()
    )
    assert read_orders(told.line().encode()).budget.month_usd == 20, "the server understands it"


def test_with_the_ai_off_nobody_judges(office: Office) -> None:
    office.choose(AnalysisPlace.OFF)

    assert isinstance(office.analyst._judge, NoJudge)
    assert isinstance(office.monitor._probe, NoServerProbe)
    assert office.link.endpoint is None


def test_gemini_directly_without_a_key_is_no_judge_and_says_why(office: Office) -> None:
    office.choose(AnalysisPlace.DIRECT)

    assert isinstance(office.analyst._judge, NoJudge)
    assert office.analyst._judge.status().code is Code.AI_NO_KEY


def test_gemini_directly(office: Office) -> None:
    office.store.set(secrets.GEMINI_KEY, "a key")
    office.choose(AnalysisPlace.DIRECT)

    assert isinstance(office.analyst._judge, DirectJudge)
    assert isinstance(office.monitor._probe, NoServerProbe)


def test_an_own_server_with_its_key(office: Office) -> None:
    office.store.set(secrets.SERVER_KEY, "the key")
    office.choose(AnalysisPlace.SERVER, "https://own.example/")

    assert office.link.endpoint == Endpoint("https://own.example", "the key")
    assert isinstance(office.analyst._judge, RemoteJudge)
    assert isinstance(office.monitor._probe, ServerProbe)


def test_the_embedded_server_is_started_once_and_again_only_for_another_key(office: Office) -> None:
    office.choose(AnalysisPlace.EMBEDDED)
    office.choose(AnalysisPlace.EMBEDDED)
    assert isinstance(office.embedded, StandIn)
    assert office.embedded.life == ["start"]

    office.store.set(secrets.GEMINI_KEY, "another key")
    office.choose(AnalysisPlace.EMBEDDED)
    assert office.embedded.life == ["start", "restart"]


def test_another_budget_reaches_the_embedded_server(office: Office) -> None:
    office.choose(AnalysisPlace.EMBEDDED)
    office.budget = BudgetSettings(day_usd=2)
    office.choose(AnalysisPlace.EMBEDDED)
    assert isinstance(office.embedded, StandIn)
    assert office.embedded.life == ["start", "restart"]


def test_another_budget_limits_the_desks_own_purse(office: Office) -> None:
    office.store.set(secrets.GEMINI_KEY, "a key")
    office.choose(AnalysisPlace.DIRECT)
    office.budget = BudgetSettings(day_usd=2)
    office.choose(AnalysisPlace.DIRECT)

    view = office.monitor._probe.budget()
    assert view is not None
    assert view.caps.day == 2_000_000


def test_without_books_no_limit_can_be_kept_so_nobody_is_asked(office: Office) -> None:
    office.store.set(secrets.GEMINI_KEY, "a key")
    office.paths.money.mkdir(parents=True)
    office.choose(AnalysisPlace.DIRECT)

    assert isinstance(office.analyst._judge, NoJudge)
    assert office.analyst._judge.status().code is Code.STORE_FAILED
    assert office.analyst._judge.status().health is Health.DOWN


@pytest.mark.expects_log("the owner's file of models")
def test_a_catalogue_that_cannot_be_read_is_left_aside_and_told(office: Office) -> None:
    office.store.set(secrets.GEMINI_KEY, "a key")
    office.paths.models_file.parent.mkdir(parents=True, exist_ok=True)
    office.paths.models_file.write_text("no JSON")
    office.choose(AnalysisPlace.DIRECT)

    judge = office.analyst._judge
    assert isinstance(judge, DirectJudge)
    assert judge.status().code is Code.AI_CATALOGUE_UNREADABLE


def test_another_choice_ends_the_embedded_server(office: Office) -> None:
    office.choose(AnalysisPlace.EMBEDDED)
    embedded = office.embedded
    assert isinstance(embedded, StandIn)

    office.choose(AnalysisPlace.OFF)

    assert embedded.life == ["start", "stop"]
    assert office.embedded is None


def test_the_old_judge_finishes_what_it_holds_and_is_ended_with_the_program(office: Office) -> None:
    office.store.set(secrets.GEMINI_KEY, "a key")
    office.choose(AnalysisPlace.DIRECT)
    old = office.analyst._judge
    assert isinstance(old, DirectJudge)

    office.choose(AnalysisPlace.OFF)
    assert not old._examiner.closed  # type: ignore[attr-defined]

    office.judging.stop()
    assert old._examiner.closed  # type: ignore[attr-defined]


def test_the_end_ends_everything(office: Office) -> None:
    office.choose(AnalysisPlace.EMBEDDED)
    embedded = office.embedded
    assert isinstance(embedded, StandIn)

    office.judging.stop()

    assert embedded.life[-1] == "stop"
    assert office.link._shut


@pytest.mark.parametrize(
    ("place", "key", "weighty"),
    [
        (AnalysisPlace.OFF, "k", False),
        (AnalysisPlace.SERVER, "k", False),
        (AnalysisPlace.DIRECT, "", False),
        (AnalysisPlace.DIRECT, "k", True),
        (AnalysisPlace.EMBEDDED, "", True),
    ],
)
def test_what_takes_time_to_load_is_known(tmp_path: Path, place: AnalysisPlace, key: str, weighty: bool) -> None:
    office = Office(tmp_path)
    office.store.set(secrets.GEMINI_KEY, key)

    assert office.judging.is_weighty(Settings(analysis=place)) is weighty
