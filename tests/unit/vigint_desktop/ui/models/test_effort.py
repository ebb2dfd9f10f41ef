"""The note above the wall counts who saves now, and what that cost so far."""

from pytestqt.qtbot import QtBot

from tests.fakes.moments import camera
from vigint_core.domain.ids import CameraId
from vigint_core.domain.status import CameraEffort
from vigint_desktop.ui.models.effort import EffortModel


def test_it_counts_those_that_save_now_and_the_seconds_of_all(qtbot: QtBot) -> None:
    model = EffortModel()
    with qtbot.waitSignal(model.changed):
        model.set_effort(CameraEffort(CameraId("door"), saving=True, unseen_s=3.0))
    model.set_effort(CameraEffort(CameraId("till"), saving=True, unseen_s=1.5))
    model.set_effort(CameraEffort(CameraId("door"), saving=False, unseen_s=4.0))

    assert (model.saving, model.unseen_s) == (1, 5.5)


def test_a_camera_that_has_left_saves_nothing(qtbot: QtBot) -> None:
    model = EffortModel()
    model.set_effort(CameraEffort(CameraId("door"), saving=True, unseen_s=3.0))
    model.set_cameras([camera("Till")])

    assert model.saving == 0


def test_part_of_a_second_is_no_news(qtbot: QtBot) -> None:
    model = EffortModel()
    model.set_effort(CameraEffort(CameraId("door"), saving=True, unseen_s=3.2))

    with qtbot.assertNotEmitted(model.changed):
        model.set_effort(CameraEffort(CameraId("door"), saving=True, unseen_s=3.7))
    with qtbot.waitSignal(model.changed):
        model.set_effort(CameraEffort(CameraId("door"), saving=True, unseen_s=4.0))
