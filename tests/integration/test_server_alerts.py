"""Alerts with everything real but the clock: books, storage, links, a mail server that signs in, a webhook's peer."""

import base64
import hashlib
import hmac
import re
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from server.db.database import Database
from server.db.schema import migrate
from server.db.tables import AlertState, FileKind
from server.services.beside import Errands
from server.services.links import ClosedLink, OpenLink
from server.services.parts import Parts, assemble
from server.storage.store import FileStore
from tests.fakes.alerting import SHOP, Street, alert_config
from tests.fakes.clock import FakeClock
from tests.fakes.examiner import ScriptedExaminer
from tests.fakes.http_peer import HttpPeer, Reply, http_peer
from tests.fakes.letters import page_of, still, text_of
from tests.fakes.links import OLD_NUMBERS, START_S, set_body, token_of
from tests.fakes.mail_server import PASSWORD, USER, MailHouse, authority, mail_house
from vigint_core.domain.alert import Channel
from vigint_core.domain.fault import Code
from vigint_core.domain.incident import IncidentState
from vigint_core.domain.status import Health
from vigint_core.domain.verdict import Severity
from vigint_core.wire import WireObservation

BASE = "https://vigint.shop.example"


class Server(Street):
    """A street whose post is the real one."""

    def __init__(self, parts: Parts, clock: FakeClock, folder: Path) -> None:
        super().__init__(parts.database, clock, folder)
        self.parts = parts
        self.alerts = parts.alerts
        parts.durable.open(self.line)

    def keep_still(self, incident_id: str = "i1") -> None:
        """The picture of an incident comes."""
        self.parts.files.store(self.tenant, FileKind.STILL, incident_id, [still()])


@pytest.fixture
def house(tmp_path: Path) -> Iterator[MailHouse]:
    with mail_house(starttls=authority(tmp_path).context, sign_in=True) as house:
        yield house


@pytest.fixture
def peer() -> Iterator[HttpPeer]:
    with http_peer() as peer:
        peer.plays(Reply(204))
        yield peer


@pytest.fixture
def server(backend: str, tmp_path: Path, house: MailHouse) -> Iterator[Server]:
    """On both pairs of database and storage: what ``backend`` put into the environment is read with the rest."""
    config = alert_config(
        tmp_path,
        email_smtp_server="127.0.0.1",
        email_smtp_port=house.port,
        email_username=USER,
        email_password=PASSWORD,
        email_to="owner@shop.example",
        email_ca_file=tmp_path / "ca.pem",
        vigint_public_url=BASE,
    )
    database, clock = Database(config.database), FakeClock(wall_s=START_S + 30)
    migrate(database)
    parts = assemble(config, database, ScriptedExaminer(), clock)
    yield Server(parts, clock, tmp_path)
    parts.close()


def moments() -> dict[str, object]:
    """Cited moments as a desk sends them: seconds from the incident's start."""
    return {"observations": [WireObservation(at_s=2.5, text="A hand takes the bottle.")]}


def test_a_mail_arrives_with_its_picture_and_a_link_that_opens_the_incident(server: Server, house: MailHouse) -> None:
    server.incident(**moments())
    server.pass_s(3)
    server.keep_still()
    server.pass_s(2)
    (arrived,) = house.arrived
    mail = arrived.mail
    (address,) = set(re.findall(r'href="([^"]+)"', page_of(mail)))

    assert (arrived.sender, arrived.to, arrived.encrypted) == (USER, ("owner@shop.example",), True)
    assert mail["From"] == f"VigInt <{USER}>"
    assert mail["Subject"] == "Medium: till-2, 14:31"
    assert "14:31:42  A hand takes the bottle." in text_of(mail)
    assert [part.get_payload(decode=True) for part in mail.walk() if part.get_content_type() == "image/jpeg"] == [
        still()
    ]
    opened = server.parts.links.read(token_of(address))
    assert isinstance(opened, OpenLink)
    assert opened.entry.incident_id == "i1"
    assert address.startswith(BASE)


