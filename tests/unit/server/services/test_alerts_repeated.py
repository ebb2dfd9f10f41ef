"""A round that is done again, because the process was killed or what it did was not recorded."""

from pathlib import Path

import pytest

from server.db.database import Database
from server.services.alerts import Met
from tests.fakes.alerting import Street
from tests.fakes.clock import FakeClock
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.verdict import Severity

AWAY = VigintError(Code.MAIL_UNREACHABLE, "TimeoutError")
TAKEN = Met(code="", detail="", for_good=False)


@pytest.fixture
def street(database: Database, clock: FakeClock, tmp_path: Path) -> Street:
    return Street(database, clock, tmp_path)


def test_what_was_perhaps_sent_is_sent_again_under_the_same_id(street: Street) -> None:
    """Killed between the mail server's word and ours."""
    street.mail()

    def killed() -> None:
        raise KeyboardInterrupt

    street.post.before_answer = killed
    street.incident()
    (args,) = [args for _, _, args in street.line.waiting]
    with pytest.raises(KeyboardInterrupt):
        street.attend(*args)
    street.post.before_answer = lambda: None
    street.incident(severity=Severity.HIGH)
    street.attend(*args)
    street.pass_s(1)

    first, again, graver = street.post.messages
    assert first.alert.message_id == again.alert.message_id != graver.alert.message_id
    assert street.post.told == [[("i1", "first", "medium")]] * 2 + [[("i1", "graver", "high")]]


def test_a_round_that_is_done_again_does_nothing_again(street: Street) -> None:
    street.mail()
    street.incident()
    (args,) = [args for _, _, args in street.line.waiting]
    street.pass_s(0)

    assert street.alerts.attend(*args) is None
    assert street.alerts.settle(*args, TAKEN) is None
    assert len(street.post.messages) == 1


def test_a_round_that_is_over_names_the_one_that_is_due(street: Street) -> None:
    street.mail()
    street.post.refusals = [AWAY]
    street.incident()
    (args,) = [args for _, _, args in street.line.waiting]
    tried = street.alerts.attend(*args)
    assert isinstance(tried, dict)
    again = street.alerts.settle(*args, tried)

    assert again is not None
    assert street.alerts.settle(*args, tried) == street.alerts.attend(*args) == again
