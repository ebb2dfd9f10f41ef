"""The status model folds events and forgets what the settings made untrue."""

from pytestqt.qtbot import QtBot

from tests.fakes.moments import NOON_S, camera, status
from vigint_core.domain.fault import Code, Fault
from vigint_core.domain.status import BudgetTold, FaultCleared, Health, Part, PartStatus
from vigint_desktop.settings import AnalysisPlace
from vigint_desktop.ui.models.status import StatusModel
from vigint_desktop.ui.text import Texts


def health(model: StatusModel, key: str) -> Health:
    return next(segment.health for segment in model.segments() if segment.key == key)


def test_every_event_is_heard(qtbot: QtBot, words: Texts) -> None:
    model = StatusModel(words, AnalysisPlace.EMBEDDED)
    fault = Fault(Code.DISK_FULL, "store", "", NOON_S)
    events = (
        lambda: model.set_setup([camera("Door")], AnalysisPlace.EMBEDDED),
        lambda: model.set_part(PartStatus(Part.AI, Health.OK)),
        lambda: model.set_camera(status("door")),
        lambda: model.raise_fault(fault),
        lambda: model.set_budget(BudgetTold(None, NOON_S)),
    )
    for event in events:
        with qtbot.waitSignal(model.changed):
            event()

    assert (health(model, "ai"), health(model, "cameras")) == (Health.OK, Health.OK)
    assert model.fault() is not None
    model.clear_fault(FaultCleared("store", Code.DISK_FULL))
    assert model.fault() is None


def test_new_settings_end_what_was_proven_about_the_old_ones(qtbot: QtBot, words: Texts) -> None:
    model = StatusModel(words, AnalysisPlace.EMBEDDED)
    model.set_setup([camera("Door")], AnalysisPlace.EMBEDDED)
    model.set_part(PartStatus(Part.AI, Health.OK))
    model.set_camera(status("door"))
    model.set_budget(BudgetTold(None, NOON_S))
    before = model.state
    assert [segment.key for segment in model.segments()][-1] == "budget"

    model.forget_proofs()
    assert [segment.key for segment in model.segments()][-1] == "queue"
    assert (health(model, "ai"), health(model, "cameras")) == (Health.UNKNOWN, Health.OK)

    model.restore(before)
    assert health(model, "ai") is Health.OK


def test_the_notice_follows_the_place_of_analysis(qtbot: QtBot, words: Texts) -> None:
    model = StatusModel(words, AnalysisPlace.EMBEDDED)
    assert model.notice() is None

    model.set_setup([], AnalysisPlace.OFF)

    assert model.notice() is not None
