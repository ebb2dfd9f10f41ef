"""The whole way of an alert: a desk puts an incident and its picture over HTTP, a mail comes, its link opens."""

import re
from pathlib import Path

import pytest
import requests

from server.db.tables import EventKind
from server.db.tenant import Tenant
from tests.fakes.examiner import ScriptedExaminer
from tests.fakes.letters import page_of, still
from tests.fakes.links import incident_body
from tests.fakes.mail_server import mail_house
from tests.fakes.server import CLIENT, running_server
from tests.fakes.waiting import wait_until
from vigint_core import texts
from vigint_core.domain.fault import Code
from vigint_core.domain.status import Health
from vigint_core.wire import API_KEY_HEADER

pytestmark = pytest.mark.usefixtures("backend")
BASE = "https://vigint.shop.example"


@pytest.mark.expects_log("mail server not proven")
def test_a_wrong_password_is_told_by_every_address_before_there_is_an_incident(tmp_path: Path) -> None:
    with mail_house(sign_in=True) as house:
        limits = {
            "email_smtp_server": "127.0.0.1",
            "email_smtp_port": house.port,
            "email_security": "none",
            "email_username": "alerts@shop.example",
            "email_password": "wrong horse",
            "email_to": "owner@shop.example",
        }
        with (
            running_server(tmp_path, examiner=ScriptedExaminer(), limits=limits) as server,
            requests.Session() as desk,
        ):
            desk.headers[API_KEY_HEADER] = server.key
            assert wait_until(lambda: server.parts.mail_probe.way.code is not None)
            asked = desk.get(f"{server.url}/v1/health", headers={"Accept-Language": "fr"}, timeout=30).json()
            told = {part["part"]: part for part in asked["parts"]}
            ready = desk.get(f"{server.url}/readyz", timeout=30)
            (open_to_all,) = [part for part in ready.json()["parts"] if part["part"] == "mail"]
            metrics = desk.get(f"{server.url}/metrics", timeout=30).text

    code = Code.MAIL_REFUSED_SIGN_IN
    assert (told["mail"]["health"], told["mail"]["code"]) == ("down", code)
    assert (told["mail"]["cause"], told["mail"]["remedy"]) == (texts.cause("fr", code), texts.remedy("fr", code))
    assert told["mail"]["figures"]["failing_since_s"] > 0
    assert told["alerts"]["health"] == "unknown", "nothing was lost yet"
    assert (ready.status_code, ready.json()["ready"]) == (200, True)
    assert (open_to_all["health"], open_to_all["code"], open_to_all["label"]) == ("down", code, "")
    assert 'vigint_part_ok{part="mail"} 0.0' in metrics
    assert "horse" not in str(asked) + ready.text + metrics


@pytest.mark.expects_log("given up")
def test_what_was_given_up_is_on_the_status_of_its_client_alone(tmp_path: Path) -> None:
    with mail_house() as house:
        limits = {
            "email_smtp_server": "127.0.0.1",
            "email_smtp_port": house.port,
            "email_security": "none",
            "email_from": "alerts@shop.example",
            "email_to": "owner@shop.example",
        }
        house.recipients.append("550 5.1.1 No such user")
        with (
            running_server(tmp_path, examiner=ScriptedExaminer(), limits=limits) as server,
            requests.Session() as desk,
        ):
            server.parts.clients.add("Other shop")
            keys = (server.key, server.parts.clients.add_key("Other shop").text)
            desk.headers[API_KEY_HEADER] = server.key
            incident = f"{server.url}/v1/incidents/i1"
            desk.put(incident, json=incident_body(window_ids=[]).model_dump(mode="json"), timeout=30)
            desk.put(f"{incident}/files/still", data=still(), headers={"Content-Type": "image/jpeg"}, timeout=30)
            tenant = Tenant(server.parts.database, server.parts.clients.named(CLIENT).id)
            assert wait_until(lambda: server.parts.alerts.health(tenant).health is Health.DOWN)
            told = []
            for key in keys:
                asked = desk.get(f"{server.url}/v1/health", headers={API_KEY_HEADER: key}, timeout=30).json()
                told += [(part["health"], part["code"]) for part in asked["parts"] if part["part"] == "alerts"]

    assert told == [("down", Code.MAIL_REFUSED), ("unknown", None)]


def test_from_a_desks_word_to_a_page_in_a_browser(tmp_path: Path) -> None:
    with mail_house() as house:
        limits = {
            "email_smtp_server": "127.0.0.1",
            "email_smtp_port": house.port,
            "email_security": "none",
            "email_from": "alerts@shop.example",
            "email_to": "owner@shop.example",
            "vigint_public_url": BASE,
        }
        with (
            running_server(tmp_path, examiner=ScriptedExaminer(), limits=limits) as server,
            requests.Session() as desk,
            requests.Session() as owner,
        ):
            desk.headers[API_KEY_HEADER] = server.key
            incident = f"{server.url}/v1/incidents/i1"
            for _ in range(2):  # a desk repeats what was not acknowledged
                put = desk.put(incident, json=incident_body(window_ids=[]).model_dump(mode="json"), timeout=30)
                assert put.status_code < 300, put.text
            sent = desk.put(f"{incident}/files/still", data=still(), headers={"Content-Type": "image/jpeg"}, timeout=30)
            assert sent.status_code < 300, sent.text
            assert house.wait_for(1, 30)
            mail = house.arrived[0].mail
            (address,) = set(re.findall(r'href="([^"]+)"', page_of(mail)))
            page = owner.get(address.replace(BASE, server.url), timeout=30)
            tenant = Tenant(server.parts.database, server.parts.clients.all()[0].id)
            told = wait_until(
                lambda: EventKind.ALERT_SENT in [event.kind for event in tenant.events.open(0, 99).missed]
            )

        assert mail["Subject"].startswith("High: Till 2")
        assert "image/jpeg" in [part.get_content_type() for part in mail.walk()]
        assert page.status_code == 200
        assert told
        assert len(house.arrived) == 1