@pytest.mark.parametrize("backend", ["sqlite+folder"], indirect=True)
@pytest.mark.parametrize("told", OLD_NUMBERS)
def test_numbers_that_no_calendar_has_arrive_all_the_same(
    server: Server, house: MailHouse, peer: HttpPeer, told: dict[str, object]
) -> None:
    for add in (server.mail, lambda: server.recipients.add(SHOP, Channel.WEBHOOK, peer.url)):
        add()
    server.incident()
    set_body(server.database, server.tenant.client_id, "i1", told)
    server.keep_still()
    server.pass_s(1)

    assert len(house.arrived) == len(peer.asked) == 1
    assert {alert.state for alert in server.latest()} == {AlertState.SENT}


@pytest.mark.expects_log("unforeseen error")
@pytest.mark.parametrize("backend", ["sqlite+folder"], indirect=True)
def test_a_bug_in_a_mail_leaves_no_good_link_behind_and_is_counted(
    server: Server, house: MailHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_letter: object) -> None:
        raise OverflowError("date value out of range")

    monkeypatch.setattr("server.services.post.written", fail)
    server.incident()
    server.keep_still()
    server.pass_s(1)
    (alert,) = server.latest(1)
    (link,) = server.parts.links.all(server.tenant, "i1")

    assert (alert.state, alert.code, house.arrived) == (AlertState.WAITING, Code.INTERNAL, [])
    assert link.revoked_s is not None
    exposed = server.parts.metrics.exposed((), None, None, None, None).decode()
    assert 'vigint_alerts_total{channel="mail",result="failed"} 1.0' in exposed


def test_an_update_comes_into_the_same_thread(server: Server, house: MailHouse) -> None:
    server.incident(state=IncidentState.UNCONFIRMED)
    server.pass_s(20)
    server.incident(state=IncidentState.VETOED)
    server.pass_s(20)
    first, second = (arrived.mail for arrived in house.arrived)

    assert second["In-Reply-To"] == second["References"] == first["Message-ID"]
    assert re.fullmatch(r"<alert-[0-9a-f]{32}@vigint\.shop\.example>", first["Message-ID"])
    assert second["Subject"].startswith("Withdrawn")
    assert "image/jpeg" not in [part.get_content_type() for part in second.walk()]


def test_grey_listing_only_delays_and_links_of_what_did_not_go_are_revoked(server: Server, house: MailHouse) -> None:
    house.recipients.append("450 4.7.1 Greylisted")
    server.incident()
    server.pass_s(60)
    (mail,) = [arrived.mail for arrived in house.arrived]
    links = server.parts.links.all(server.tenant, "i1")

    assert [link.revoked_s is None for link in sorted(links, key=lambda link: link.created_s)] == [False, True]
    (address,) = set(re.findall(r'href="([^"]+)"', page_of(mail)))
    assert isinstance(server.parts.links.read(token_of(address)), OpenLink)


@pytest.mark.expects_log("given up")
def test_a_refused_recipient_is_given_up_and_its_link_is_no_good(server: Server, house: MailHouse) -> None:
    house.recipients.append("550 5.1.1 No such user")
    server.incident()
    server.pass_s(60)
    (alert,) = server.latest(1)
    (link,) = server.parts.links.all(server.tenant, "i1")

    assert (alert.state, alert.code, house.arrived) == (AlertState.FAILED, Code.MAIL_REFUSED, [])
    assert link.revoked_s is not None


def test_what_a_kill_repeats_has_the_same_message_id(server: Server, house: MailHouse) -> None:
    server.incident()
    server.keep_still()
    (args,) = [args for _, _, args in server.line.waiting]
    with server.tenant.alerts.deciding() as desk:
        before = desk.get(str(args[1]))
    server.pass_s(1)
    with server.tenant.alerts.deciding() as desk:
        sent = desk.get(str(args[1]))
        assert before is not None
        assert sent is not None
        desk.put(replace(sent, state=AlertState.SENDING, finished_s=None, round=before.round))
    server.attend(*args)

    assert len(house.arrived) == 2
    assert house.arrived[0].mail["Message-ID"] == house.arrived[1].mail["Message-ID"]


