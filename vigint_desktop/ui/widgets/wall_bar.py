"""The calm bar above a wall: which view, which layout, which page; whether the machine keeps up; what time it is."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QFontMetrics, QIcon, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QSizePolicy, QToolButton

from vigint_desktop.ui.models.arrangement import Arrangement
from vigint_desktop.ui.rows.clocks import clock, length
from vigint_desktop.ui.widgets.layout_icon import layout_icon
from vigint_desktop.ui.widgets.stage import Stage
from vigint_desktop.ui.widgets.view_name import ViewNameDialog
from vigint_desktop.ui.widgets.wall_commands import WallCommands

BAR_PX: Final = 36
_AT_HAND: Final = ("auto", "1", "4", "9", "16", "1+5")  # as buttons; all of them are in the menu beside
_ROOMY_PX: Final = 720  # below, the menu alone offers layouts
_ICON = QSize(20, 20)
_LONGEST_TITLE_PX: Final = 200


class WallBar(QFrame):
    """Follows an arrangement; everything that can be clicked is one of the wall's commands."""

    def __init__(self, stage: Stage, arrangement: Arrangement, commands: WallCommands) -> None:
        super().__init__()
        self.setObjectName("wall_bar")
        self.setFixedHeight(BAR_PX)
        self._stage = stage
        self._words = stage.words
        self._arrangement = arrangement
        self._commands = commands
        self.view_button = self._menu_button("view_button", QMenu(self))
        self.view_button.menu().aboutToShow.connect(lambda: commands.fill_view_menu(self.view_button.menu()))
        self.layout_buttons = [self._layout_button(commands.layouts[layout]) for layout in _AT_HAND]
        self.layout_menu = self._menu_button("layout_button", QMenu(self))
        self.layout_menu.menu().addActions(list(commands.layouts.values()))
        self.notice, self.saving, self.page, self.clock = (QLabel() for _ in range(4))
        self._lay_out()
        self._listen()
        self._follow()
        self._tell_effort()
        self._tell_time()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where it gets narrow, the menu stands in for the buttons."""
        super().resizeEvent(event)
        for button in self.layout_buttons:
            button.setVisible(self.width() >= _ROOMY_PX)
        self._follow()

    def minimumSizeHint(self) -> QSize:
        """Never a reason for the window to grow: what has no room is cut at the right."""
        return QSize(240, BAR_PX)

    def _menu_button(self, name: str, menu: QMenu) -> QToolButton:
        button = QToolButton()
        button.setObjectName(name)
        button.setMenu(menu)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setIconSize(_ICON)
        return button

    def _layout_button(self, action: QAction) -> QToolButton:
        button = QToolButton()
        button.setDefaultAction(action)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        button.setIconSize(_ICON)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAccessibleName(action.text())
        return button

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 2, 8, 2)
        row.setSpacing(2)
        row.addWidget(self.view_button)
        row.addSpacing(8)
        for button in (*self.layout_buttons, self.layout_menu):
            row.addWidget(button)
        row.addSpacing(8)
        row.addWidget(self.notice, 1)
        for label, name in ((self.notice, "quiet"), (self.saving, "warning"), (self.page, ""), (self.clock, "clock")):
            label.setObjectName(name)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.notice.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        row.addWidget(self.saving)
        row.addSpacing(8)
        self._back, self._on = (self._page_button(f"page_{name}") for name in ("previous", "next"))
        for widget in (self._back, self.page, self._on):
            row.addWidget(widget)
        row.addSpacing(8)
        row.addWidget(self.clock)
        self.view_button.setToolTip(self._words("view.title"))
        self.layout_menu.setToolTip(self._words("layout.title"))

    def _page_button(self, name: str) -> QToolButton:
        action = self._commands.actions[name]
        button = QToolButton()
        button.setText("‹" if name == "page_previous" else "›")
        button.setToolTip(action.toolTip())
        button.setAccessibleName(action.text())
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(action.trigger)
        action.enabledChanged.connect(button.setEnabled)
        button.setEnabled(action.isEnabled())
        return button

    def _listen(self) -> None:
        self._arrangement.changed.connect(self._follow)
        self._stage.effort.changed.connect(self._tell_effort)
        self._stage.projection.beat.connect(self._tell_time)
        self._stage.theme.changed.connect(self._follow)
        self._commands.name_wanted.connect(self.ask_name)
        self._commands.new_name_wanted.connect(self.ask_new_name)

    def ask_name(self) -> ViewNameDialog:
        """Keep the present arrangement under a name."""
        return self._ask("", lambda name: self._stage.views.save_as(name, self._arrangement.view))

    def ask_new_name(self, before: str) -> ViewNameDialog:
        """Give a view another name."""
        return self._ask(before, lambda name: self._stage.views.rename(before, name))

    def _ask(self, before: str, keep: Callable[[str], str]) -> ViewNameDialog:
        dialog = ViewNameDialog(self._stage.views, before, self._words, self)
        dialog.textValueSelected.connect(lambda name: self._arrangement.choose(keep(name)))
        dialog.open()
        return dialog

    def _follow(self) -> None:
        """Name of the view, sign of the layout, page; and what is wrong with the view, if anything."""
        arrangement, tokens = self._arrangement, self._stage.theme.tokens
        title = self._commands.view_title(arrangement.key)
        cut = QFontMetrics(self.font()).elidedText(title, Qt.TextElideMode.ElideRight, _LONGEST_TITLE_PX)
        self.view_button.setText(f"{cut}  ▾".replace("&", "&&"))
        self.view_button.setAccessibleName(f"{self._words('view.title')}: {title}")
        at_hand = arrangement.layout in _AT_HAND and self.width() >= _ROOMY_PX
        self.layout_menu.setIcon(QIcon() if at_hand else layout_icon(arrangement.layout, tokens.text))
        self.layout_menu.setText("▾")
        self.layout_menu.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.layout_menu.setAccessibleName(self._commands.layout_title(arrangement.layout))
        several = arrangement.page_count > 1
        self.page.setText(f"{arrangement.number + 1}/{arrangement.page_count}")
        for widget in (self._back, self.page, self._on):
            widget.setVisible(several)
        self._tell_notice()

    def _tell_notice(self) -> None:
        failure, lost = self._stage.views.failure, self._arrangement.lost_group
        said = ""
        if failure is not None:
            said = self._words("view.not_kept", cause=self._words.cause(failure.code))
        elif lost:
            said = self._words("view.lost_group", group=lost)
        self.notice.setText(said)
        self.notice.setToolTip(said)

    def _tell_effort(self) -> None:
        effort = self._stage.effort
        self.saving.setVisible(effort.saving > 0)
        self.saving.setText(self._words("wall.saving", count=effort.saving))
        unseen = length(effort.unseen_s, self._words)
        self.saving.setToolTip(self._words("wall.saving_tip", unseen=unseen))

    def _tell_time(self) -> None:
        now = clock(self._stage.clock.wall())
        if self.clock.text() != now:
            self.clock.setText(now)
