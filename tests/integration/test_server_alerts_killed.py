"""A server that is killed when the mail server has taken an alert, before it knows: the next one says the same."""

from pathlib import Path

import pytest

from server.db.database import Database
from server.db.schema import migrate
from server.db.tables import AlertState
from tests.fakes.alerting import Street, alert_config
from tests.fakes.clock import FakeClock
from tests.fakes.mail_server import mail_house
from tests.fakes.mortal_server import Mortal, mortal_server
from tests.fakes.server import SECRET_KEY
from tests.fakes.waiting import wait_until
from vigint_core.clock import SystemClock
from vigint_core.domain.fault import Code

pytestmark = [pytest.mark.usefixtures("backend"), pytest.mark.slow]


def test_one_mail_under_one_id_whatever_is_killed(tmp_path: Path) -> None:
    """Put down by a process without durable work, found by a sweep, sent, killed, found and sent again."""
    with mail_house() as house:
        environment = {
            "SECRET_KEY": SECRET_KEY,
            "VIGINT_DATA_DIR": str(tmp_path),
            "EMAIL_SMTP_SERVER": "127.0.0.1",
            "EMAIL_SMTP_PORT": str(house.port),
            "EMAIL_SECURITY": "none",
            "EMAIL_FROM": "alerts@shop.example",
            "EMAIL_TO": "owner@shop.example",
        }
        street = Street(
            database_in(tmp_path), FakeClock(wall_s=SystemClock().wall()), tmp_path, email_to="owner@shop.example"
        )
        street.line.fault = Code.SERVER_STARTING
        street.incident()
        living: list[Mortal] = []
        house.before_answer = lambda: living.pop().process.kill() if living else None
        with mortal_server(environment, tmp_path / "first.log", lease_s=3.0) as first:
            living.append(first)
            first.dies()
        assert len(house.arrived) == 1
        assert [alert.state for alert in street.latest(9)] == [AlertState.SENDING]
        with mortal_server(environment, tmp_path / "second.log", lease_s=3.0):
            assert wait_until(lambda: street.latest(1)[0].state is AlertState.SENT, 60)

        first_mail, second_mail = (arrived.mail for arrived in house.arrived)
        assert first_mail["Message-ID"] == second_mail["Message-ID"]
        assert first_mail["Subject"] == second_mail["Subject"]
        street.database.close()


def database_in(folder: Path) -> Database:
    database = Database(alert_config(folder).database)
    migrate(database)
    return database
