from dataclasses import replace

from pytestqt.qtbot import QtBot

from tests.fakes.moments import incident
from vigint_core.domain.incident import IncidentState
from vigint_core.domain.verdict import Severity
from vigint_desktop.ui.models.alerts import Alerts

SEEN = replace(incident(1), state=IncidentState.SUSPECTED)
SURE = replace(incident(1), state=IncidentState.CONFIRMED)


def test_an_incident_alarms_once_when_it_is_confirmed(qtbot: QtBot) -> None:
    alerts, rings = Alerts(), []
    alerts.raised.connect(lambda: rings.append(1))
    for told in (SEEN, SURE, replace(SURE, summary="more"), SEEN):
        alerts.take(told)

    assert (rings, alerts.count) == ([1], 1)
    assert alerts.newest == SEEN, "what it is now"


def test_what_somebody_took_note_of_does_not_come_back(qtbot: QtBot) -> None:
    alerts = Alerts()
    alerts.take(SURE)
    alerts.settle()
    alerts.take(replace(SURE, summary="goes on"))

    assert (alerts.newest, alerts.count) == (None, 0)


def test_the_newest_is_told_and_the_others_are_counted_without_end(qtbot: QtBot) -> None:
    alerts = Alerts()
    for number in range(1, 151):
        alerts.take(replace(incident(number), state=IncidentState.CONFIRMED))

    assert alerts.count == 150
    assert alerts.newest is not None
    assert alerts.newest.id == incident(150).id


def test_it_rings_again_only_when_it_becomes_graver_than_what_was_rung_for(qtbot: QtBot) -> None:
    alerts, rings = Alerts(), []
    alerts.raised.connect(lambda: rings.append(1))
    medium = replace(SURE, severity=Severity.MEDIUM)
    for told in (medium, replace(medium, summary="more"), replace(medium, severity=Severity.LOW)):
        alerts.take(told)
    assert len(rings) == 1

    alerts.settle()
    alerts.take(replace(medium, severity=Severity.CRITICAL))
    alerts.take(replace(medium, severity=Severity.HIGH))
    alerts.take(replace(medium, severity=Severity.CRITICAL))
    assert (len(rings), alerts.count) == (2, 1)


def test_a_graver_suspicion_does_not_ring_before_it_is_confirmed(qtbot: QtBot) -> None:
    alerts, rings = Alerts(), []
    alerts.raised.connect(lambda: rings.append(1))
    alerts.take(replace(SEEN, severity=Severity.CRITICAL))

    assert (rings, alerts.count) == ([], 0)


def test_one_that_was_only_counted_and_becomes_graver_is_told_and_counted_once(qtbot: QtBot) -> None:
    alerts = Alerts()
    for number in range(1, 151):
        alerts.take(replace(incident(number, severity=Severity.MEDIUM), state=IncidentState.CONFIRMED))

    alerts.take(replace(incident(1, severity=Severity.CRITICAL), state=IncidentState.CONFIRMED))

    assert alerts.count == 150
    assert alerts.newest is not None
    assert alerts.newest.id == incident(1).id


def test_what_somebody_takes_care_of_never_rings(qtbot: QtBot) -> None:
    alerts, rings = Alerts(), []
    alerts.raised.connect(lambda: rings.append(1))
    alerts.take(SURE, attended=True)
    alerts.take(replace(SURE, severity=Severity.CRITICAL), attended=True)

    assert (rings, alerts.count) == ([], 0)
    alerts.take(replace(SURE, severity=Severity.CRITICAL))
    assert rings == [], "given back, it is no news"


def test_one_that_somebody_begins_to_take_care_of_leaves_and_the_others_stay(qtbot: QtBot) -> None:
    alerts = Alerts()
    for number in range(1, 151):
        alerts.take(replace(incident(number), state=IncidentState.CONFIRMED))

    for number in (150, 1, 9999):
        alerts.attend(incident(number).id)

    assert alerts.count == 148
    assert alerts.newest is not None
    assert alerts.newest.id == incident(149).id


def test_one_that_was_there_before_rings_only_when_it_becomes_graver(qtbot: QtBot) -> None:
    alerts, rings = Alerts(), []
    alerts.raised.connect(lambda: rings.append(1))
    alerts.note(SURE)
    alerts.note(replace(incident(2), state=IncidentState.SUSPECTED))
    alerts.take(replace(SURE, summary="more"))
    assert rings == []

    alerts.take(replace(SURE, severity=Severity.CRITICAL))
    alerts.take(replace(incident(2), state=IncidentState.CONFIRMED))
    assert len(rings) == 2