def test_several_incidents_come_in_one_mail_with_a_link_each(server: Server, house: MailHouse) -> None:
    server.incident("i1")
    server.pass_s(20)
    server.incident("i2")
    server.incident("i3", severity=Severity.LOW)
    server.pass_s(600)
    mail = house.arrived[-1].mail

    assert len(house.arrived) == 2
    assert mail["Subject"] == "Medium and 1 more: till-2, 14:31"
    assert len(set(re.findall(r'href="([^"]+)"', page_of(mail)))) == 2


@pytest.mark.expects_log("not proven")
@pytest.mark.parametrize("backend", ["sqlite+folder"], indirect=True)
def test_a_mail_server_that_does_not_answer_is_not_asked_by_everybody_in_turn(tmp_path: Path, server: Server) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    config = alert_config(
        tmp_path, email_smtp_server="127.0.0.1", email_smtp_port=port, email_from=USER, email_to="o@shop.example"
    )
    parts = assemble(config, server.database, ScriptedExaminer(), server.clock)
    server.alerts = parts.alerts
    parts.durable.open(server.line)
    for number in range(3):
        server.incident(f"i{number}", camera=f"c{number}")
    server.pass_s(12)
    details = [alert.detail for alert in server.latest()]

    assert {detail.partition(":")[0] for detail in details} == {"ConnectionRefusedError"}
    assert sorted("not asked again" in detail for detail in details) == [False, True, True]
    server.pass_s(60)
    assert max(alert.tries for alert in server.latest()) == 2
    assert {alert.code for alert in server.latest()} == {Code.MAIL_UNREACHABLE}


@pytest.mark.expects_log("not proven")
@pytest.mark.parametrize("backend", ["sqlite+folder"], indirect=True)
def test_a_mail_server_that_refuses_the_sign_in_is_asked_so_rarely_that_it_locks_nobody_out(
    tmp_path: Path, server: Server, house: MailHouse
) -> None:
    config = alert_config(
        tmp_path, email_smtp_server="127.0.0.1", email_smtp_port=house.port, email_username=USER,
        email_password="wrong horse", email_ca_file=tmp_path / "ca.pem", email_to="o@shop.example",
    )  # fmt: skip
    parts = assemble(config, server.database, ScriptedExaminer(), server.clock)
    server.alerts = parts.alerts
    parts.durable.open(server.line)
    for number in range(10):
        server.incident(f"i{number}", camera=f"c{number}")
    server.pass_s(600)

    assert {alert.code for alert in server.latest()} == {Code.MAIL_REFUSED_SIGN_IN}
    assert len(house.sign_ins) <= 4, "ten incidents, ten minutes: many servers lock out after five refusals"
    tries = len(house.sign_ins)
    parts.mail_probe.note_mail()
    server.pass_s(0)
    assert len(house.sign_ins) > tries, "once the way is proven, nothing is held back any more"


@pytest.mark.parametrize("backend", ["sqlite+folder"], indirect=True)
def test_a_sender_that_is_refused_is_tried_again_and_stands_on_the_clients_status(
    server: Server, house: MailHouse
) -> None:
    house.senders.append("550 5.1.8 Sender rejected")
    server.incident()
    server.pass_s(15)
    (alert,) = server.latest(1)
    found, mail = server.alerts.health(server.tenant), server.parts.health.states("mail")[0].finding

    assert (alert.state, alert.code) == (AlertState.WAITING, Code.MAIL_SENDER_REFUSED)
    assert (found.health, found.code) == (Health.DEGRADED, Code.MAIL_SENDER_REFUSED)
    assert (mail.health, mail.code) == (Health.DOWN, Code.MAIL_SENDER_REFUSED)
    server.pass_s(60)
    assert len(house.arrived) == 1
    assert server.alerts.health(server.tenant).health is Health.OK


