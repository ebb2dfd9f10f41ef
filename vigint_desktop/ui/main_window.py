"""The window: rail, wall, timeline, incidents, status bar, and the wiring between bridge, models and widgets."""

from collections.abc import Callable
from typing import cast

from PySide6.QtCore import QByteArray, QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QCloseEvent, QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMainWindow, QSplitter, QVBoxLayout, QWidget

from vigint_core.domain.fault import VigintError
from vigint_core.domain.ids import CameraId
from vigint_core.ports import Clock
from vigint_desktop.bridge import Bridge
from vigint_desktop.settings import Settings
from vigint_desktop.ui.controls import Controls, NewSecrets
from vigint_desktop.ui.dialogs.around import Around
from vigint_desktop.ui.dialogs.coverage import CoverageDialog
from vigint_desktop.ui.dialogs.incident_desk import IncidentDesk
from vigint_desktop.ui.dialogs.keys import KeySheet
from vigint_desktop.ui.dialogs.settings import PageName, SettingsDialog
from vigint_desktop.ui.dialogs.wishes import Wishes
from vigint_desktop.ui.models.past import Past
from vigint_desktop.ui.models.shown import Models
from vigint_desktop.ui.models.views import ViewBook
from vigint_desktop.ui.rows.plan import plan_segment
from vigint_desktop.ui.text import Texts
from vigint_desktop.ui.theme.style import Theme
from vigint_desktop.ui.widgets.banner import Banner
from vigint_desktop.ui.widgets.commands import commands, key_name, plain
from vigint_desktop.ui.widgets.projection import Projection, WallFigures
from vigint_desktop.ui.widgets.rail import Rail
from vigint_desktop.ui.widgets.second_wall import SecondWall, WallWindow
from vigint_desktop.ui.widgets.splitter import splitter
from vigint_desktop.ui.widgets.stage import Stage
from vigint_desktop.ui.widgets.status_bar import StatusBar
from vigint_desktop.ui.widgets.timeline import TimelineView
from vigint_desktop.ui.widgets.timeline_pane import TimelinePane
from vigint_desktop.ui.widgets.wall_pane import WallPane
from vigint_desktop.ui.widgets.window_place import part_of, parts_of, place_of, put_back, state_of

_PLAN_MS = 10_000  # between two looks at what the plan asks for now
_TIMELINE_PX = 240  # more lanes than fit get thinner, then scroll; the pictures come first


