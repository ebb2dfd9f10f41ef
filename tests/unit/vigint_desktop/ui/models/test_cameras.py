"""The wall's rows as Qt sees them."""

from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from tests.fakes.moments import camera, status
from vigint_core.domain.camera import CameraState
from vigint_core.domain.fault import Code
from vigint_core.domain.ids import CameraId
from vigint_desktop.ui.models.cameras import ROW_ROLE, CameraModel
from vigint_desktop.ui.text import Texts


def test_it_is_a_well_behaved_model(qtmodeltester: ModelTester, words: Texts) -> None:
    model = CameraModel(words)
    qtmodeltester.check(model)
    model.set_cameras([camera("Door"), camera("Till")])
    model.upsert(status("till"))
    model.set_cameras([camera("Till")])
    qtmodeltester.check(model)


def test_a_status_changes_exactly_its_row(qtbot: QtBot, words: Texts) -> None:
    model = CameraModel(words)
    model.set_cameras([camera("Door"), camera("Till")])

    with qtbot.waitSignal(model.dataChanged) as changed:
        model.upsert(status("till", CameraState.FAILED, Code.CAMERA_UNREACHABLE))

    assert [index.row() for index in changed.args[:2]] == [1, 1]
    assert model.index(1).data() == "Till, failed"
    assert model.index(0).data(ROW_ROLE).state is None


def test_a_status_of_a_camera_that_is_not_on_the_wall_is_ignored(qtbot: QtBot, words: Texts) -> None:
    model = CameraModel(words)
    model.set_cameras([camera("Door")])

    with qtbot.assertNotEmitted(model.dataChanged):
        model.upsert(status("garage"))

    assert model.row_of(CameraId("garage")) is None


def test_another_set_of_cameras_keeps_what_is_known(qtbot: QtBot, words: Texts) -> None:
    model = CameraModel(words)
    model.set_cameras([camera("Door"), camera("Till")])
    model.upsert(status("door"))

    model.set_cameras([camera("Till"), camera("Door")])

    assert [row.live for row in model.rows()] == [False, True]
