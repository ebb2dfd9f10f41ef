"""The settings dialog, open at its cameras page, over a program from memory."""

from dataclasses import dataclass

from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QWidget

from tests.fakes.controls import FakeControls
from tests.fakes.moments import StandingClock
from vigint_core.domain.camera import SourceKind
from vigint_desktop.bridge import Bridge
from vigint_desktop.settings import CameraSettings
from vigint_desktop.ui.dialogs.around import Around
from vigint_desktop.ui.dialogs.cameras_page import CamerasPage
from vigint_desktop.ui.dialogs.settings import SettingsDialog
from vigint_desktop.ui.text import Texts
from vigint_desktop.ui.theme.style import Theme

DOOR = CameraSettings(
    id="door", name="Door", kind=SourceKind.RTSP, url="rtsp://192.0.2.5/live", user="anna", group="Front"
)
TILL = CameraSettings(id="till", name="Till", kind=SourceKind.USB, url="0")
STOCK = CameraSettings(id="stock", name="Stock", kind=SourceKind.MJPEG, url="http://192.0.2.7/video")


@dataclass
class CamerasDesk:
    """The dialog, and what stands behind it."""

    controls: FakeControls
    bridge: Bridge
    dialog: SettingsDialog

    @property
    def page(self) -> CamerasPage:
        return self.dialog.cameras

    @property
    def names(self) -> list[str]:
        return [draft.name for draft in self.page.drafts]

    def saved(self) -> tuple[CameraSettings, ...]:
        self.dialog.accept()
        ((settings, _),) = self.controls.applied
        return settings.cameras

    def passwords(self) -> dict[str, str]:
        return dict(self.controls.applied[0][1].camera_passwords or {})


def open_cameras(controls: FakeControls, bridge: Bridge, texts: Texts, theme: Theme) -> SettingsDialog:
    dialog = SettingsDialog(controls, bridge, Around(texts, theme, StandingClock()), controls.apply)
    dialog.show_page("cameras")
    dialog.show()
    dialog.activateWindow()
    return dialog


def paste(line: QLineEdit, text: str) -> None:
    QApplication.clipboard().setText(text)
    line.selectAll()
    line.paste()


def said(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if not label.isHidden())
