"""Stills come one after the other, the newest first, and no more than anybody scrolls through."""

from pytestqt.qtbot import QtBot

from tests.fakes.controls import FakeControls
from tests.fakes.moments import NOON_S, StandingClock, incident
from tests.unit.vigint_desktop.ui.models.test_incidents import jpeg
from vigint_core.domain.ids import IncidentId
from vigint_desktop.ui.models.incidents import STILL_ROLE, IncidentModel
from vigint_desktop.ui.models.stills import MOST_STILLS, Stills
from vigint_desktop.ui.text import Texts


def test_what_is_on_disk_is_shown_and_the_rest_left_out(qtbot: QtBot, words: Texts, clock: StandingClock) -> None:
    controls, model = FakeControls(), IncidentModel(words, clock)
    model.set_incidents([incident(n, at_s=NOON_S - n) for n in range(3)])
    controls.stills = {IncidentId("i0"): jpeg(), IncidentId("i2"): jpeg()}
    stills = Stills(controls, model, model)

    stills.read(i.id for i in model.incidents())

    qtbot.waitUntil(lambda: not stills._timer.isActive(), timeout=30_000)
    assert [model.index(row).data(STILL_ROLE) is not None for row in range(3)] == [True, False, True]


def test_no_more_are_read_than_anybody_scrolls_through(qtbot: QtBot, words: Texts, clock: StandingClock) -> None:
    controls, model = FakeControls(), IncidentModel(words, clock)
    stills = Stills(controls, model, model)

    stills.read(IncidentId(f"i{n}") for n in range(MOST_STILLS + 40))

    assert next(iter(stills._wanted)) == "i0"
    assert len(stills._wanted) == MOST_STILLS
    stills._timer.stop()