class MainWindow(QMainWindow):
    """The program's window.

    Attributes:
        models: what is shown.
        projection: brings frames to all walls.
        wall_pane, wall, timeline, incidents, alert_card, status_bar, banner, player: the parts of the window.
        desk: what is told and said of incidents.
        second_wall: the window for another screen.
        wishes: grants what is asked of a camera, and says what came of it.

    Signals:
        first_painted: once, after the window was painted for the first time.
        first_frame_shown: once, when the first picture of a camera was painted.
        past_read: once, when the whole last day is on the timeline.
        closing: the window goes, and shows everything for the last time.
    """

    first_painted = Signal()
    first_frame_shown = Signal()
    past_read = Signal()
    closing = Signal()

    def __init__(self, controls: Controls, bridge: Bridge, texts: Texts, theme: Theme, clock: Clock) -> None:
        super().__init__()
        self._controls = controls
        self._bridge = bridge
        self._texts = texts
        self._theme = theme
        self._clock = clock
        self._around = Around(texts, theme, clock)
        self._painted = False
        self._plan_timer = QTimer(self, interval=_PLAN_MS)
        self._settings_dialog: SettingsDialog | None = None
        self.models = Models.made(texts, clock, controls.settings().analysis, self)
        self.projection = Projection(controls, self.models.cameras, clock, self)
        self._actions = self._made_actions()
        self._stage = self._made_stage()
        cameras, at_wall = self._actions["cameras"], [self._actions["full_screen"], self._actions["second_wall"]]
        self.wall_pane = WallPane(self._stage, cameras, at_wall)
        self.wall = self.wall_pane.wall
        self.second_wall = SecondWall(self._stage, cameras, [self._actions["keys"], self._actions["quit"]], self)
        self.timeline = TimelineView(self.models.timeline, texts, theme, clock)
        self.desk = IncidentDesk(controls, bridge, self.models, self._around, self)
        self.incidents, self.alert_card, self.player = self.desk.list, self.desk.card, self.desk.player
        self.status_bar = StatusBar(texts, theme, clock)
        self.banner = Banner(texts, theme)
        self._past = Past(controls, self.models.timeline, self.models.incidents, clock, self)
        self.rail = Rail(theme)
        self._lay_out()
        self.wishes = Wishes(controls, bridge, self._around, self.player, self.projection, self._root)
        self._fill_menus(self._actions)
        self._listen()
        self._load()
        self.resize(self.sizeHint().boundedTo(self.screen().availableSize()))  # Qt alone would take two thirds of it
        self.wall.setFocus(Qt.FocusReason.OtherFocusReason)

    def figures(self) -> WallFigures:
        """What the walls showed so far, for the report."""
        return self.projection.figures

    def saved_state(self) -> bytes:
        """Place, size and layout, to be given to ``restore`` at the next start."""
        splitters = {name: part.saveState().toBase64().toStdString() for name, part in self._splitters().items()}
        return state_of(
            {
                "place": place_of(self),
                **splitters,
                "wall": self.wall_pane.state(),
                "second": self.second_wall.state(),
            }
        )

    def restore(self, state: bytes) -> None:
        """Take a saved place, size and layout; what makes no sense is ignored, a lost screen swallows nothing."""
        parts = parts_of(state)
        put_back(self, str(parts.get("place", "")))
        for name, part in self._splitters().items():
            part.restoreState(QByteArray.fromBase64(QByteArray(str(parts.get(name, "")).encode())))
        self.wall_pane.restore(part_of(parts, "wall"))
        self.second_wall.restore(part_of(parts, "second"))

    def open_settings(self, page: PageName = "analysis") -> SettingsDialog:
        """Open the settings dialog, or bring the open one to the front."""
        if self._settings_dialog is None:
            dialog = SettingsDialog(self._controls, self._bridge, self._around, self._apply, self)
            dialog.finished.connect(self._settings_closed)
            dialog.analysis.show_parts(self.models.status.state.parts)
            dialog.cameras.zones_requested.connect(lambda camera: self.wishes.open_scene(camera, dialog))
            self._settings_dialog = dialog
            dialog.open()
        self._settings_dialog.show_page(page)
        return self._settings_dialog

    def show_keys(self) -> KeySheet:
        """Open the sheet of keys."""
        card = (self.alert_card.look, self.alert_card.done)
        actions = (*self._actions.values(), *self.wall_pane.commands.actions.values(), *card)
        named = [(key_name(action), plain(action)) for action in actions]
        sheet = KeySheet(named, self._texts, QApplication.activeWindow() or self)
        sheet.open()
        return sheet

    def show_coverage(self) -> CoverageDialog:
        """Open the list of what was not looked at today."""
        models = self.models
        dialog = CoverageDialog(models.timeline, models.coverage, self._clock.wall(), self._texts, self)
        dialog.moment_chosen.connect(self.timeline.show_moment)
        dialog.open()
        return dialog

    def toggle_armed(self) -> None:
        """Arm the rules by hand, or leave them to the opening hours again."""
        try:
            self._controls.arm(armed=not self._controls.settings().armed)
        except VigintError as error:
            self.wishes.note.say(f"{self._texts.cause(error.code)} {self._texts.remedy(error.code)}")
            return
        self._set_up(self._controls.settings())

    def toggle_full_screen(self) -> None:
        """The wall alone over the whole screen, or back."""
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def open_second_wall(self) -> WallWindow:
        """A wall on another screen, with a view of its own."""
        return self.second_wall.open()

    def reconnect_all(self) -> None:
        """Try every camera again that ought to be live and is not: its password was put right, or its network."""
        for row in self.models.cameras.rows():
            if not row.live and not (row.state and row.state.rests):
                self._controls.reconnect(row.camera_id)

    def changeEvent(self, event: QEvent) -> None:
        """Over the whole screen the wall is alone, however that came about."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.WindowStateChange:
            chosen = cast("QWidget | None", self.focusWidget())  # None, whatever PySide says, while nothing has it
            for panel in (self.menuBar(), self.rail, self._timeline_pane, self.incidents, self.status_bar):
                panel.setVisible(not self.isFullScreen())
            stays = chosen if chosen is not None and self.wall.isAncestorOf(chosen) else self.wall
            stays.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leaves the full screen when nothing else had a use for it."""
        if event.key() == Qt.Key.Key_Escape and self.isFullScreen():
            self.toggle_full_screen()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """End with the window what is being played and read, and the wall on another screen."""
        self.closing.emit()
        self._past.stop()
        self.second_wall.close()
        self.player.clip.close_clip()
        self.player.close()
        super().closeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Tell once that the window is there: when all that lies in it has been painted too."""
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self, self._tell_painted)

    def sizeHint(self) -> QSize:
        """Most of a common screen."""
        return QSize(1440, 860)

    def _tell_painted(self) -> None:
        self.projection.window_painted()
        self.first_painted.emit()

    def _lay_out(self) -> None:
        self.setWindowTitle("VigInt")
        self.setMinimumSize(QSize(960, 600))
        centre = QWidget()
        column = QVBoxLayout(centre)
        column.setContentsMargins(4, 4, 0, 4)
        column.setSpacing(4)
        column.addWidget(self.alert_card)
        column.addWidget(self.banner)
        column.addWidget(self.wall_pane, 1)
        self._timeline_pane = TimelinePane(self.timeline, self._texts, self._theme)
        self._rows = splitter(Qt.Orientation.Vertical, centre, self._timeline_pane)
        self._columns = splitter(Qt.Orientation.Horizontal, self._rows, self.incidents)
        self._columns.setSizes([1100, 340])
        self.rail.fill(self._actions)
        self._root = QWidget()
        box = QVBoxLayout(self._root)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        across = QHBoxLayout()
        across.setSpacing(0)
        across.addWidget(self.rail)
        across.addWidget(self._columns, 1)
        box.addLayout(across, 1)
        box.addWidget(self.status_bar)
        self.setCentralWidget(self._root)

    def _made_actions(self) -> dict[str, QAction]:
        """Every command once: menus, rail and keys share them."""
        table: dict[str, tuple[str, Callable[[], object]]] = {
            "wall": ("Ctrl+1", self._show_wall),
            "timeline": ("Ctrl+2", lambda: self.timeline.setFocus(Qt.FocusReason.ShortcutFocusReason)),
            "incidents": ("Ctrl+3", lambda: self.incidents.view.setFocus(Qt.FocusReason.ShortcutFocusReason)),
            "full_screen": ("F11", self.toggle_full_screen),
            "second_wall": ("Ctrl+Shift+N", self.open_second_wall),
            "keys": ("?", self.show_keys),
            "cameras": ("Ctrl+K", lambda: self.open_settings("cameras")),
            "settings": ("Ctrl+,", lambda: self.open_settings("analysis")),
            "coverage": ("Ctrl+G", self.show_coverage),
            "arm": ("Ctrl+Shift+A", self.toggle_armed),
            "reconnect_all": ("Ctrl+R", self.reconnect_all),
            "quit": ("Ctrl+Q", self.close),
        }
        return commands(self, self._texts, table)

    def _made_stage(self) -> Stage:
        """What the walls of both windows share."""
        controls, models = self._controls, self.models
        views = ViewBook(controls.settings().views, controls.keep_views, self)
        return Stage(self.projection, models.cameras, views, models.effort, self._texts, self._theme, self._clock)

    def _fill_menus(self, actions: dict[str, QAction]) -> None:
        menus = (
            ("program", ("settings", "cameras", "arm", "quit")),
            ("view", ("wall", "timeline", "incidents", "coverage", "full_screen", "second_wall", "reconnect_all")),
            ("help", ("keys",)),
        )
        for title, names in menus:
            menu = self.menuBar().addMenu(self._texts(f"menu.{title}"))
            for name in names:
                menu.addAction(actions[name])
            if title == "view":
                menu.addSeparator()
                self.wall_pane.commands.fill_menu(menu)

    def _listen(self) -> None:
        bridge = self._bridge
        self.models.listen(bridge)
        bridge.activity_changed.connect(self.projection.set_activity)
        bridge.effort_changed.connect(self.projection.set_effort)
        bridge.recording_changed.connect(self.projection.set_recording)
        self.models.status.changed.connect(self._show_status)
        self.models.coverage.changed.connect(lambda: self._timeline_pane.show_coverage(self.models.coverage.totals()))
        self._timeline_pane.coverage_button.clicked.connect(self._actions["coverage"].trigger)
        self.projection.first_frame_shown.connect(self.first_frame_shown)
        self.projection.reconnect_requested.connect(lambda camera_id: self._controls.reconnect(CameraId(camera_id)))
        self.desk.selected.connect(self.timeline.select)
        self.desk.marked.connect(self.projection.mark_incident)
        self.desk.unmarked.connect(self.projection.unmark_incident)
        self._plan_timer.timeout.connect(self._show_status)
        self._plan_timer.start()
        self.timeline.incident_chosen.connect(self.desk.open)
        self.timeline.snapshot_chosen.connect(self.wishes.show_snapshot)
        self.timeline.recording_asked.connect(self.wishes.play)
        self.projection.wished.connect(self.wishes.grant)
        self.projection.wish_missed.connect(self.wishes.ask_for_camera)
        self.banner.settings_requested.connect(self._actions["settings"].trigger)

    def _load(self) -> None:
        """Take over what the program knows already: cameras, and what the books hold of the last day."""
        self._set_up(self._controls.settings())
        self._rows.setSizes([600, min(self._timeline_pane.sizeHint().height(), _TIMELINE_PX)])
        self._past.finished.connect(self.past_read)
        self._past.start()

    def _set_up(self, settings: Settings) -> None:
        self.models.set_up(self._controls.cameras(), settings.analysis)
        self.alert_card.set_audible(audible=settings.alarm_sound)
        self._actions["arm"].setText(self._texts("action.disarm" if settings.armed else "action.arm"))
        self._show_status()

    def _apply(self, settings: Settings, secrets: NewSecrets) -> None:
        """Put new settings into force; what was proven about the old ones is forgotten, unless they stay in force."""
        before = self.models.status.state
        self.models.status.forget_proofs()
        try:
            self._controls.apply(settings, secrets)
        except VigintError:
            self.models.status.restore(before)
            raise
        self._set_up(settings)
        application = QApplication.instance()
        if settings.theme != self._theme.name and isinstance(application, QApplication):
            self._theme.put_on(settings.theme, application)

    def _settings_closed(self) -> None:
        self._settings_dialog = None

    def _show_status(self) -> None:
        plan = plan_segment(self._controls.cameras(), self._clock.wall(), self._texts)
        segments = self.models.status.segments()
        self.status_bar.show_segments((*segments, plan) if plan else segments, self.models.status.fault())
        self.banner.show_notice(self.models.status.notice(), self._clock.wall())

    def _show_wall(self) -> None:
        self.wall.show_alone(None)
        self.wall.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _splitters(self) -> dict[str, QSplitter]:
        return {"columns": self._columns, "rows": self._rows}
