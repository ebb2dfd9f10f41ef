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
from tests.fakes.server import running_server
from tests.fakes.waiting import wait_until
from vigint_core.wire import API_KEY_HEADER

pytestmark = pytest.mark.usefixtures("backend")
BASE = "https://vigint.shop.example"


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
