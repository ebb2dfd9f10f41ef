"""The doctor of a whole server: real HTTP, real SDK, a real mail server; it proves every link and leaves nothing."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from server.__main__ import main
from server.config import from_environment
from server.db.database import Database
from server.db.schema import migrate
from server.db.tables import Base
from server.services.clients import Clients
from server.storage.store import open_store
from tests.fakes.clock import FakeClock
from tests.fakes.gemini import GeminiStandIn
from tests.fakes.gemini_plays import Play
from tests.fakes.mail_server import MailHouse, mail_house
from tests.fakes.server import SECRET_KEY
from vigint_core.domain.fault import Code

pytestmark = pytest.mark.usefixtures("backend")
ROOT = Path(__file__).parents[2]
PARTS = ["database", "storage", "ai", "mail", "queue", "disk"]
LINKS = ["sign-in", "first look", "second look", "durable work", "incident", "event", "file", "link", "mail"]


@pytest.fixture
def gemini() -> Iterator[GeminiStandIn]:
    with GeminiStandIn() as stand_in:
        yield stand_in


@pytest.fixture
def house() -> Iterator[MailHouse]:
    with mail_house() as house:
        yield house


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gemini: GeminiStandIn, house: MailHouse) -> Path:
    """A server whose owner has set everything."""
    told = {
        "SECRET_KEY": SECRET_KEY,
        "VIGINT_DATA_DIR": str(tmp_path / "data"),
        "GOOGLE_API_KEY": "any-key-will-do",
        "GOOGLE_GEMINI_BASE_URL": gemini.url,
        "VIGINT_PUBLIC_URL": "https://shop.example/vigint",
        "EMAIL_SMTP_SERVER": "127.0.0.1",
        "EMAIL_SMTP_PORT": str(house.port),
        "EMAIL_FROM": "alerts@shop.example",
        "EMAIL_TO": "owner@shop.example",
        "EMAIL_SECURITY": "none",
    }
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    return tmp_path / "data"


def examined(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, Any]]:
    code = main(["doctor", "--json", *words])
    return code, json.loads(capsys.readouterr().out)


def rows() -> dict[str, int | None]:
    """How many rows each table has, but for what belongs to no client: probes, their money, the provider's pace."""
    database = Database(from_environment().database)
    counts = {}
    with database.reading() as session:
        for table in Base.metadata.sorted_tables:
            if table.name == "clients":
                counts[table.name] = session.scalar(select(func.count()).select_from(table))
            elif "client_id" in table.c:
                of_clients = select(func.count()).select_from(table).where(table.c["client_id"] != "")
                counts[table.name] = session.scalar(of_clients)
    database.close()
    return counts


def stored() -> list[str]:
    return [str(each["path"]) for page in open_store(from_environment())._store.list() for each in page]


def test_every_link_is_well_and_nothing_is_left(
    data_dir: Path, capsys: pytest.CaptureFixture[str], gemini: GeminiStandIn, house: MailHouse
) -> None:
    code, told = examined(capsys, "--mail")
    assert [(link["link"], link["health"], link["code"]) for link in told["links"]] == [(n, "ok", None) for n in LINKS]
    assert {part["part"]: part["health"] for part in told["parts"]} == dict.fromkeys(
        ("database", "storage", "ai", "mail", "queue", "disk"), "ok"
    )
    assert (code, told["well"]) == (0, True)
    assert all(link["seconds"] >= 0 for link in told["links"])
    (arrived,) = house.arrived
    assert arrived.to == ("owner@shop.example",)
    assert "Drill" in arrived.mail["Subject"]
    first, second = (each for each in gemini.received if each.look != "probe")
    assert len(first.request_id) == 32, "the id of the request went on to the model"
    assert first.request_id == second.request_id, "through durable work, too"
    assert rows() == dict.fromkeys(rows(), 0)
    assert stored() == []


def test_an_address_of_ones_own_gets_it_instead(
    data_dir: Path, capsys: pytest.CaptureFixture[str], house: MailHouse
) -> None:
    examined(capsys, "--mail", "me@shop.example")
    assert [each.to for each in house.arrived] == [("me@shop.example",)]


def test_an_address_that_is_none_is_told(data_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--mail", "nobody"]) == 1
    assert "no address of mail" in capsys.readouterr().err
    assert rows() == dict.fromkeys(rows(), 0)


def test_what_is_ill_is_told_once_in_its_own_words(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a program of its own: nothing of the log stands between the lines."""
    monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", "http://127.0.0.1:9")
    command = [sys.executable, "-m", "server", "doctor"]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", timeout=90, check=False)
    assert (said.returncode, said.stderr) == (1, "")
    assert said.stdout.count("(ai.unreachable)") == 3, "the part, and both looks"
    assert all(line.startswith((" ", *PARTS, *LINKS)) for line in said.stdout.splitlines() if line)


def test_without_being_asked_it_sends_no_mail(
    data_dir: Path, capsys: pytest.CaptureFixture[str], house: MailHouse
) -> None:
    code, told = examined(capsys)
    (mail,) = [part for part in told["parts"] if part["part"] == "mail"]
    assert (code, told["links"][-1]["health"]) == (0, "unknown")
    assert (mail["health"], mail["detail"]) == ("ok", "proven by a greeting"), "the way of a mail is proven without one"
    assert house.arrived == []
    assert rows() == dict.fromkeys(rows(), 0)


@pytest.mark.expects_log("ai probed")
def test_a_key_that_is_none_is_told(data_dir: Path, capsys: pytest.CaptureFixture[str], gemini: GeminiStandIn) -> None:
    gemini.script.add(Play.KEY_INVALID, times=None)
    code, told = examined(capsys)
    links = {link["link"]: link for link in told["links"]}
    assert code == 1
    assert (links["first look"]["health"], links["first look"]["code"]) == ("down", Code.AI_KEY_INVALID)
    assert links["incident"]["health"] == "ok", "what does not hang on it is proven all the same"
    (ai,) = [part for part in told["parts"] if part["part"] == "ai"]
    assert (ai["health"], ai["code"]) == ("down", Code.AI_KEY_INVALID)


@pytest.mark.expects_log("mail server not proven")
def test_a_mail_server_that_takes_nothing_from_the_sender_is_told_without_a_mail(
    data_dir: Path, capsys: pytest.CaptureFixture[str], house: MailHouse
) -> None:
    house.senders.append("550 5.1.8 Sender rejected")
    code, told = examined(capsys)
    (mail,) = [part for part in told["parts"] if part["part"] == "mail"]
    assert (code, mail["health"], mail["code"]) == (1, "down", Code.MAIL_SENDER_REFUSED)
    assert house.arrived == []


def test_a_drill_that_was_killed_is_cleared_up_by_the_next(data_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data_dir.mkdir()
    database = Database(from_environment().database)
    migrate(database)
    Clients(database, FakeClock(wall_s=1000.0)).add("VigInt drill 0000")
    database.close()
    assert examined(capsys)[0] == 0
    assert rows()["clients"] == 0
