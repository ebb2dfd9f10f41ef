"""From an incident's change to a message: put down, put into words when due, sent, tried again, given up."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from server.db.database import Database
from server.db.schema import migrate
from server.db.tables import AlertState, EventKind
from server.mail.failures import UndeliverableError
from server.services.alerts import GIVE_UP_S, STUCK_S
from tests.fakes.alerting import Street
from tests.fakes.clock import FakeClock
from tests.fakes.postgres import fresh_database
from vigint_core.domain.alert import Wishes
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.incident import IncidentState
from vigint_core.domain.schedule import Hours
from vigint_core.domain.status import Health
from vigint_core.domain.verdict import Severity

UNCONFIRMED, VETOED = IncidentState.UNCONFIRMED, IncidentState.VETOED
AWAY = VigintError(Code.MAIL_UNREACHABLE, "TimeoutError")


@pytest.fixture
def street(database: Database, clock: FakeClock, tmp_path: Path) -> Street:
    return Street(database, clock, tmp_path)


def test_an_incident_is_told_to_each_recipient_at_once(street: Street) -> None:
    street.mail("a@shop.example")
    street.mail("b@shop.example")
    street.incident()
    street.pass_s(0)

    assert {message.recipient.address for message in street.post.messages} == {"a@shop.example", "b@shop.example"}
    assert street.post.told == [[("i1", "first", "medium")]] * 2
    assert {alert.state for alert in street.latest(9)} == {AlertState.SENT}


def test_a_message_knows_its_client_its_zone_and_its_incident(street: Street) -> None:
    street.mail()
    street.incident(summary="A bottle goes into a bag.")
    street.pass_s(0)
    (message,) = street.post.messages

    assert (message.client.name, message.client.time_zone, message.recipient.language) == (
        "Shop Lyon", "Europe/Paris", "en",
    )  # fmt: skip
    assert message.tellings[0].body.summary == "A bottle goes into a bag."
    assert message.alert.message_id == f"<alert-{message.alert.id}@shop.example>"


def test_considering_it_again_tells_nothing_again(street: Street) -> None:
    street.mail()
    street.incident()
    street.consider("i1")
    street.pass_s(0)
    street.consider("i1")
    street.pass_s(GIVE_UP_S)

    assert street.post.told == [[("i1", "first", "medium")]]


def test_updates_follow_in_the_thread_of_the_first_mail(street: Street) -> None:
    street.mail()
    street.incident(state=UNCONFIRMED)
    street.pass_s(5)
    street.incident()
    street.pass_s(5)
    street.incident(severity=Severity.HIGH)
    street.pass_s(5)
    first, second, third = (message.alert for message in street.post.messages)

    assert [told for (told,) in street.post.told] == [
        ("i1", "first", "medium"), ("i1", "judged", "medium"), ("i1", "graver", "high"),
    ]  # fmt: skip
    assert first.follows == ""
    assert second.follows == first.message_id
    assert third.follows == f"{first.message_id} {second.message_id}"


def test_what_is_vetoed_before_it_was_told_is_never_told(street: Street) -> None:
    street.mail()
    street.incident(state=UNCONFIRMED)
    street.incident(state=VETOED)
    street.pass_s(GIVE_UP_S)

    assert street.post.messages == []
    assert [alert.state for alert in street.latest(9)] == [AlertState.DROPPED]


def test_other_incidents_of_the_camera_come_in_one_mail_after_the_cool_down(street: Street) -> None:
    street.mail()
    street.incident("i1")
    street.pass_s(10)
    for number in range(2, 5):
        street.incident(f"i{number}")
        street.pass_s(30)
    street.incident("i9", severity=Severity.HIGH)
    street.pass_s(100)

    assert street.post.told == [[("i1", "first", "medium")], [("i9", "first", "high")]]
    street.pass_s(600)
    assert street.post.told[2:] == [[("i2", "first", "medium"), ("i3", "first", "medium"), ("i4", "first", "medium")]]


def test_what_is_over_the_hours_number_comes_as_one_digest(
    database: Database, clock: FakeClock, tmp_path: Path
) -> None:
    street = Street(database, clock, tmp_path, vigint_alerts_an_hour=3)
    street.mail()
    for number in range(10):
        street.incident(f"i{number}", camera=f"c{number}")
        street.pass_s(60)

    assert len(street.post.messages) == 3
    street.pass_s(3600)
    assert [len(told) for told in street.post.told] == [1, 1, 1, 7]
    assert street.post.messages[3].alert.about == ""


def test_outside_its_hours_a_recipient_gets_a_digest_when_they_begin(street: Street) -> None:
    """The clock stands at 09:00 of Friday in Paris, and his hours are in the afternoon."""
    street.mail(wishes=Wishes(hours=((Hours(14 * 60, 18 * 60),),) * 7))
    street.incident("i1")
    street.incident("i2", camera="door")
    street.incident("i3", camera="safe", severity=Severity.CRITICAL)
    street.pass_s(60)

    assert street.post.told == [[("i3", "first", "critical")]]
    street.pass_s(4 * 3600)
    assert len(street.post.messages) == 1
    street.pass_s(3600)
    assert street.post.told[1:] == [[("i1", "first", "medium"), ("i2", "first", "medium")]]


def test_a_mail_waits_a_little_for_the_picture(street: Street) -> None:
    street.mail()
    street.post.stills = set()
    street.incident()
    street.pass_s(5)
    assert street.post.messages == []
    street.post.stills = {"i1"}
    street.pass_s(2)
    assert len(street.post.messages) == 1


def test_a_picture_that_does_not_come_holds_no_mail_back(street: Street) -> None:
    street.mail()
    street.post.stills = set()
    street.incident()
    street.pass_s(12)

    assert street.post.told == [[("i1", "first", "medium")]]


def test_what_is_not_taken_is_tried_again_ever_more_rarely(street: Street) -> None:
    street.mail()
    street.post.refusals = [AWAY] * 5
    street.incident()
    street.pass_s(1)
    (alert,) = street.latest(1)
    assert (alert.state, alert.code, alert.tries) == (AlertState.WAITING, Code.MAIL_UNREACHABLE, 1)
    assert 24 <= alert.due_s - street.clock.wall() + 1 <= 30
    street.pass_s(3600)

    (alert,) = street.latest(1)
    assert street.post.told == [[("i1", "first", "medium")]]
    assert (alert.state, alert.code, alert.tries, alert.failing_s) == (AlertState.SENT, "", 6, None)


def test_a_try_that_failed_was_no_telling_so_the_next_one_tells_what_holds_then(street: Street) -> None:
    street.mail()
    street.post.refusals = [AWAY] * 2
    street.incident(state=UNCONFIRMED)
    street.pass_s(1)
    street.incident()
    street.pass_s(1)
    street.pass_s(3600)

    assert street.post.told == [[("i1", "first", "medium")]]
    assert street.post.messages[0].tellings[0].told.fact.state is IncidentState.CONFIRMED


def test_a_mail_server_that_comes_back_is_not_met_by_a_flood(
    database: Database, clock: FakeClock, tmp_path: Path
) -> None:
    street = Street(database, clock, tmp_path, vigint_alerts_an_hour=5)
    street.mail()
    street.post.refusals = [AWAY] * 1000
    for number in range(40):
        street.incident(f"i{number}", camera=f"c{number}")
        street.pass_s(60)
    street.post.refusals = []
    street.pass_s(3599)
    soon = len(street.post.messages)
    street.pass_s(3 * 3600)

    assert soon <= 5
    told = [one for message in street.post.told for one in message]
    assert sorted(told) == sorted((f"i{number}", "first", "medium") for number in range(40))


def test_an_incident_that_grows_while_nothing_is_taken_has_one_delivery_until_it_is_graver(street: Street) -> None:
    street.mail()
    street.post.refusals = [AWAY] * 1000
    street.incident(state=UNCONFIRMED)
    street.pass_s(1)
    for _ in range(10):
        street.incident()
        street.pass_s(5)
    assert len(street.latest()) == 1
    street.incident(severity=Severity.CRITICAL)
    street.pass_s(0)
    assert sorted(alert.tries > 0 for alert in street.latest()) == [True, True], "what is graver is tried at once"
    street.post.refusals = []
    street.pass_s(3600)
    assert street.post.told == [[("i1", "first", "critical")]]


def test_what_could_not_be_sent_is_tried_at_once_when_the_mail_server_is_well_again(street: Street) -> None:
    street.mail()
    street.post.refusals = [AWAY] * 8
    street.incident()
    street.pass_s(5000)
    street.alerts.hurry()
    street.pass_s(0)
    street.alerts.hurry()
    assert (street.post.told, street.line.waiting[1:]) == ([[("i1", "first", "medium")]], [])
    street.pass_s(GIVE_UP_S)
    assert len(street.post.messages) == 1


@pytest.mark.expects_log("given up")
def test_it_is_given_up_after_half_a_day(street: Street) -> None:
    street.mail()
    street.post.refusals = [AWAY] * 1000
    street.incident()
    street.pass_s(GIVE_UP_S - 3600)
    assert street.alerts.health(street.tenant).health is Health.DEGRADED
    street.pass_s(2 * 3600)

    (alert,) = street.latest(1)
    assert (alert.state, alert.code) == (AlertState.FAILED, Code.MAIL_UNREACHABLE)
    assert 20 < alert.tries < 40
    found = street.alerts.health(street.tenant)
    assert (found.health, found.code, found.worked_s) == (Health.DOWN, Code.MAIL_UNREACHABLE, None)
    events = street.tenant.events.open(0, 99).missed
    assert [(event.kind, event.subject_id) for event in events] == [(EventKind.ALERT_FAILED, alert.id)]


@pytest.mark.expects_log("given up")
def test_what_is_refused_for_good_is_given_up_at_once(street: Street) -> None:
    street.mail()
    street.post.refusals = [UndeliverableError(Code.MAIL_REFUSED, "550 no such user")]
    street.incident()
    street.pass_s(GIVE_UP_S)

    (alert,) = street.latest(1)
    assert (alert.state, alert.code, alert.detail) == (AlertState.FAILED, Code.MAIL_REFUSED, "550 no such user")
    street.incident("i2", camera="door")
    street.pass_s(1)
    assert street.alerts.health(street.tenant).health is Health.OK


@pytest.mark.expects_log("given up")
def test_who_refuses_everything_is_tried_once_a_cool_down_however_an_incident_grows(street: Street) -> None:
    street.mail()
    street.post.refusals = [UndeliverableError(Code.MAIL_REFUSED, "550 no such user")] * 1000

    def given_up() -> int:
        return [one.state for one in street.latest()].count(AlertState.FAILED)

    for _ in range(100):  # a desk says every five seconds how it stands
        street.incident()
        street.pass_s(5)
    assert given_up() == 2
    street.incident(severity=Severity.CRITICAL)
    street.pass_s(1)
    assert given_up() == 3, "what got graver does not wait"


def test_what_is_put_down_without_durable_work_is_sent_when_there_is_some(street: Street) -> None:
    street.mail()
    street.line.fault = Code.SERVER_STARTING
    street.incident()
    street.line.fault = None
    street.pass_s(1)
    assert street.post.messages == []
    street.alerts.resume()
    street.pass_s(0)
    assert len(street.post.messages) == 1


def test_a_sweep_leaves_alone_what_is_not_due(street: Street) -> None:
    street.mail(wishes=Wishes(hours=((Hours(14 * 60, 18 * 60),),) * 7))
    street.incident()
    street.alerts.resume()
    street.line.waiting.clear()
    street.line.seen.clear()
    street.alerts.resume()
    assert street.line.waiting == []
    street.pass_s(6 * 3600)
    street.alerts.resume()
    street.pass_s(0)
    assert len(street.post.messages) == 1


def test_a_delivery_whose_workflow_was_lost_gets_another(street: Street) -> None:
    street.mail()
    street.incident()
    street.line.waiting.clear()
    street.alerts.resume()
    street.pass_s(STUCK_S)
    assert street.post.messages == []
    street.alerts.resume()
    street.alerts.resume()
    street.pass_s(0)
    assert len(street.post.messages) == 1


def test_who_is_paused_or_removed_is_told_nothing_not_even_what_is_under_way(street: Street) -> None:
    first, second = street.mail("a@shop.example"), street.mail("b@shop.example")
    street.incident()
    street.recipients.set("Shop Lyon", replace(first, paused=True))
    street.recipients.remove("Shop Lyon", second.id)
    street.pass_s(GIVE_UP_S)

    assert street.post.messages == []


def test_an_erased_incident_is_told_no_more(street: Street) -> None:
    street.mail()
    street.incident()
    with street.database.writing() as session:
        session.connection().exec_driver_sql("DELETE FROM incidents")
    street.pass_s(GIVE_UP_S)

    assert street.post.messages == []


def test_a_client_never_gets_what_is_anothers(street: Street) -> None:
    street.mail()
    other = street.clients.add("Other shop").id
    street.recipients.add("Other shop", street.mail("x@shop.example").channel, "other@shop.example")
    street.incident()
    street.pass_s(0)

    assert "other@shop.example" not in [message.recipient.address for message in street.post.messages]
    assert not [alert for alert in street.latest(9) if alert.id == other]


def test_two_processes_put_one_delivery_down_for_one_change(clock: FakeClock, tmp_path: Path) -> None:
    database = Database(fresh_database())
    migrate(database)
    street = Street(database, clock, tmp_path)
    street.mail()
    for number in range(6):
        street.incident(f"i{number}", camera=f"c{number}", state=IncidentState.SUSPECTED)
        with database.writing() as session:
            session.connection().exec_driver_sql("UPDATE incidents SET state = 'confirmed'")
        together = [threading.Thread(target=street.consider, args=(f"i{number}",)) for _ in range(4)]
        for thread in together:
            thread.start()
        for thread in together:
            thread.join()
    street.pass_s(0)

    assert sorted(street.post.told) == [[(f"i{number}", "first", "medium")] for number in range(6)]
    database.close()
