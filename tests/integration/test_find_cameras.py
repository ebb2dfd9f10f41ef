"""A person finds a camera in the real dialog, sees it, adds it, tests it and saves it: real ONVIF and RTSP peers."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.fakes.controls import FakeControls
from tests.fakes.moments import StandingClock
from tests.fakes.onvif_device import LOOPBACK, OnvifDevice, onvif_device
from tests.fakes.onvif_words import Mood, Stream
from tests.fakes.rtsp_server import RtspServer, rtsp_servers
from vigint_core.clock import SystemClock
from vigint_core.domain.sign_in import SignIn
from vigint_core.domain.status import FoundCamera
from vigint_desktop.bridge import Bridge
from vigint_desktop.discovery.found_streams import StreamSurvey
from vigint_desktop.discovery.search import Discovery
from vigint_desktop.pipeline.enquiries import Enquiries
from vigint_desktop.settings import CameraSettings
from vigint_desktop.ui.dialogs.around import Around
from vigint_desktop.ui.dialogs.settings import SettingsDialog
from vigint_desktop.ui.text import Texts
from vigint_desktop.ui.theme.style import Theme

PASSWORD = "pa55 w/ord:@#"
PATIENCE_MS = 60_000

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


class NetworkControls(FakeControls):
    """The fake program, with the real ears for cameras."""

    def __init__(self, enquiries: Enquiries) -> None:
        super().__init__()
        self._enquiries = enquiries

    def discover(self, search_id: str, seconds: float) -> None:
        self._enquiries.discover(search_id, seconds)

    def stop_discovery(self, search_id: str) -> None:
        self._enquiries.stop(search_id)

    def ask_streams(self, check_id: str, found: FoundCamera, user: str, password: str) -> None:
        self._enquiries.ask_streams(check_id, found, SignIn(user, password))

    def check_camera(self, check_id: str, camera: CameraSettings, password: str | None) -> None:
        self._enquiries.check_camera(check_id, camera.camera(), password or "")

    def stop_check(self, check_id: str) -> None:
        self._enquiries.stop(check_id)


@pytest.fixture(scope="module")
def cameras(footage: Path) -> Iterator[RtspServer]:
    film = footage / "incident" / "Shoplifting_1.mp4"
    with rtsp_servers({"main": {"file": film}, "sub": {"file": film}}, "guard", PASSWORD) as server:
        yield server


@pytest.fixture
def device(cameras: RtspServer) -> Iterator[OnvifDevice]:
    main = Stream(cameras.address("main"), width=1920, height=1080)
    sub = Stream(cameras.address("sub"), "SubStream")
    with onvif_device(main, sub, mood=Mood(user="guard", password=PASSWORD)) as made:
        yield made


@pytest.fixture
def settings(qtbot: QtBot, device: OnvifDevice) -> Iterator[SettingsDialog]:
    bridge, clock = Bridge(), SystemClock()
    enquiries = Enquiries(bridge, clock, Discovery(clock, lambda: [LOOPBACK], device.group), StreamSurvey(clock))
    for worker in enquiries.workers:
        worker.start()
    controls = NetworkControls(enquiries)
    dialog = SettingsDialog(controls, bridge, Around(Texts("en"), Theme(), StandingClock()), controls.apply)
    dialog.show_page("cameras")
    dialog.show()
    yield dialog
    if shiboken6.isValid(dialog):  # it deletes itself when it is closed
        dialog.reject()
    stopped = [worker.stop(timeout_s=30.0) for worker in enquiries.workers]
    assert all(stopped)


@pytest.mark.slow
def test_from_an_empty_list_to_a_camera_that_was_tested(
    settings: SettingsDialog, cameras: RtspServer, qtbot: QtBot
) -> None:
    page = settings.cameras
    search = page.find_cameras()
    qtbot.waitUntil(lambda: len(search.cards) == 1, timeout=PATIENCE_MS)
    (card,) = search.cards
    QTest.keyClicks(search.user, "guard")
    QTest.keyClicks(search.password, "wrong")
    card.show_button.click()
    qtbot.waitUntil(lambda: not card.asking, timeout=PATIENCE_MS)
    assert "refuses the user name or the password" in card.remark.text()

    search.password.clear()
    QTest.keyClicks(search.password, PASSWORD)
    QTest.keyClick(search.password, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: card.is_wanted, timeout=PATIENCE_MS)
    assert not card.picture.pixmap().isNull()
    search.add_button.click()

    (draft,) = page.drafts
    expected = replace(draft, name="Till camera", address=cameras.address("main"), sub_address=cameras.address("sub"))
    assert draft == expected
    page.form.check.button.click()
    qtbot.waitUntil(page.form.check.button.isEnabled, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: "\n" in page.form.check.answer.text(), timeout=PATIENCE_MS)
    assert "guard" in page.form.check.answer.text()

    controls = page._controls
    assert isinstance(controls, NetworkControls)
    settings.accept()
    ((stored, secrets),) = controls.applied
    assert [(c.name, c.url, c.user) for c in stored.cameras] == [("Till camera", cameras.address("main"), "guard")]
    assert secrets.camera_passwords == {"till-camera": PASSWORD}
    assert PASSWORD not in stored.model_dump_json()