def test_a_webhook_is_told_the_same_signed_with_the_secret_that_was_shown(server: Server, peer: HttpPeer) -> None:
    added = server.recipients.add(SHOP, Channel.WEBHOOK, f"{peer.url}/alerts")
    assert added.secret is not None
    server.incident(**moments())
    server.pass_s(1)
    (asked,) = peer.asked
    headers = {name.lower(): value for name, value in asked.headers.items()}
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + asked.body
    key = base64.b64decode(added.secret.get_secret_value().removeprefix("whsec_"))
    (incident,) = asked.json["data"]["incidents"]

    assert headers["webhook-signature"] == f"v1,{base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()}"
    assert (asked.json["type"], asked.json["data"]["client"], asked.json["data"]["digest"]) == (
        "incidents.told", SHOP, False,
    )  # fmt: skip
    assert {name: incident[name] for name in ("id", "news", "state", "severity", "type", "source")} == {
        "id": "i1", "news": "first", "state": "confirmed", "severity": "medium", "type": "concealment", "source": "ai",
    }  # fmt: skip
    assert incident["observations"] == [{"at": "2026-11-22T13:31:42.500000+00:00", "text": "A hand takes the bottle."}]
    assert isinstance(server.parts.links.read(token_of(incident["link"])), OpenLink)


def test_a_webhook_that_fails_is_tried_again_under_the_same_id(server: Server, peer: HttpPeer) -> None:
    peer.plays(Reply(503), Reply(204))
    server.recipients.add(SHOP, Channel.WEBHOOK, peer.url)
    server.incident()
    server.pass_s(60)
    first, second = ({name.lower(): value for name, value in asked.headers.items()} for asked in peer.asked)

    assert first["webhook-id"] == second["webhook-id"]
    assert first["webhook-timestamp"] != second["webhook-timestamp"]
    old = server.parts.links.read(token_of(peer.asked[0].json["data"]["incidents"][0]["link"]))
    assert isinstance(old, ClosedLink)


def test_plain_http_that_is_no_longer_allowed_is_not_posted_to(tmp_path: Path, server: Server) -> None:
    recipient = server.recipients.add(SHOP, Channel.WEBHOOK, "http://127.0.0.1:9/").recipient
    server.tenant.recipients.replace(replace(recipient, address="http://192.0.2.1/"))
    server.incident()
    server.pass_s(1)
    (alert,) = server.latest(1)

    assert (alert.state, alert.code) == (AlertState.WAITING, Code.WEBHOOK_UNSAFE)


def test_without_a_mail_server_it_waits_for_one(tmp_path: Path, server: Server) -> None:
    parts = assemble(
        alert_config(tmp_path, email_to="o@shop.example"), server.database, ScriptedExaminer(), server.clock
    )
    server.alerts = parts.alerts
    parts.durable.open(server.line)
    server.incident()
    server.pass_s(12)
    (alert,) = server.latest(1)

    assert (alert.state, alert.code) == (AlertState.WAITING, Code.MAIL_NOT_CONFIGURED)


@pytest.mark.expects_log("without its picture")
@pytest.mark.parametrize("backend", ["sqlite+folder"], indirect=True)
def test_a_picture_that_can_not_be_read_holds_no_alert_back(server: Server, house: MailHouse, tmp_path: Path) -> None:
    server.incident()
    server.keep_still()
    for file in tmp_path.rglob("whole*"):
        file.unlink()
    server.pass_s(1)
    (mail,) = [arrived.mail for arrived in house.arrived]

    assert "image/jpeg" not in [part.get_content_type() for part in mail.walk()]


@pytest.mark.expects_log("without its picture")
@pytest.mark.parametrize("backend", ["sqlite+folder"], indirect=True)
def test_a_storage_that_hangs_holds_no_alert_back(
    server: Server, house: MailHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.incident()
    server.keep_still()
    go_on = threading.Event()

    def hangs(*_asked: object) -> Iterator[bytes]:
        assert go_on.wait(20)
        return iter(())

    monkeypatch.setattr(FileStore, "read_range", hangs)
    monkeypatch.setattr(server.alerts._post, "_reading", Errands(1, wait_s=0.1))
    server.pass_s(1)
    (mail,) = [arrived.mail for arrived in house.arrived]
    go_on.set()

    assert "image/jpeg" not in [part.get_content_type() for part in mail.walk()]
