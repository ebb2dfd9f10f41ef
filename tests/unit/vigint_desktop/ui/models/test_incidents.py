"""Incidents: newest on top, upserted by id, in bounded memory."""

from dataclasses import replace

from PySide6.QtCore import QBuffer, QIODevice, QModelIndex
from PySide6.QtGui import QImage
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from tests.fakes.moments import NOON_S, StandingClock, incident
from vigint_core.domain.ids import IncidentId
from vigint_core.domain.incident import IncidentState
from vigint_core.domain.review import Review, ReviewState
from vigint_core.domain.status import IncidentStill, ReviewTold
from vigint_desktop.ui.models.incidents import MOST, ROW_ROLE, STILL_ROLE, IncidentModel
from vigint_desktop.ui.text import Texts


def jpeg(width: int = 640, height: int = 360) -> bytes:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(0x336699)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "JPG")
    return bytes(buffer.data().data())


def shown(model: IncidentModel) -> list[str]:
    return [model.index(row).data(ROW_ROLE).id for row in range(model.rowCount())]


def test_it_is_a_well_behaved_model(qtmodeltester: ModelTester, words: Texts, clock: StandingClock) -> None:
    model = IncidentModel(words, clock)
    qtmodeltester.check(model)
    model.set_incidents([incident(1), incident(2, at_s=NOON_S - 50)])
    model.upsert(incident(3, at_s=NOON_S + 9))
    model.upsert(incident(2, at_s=NOON_S - 50, state=IncidentState.VETOED))
    qtmodeltester.check(model)


def test_the_newest_is_on_top_wherever_it_comes_in(words: Texts, clock: StandingClock, qtbot: QtBot) -> None:
    model = IncidentModel(words, clock)
    model.set_incidents([incident(1, at_s=NOON_S), incident(3, at_s=NOON_S + 20)])

    model.upsert(incident(2, at_s=NOON_S + 10))
    model.upsert(incident(4, at_s=NOON_S + 30))

    assert shown(model) == ["i4", "i3", "i2", "i1"]


def test_a_known_incident_changes_in_its_place(words: Texts, clock: StandingClock, qtbot: QtBot) -> None:
    model = IncidentModel(words, clock)
    model.set_incidents([incident(1), incident(2, at_s=NOON_S + 10)])

    with qtbot.waitSignal(model.dataChanged) as changed, qtbot.assertNotEmitted(model.rowsInserted):
        model.upsert(incident(1, state=IncidentState.CONFIRMED))

    assert changed.args[0].row() == 1
    assert model.index(1).data(ROW_ROLE).state is IncidentState.CONFIRMED


def test_what_is_kept_is_bounded(words: Texts, clock: StandingClock, qtbot: QtBot) -> None:
    model = IncidentModel(words, clock)
    model.set_incidents([incident(n, at_s=NOON_S + n) for n in range(MOST + 20)])
    assert model.rowCount() == MOST

    model.upsert(incident(9999, at_s=NOON_S + 9999))

    assert model.rowCount() == MOST
    assert shown(model)[0] == "i9999"


def test_a_still_is_kept_small_and_asked_for_by_role(words: Texts, clock: StandingClock, qtbot: QtBot) -> None:
    model = IncidentModel(words, clock)
    model.set_incidents([incident(1)])

    model.set_still(IncidentStill(IncidentId("i1"), jpeg()))

    still = model.index(0).data(STILL_ROLE)
    assert (still.width(), still.height()) == (320, 180)


def test_a_broken_still_is_no_picture(words: Texts, clock: StandingClock, qtbot: QtBot) -> None:
    model = IncidentModel(words, clock)
    model.set_incidents([incident(1)])

    model.set_still(IncidentStill(IncidentId("i1"), b"not a picture"))
    model.set_still(IncidentStill(IncidentId("unknown"), jpeg()))

    assert model.index(0).data(STILL_ROLE) is None


def test_a_row_reads_aloud_as_a_whole(words: Texts, clock: StandingClock, qtbot: QtBot) -> None:
    model = IncidentModel(words, clock)
    model.set_incidents([replace(incident(1), summary="A bag is filled.")])

    assert model.index(0).data().endswith("Door: concealment, suspected. A bag is filled.")
    assert model.data(QModelIndex()) is None


def test_one_that_is_gone_leaves_the_list_with_its_still(words: Texts, clock: StandingClock, qtbot: QtBot) -> None:
    model = IncidentModel(words, clock)
    model.set_incidents([incident(1), incident(2, at_s=NOON_S + 10)])
    model.set_still(IncidentStill(IncidentId("i2"), jpeg()))

    model.remove(IncidentId("i2"))
    model.remove(IncidentId("unknown"))

    assert shown(model) == ["i1"]
    model.upsert(incident(2, at_s=NOON_S + 10))
    assert model.index(0).data(STILL_ROLE) is None


def test_what_people_say_is_in_the_row_once_it_is_refreshed(words: Texts, clock: StandingClock, qtbot: QtBot) -> None:
    model = IncidentModel(words, clock)
    model.set_incidents([incident(1), incident(2, at_s=NOON_S + 10)])
    model.reviews.take(ReviewTold(IncidentId("i1"), Review(state=ReviewState.CLOSED)))

    with qtbot.waitSignal(model.dataChanged) as changed:
        model.refresh(IncidentId("i1"))

    assert changed.args[0].row() == 1
    assert model.index(1).data(ROW_ROLE).review.chip == "Closed"
    assert model.open_count() == 1


def test_one_that_is_older_than_all_of_a_full_list_is_not_listed(
    words: Texts, clock: StandingClock, qtbot: QtBot
) -> None:
    model = IncidentModel(words, clock)
    model.set_incidents([incident(n, at_s=NOON_S + n) for n in range(MOST)])

    with qtbot.assertNotEmitted(model.rowsInserted):
        model.upsert(incident(9999, at_s=NOON_S - 50))

    assert model.rowCount() == MOST
