"""Incidents in the window, of this desk and of others: list, alert, player, and what people say of them."""

from typing import Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from vigint_core.domain.fault import Code
from vigint_core.domain.ids import IncidentId
from vigint_core.domain.incident import Incident
from vigint_core.domain.review import ReviewChange, ReviewVerdict
from vigint_core.domain.status import ClipFetched, ForeignIncidents, IncidentGone, ReviewTold
from vigint_desktop.bridge import Bridge
from vigint_desktop.ui.controls import Controls
from vigint_desktop.ui.dialogs.around import Around
from vigint_desktop.ui.dialogs.player import PlayerDialog
from vigint_desktop.ui.models.alerts import Alerts
from vigint_desktop.ui.models.shown import Models
from vigint_desktop.ui.rows.incident import marks_tile
from vigint_desktop.ui.rows.review import ReviewStep, step_change
from vigint_desktop.ui.widgets.alert_card import AlertCard
from vigint_desktop.ui.widgets.incident_list import IncidentList

_MOST_FOREIGN: Final = 4000
"""Incidents of other desks; the server tells at most 2,000 at once. Beyond, those told of longest ago are forgotten."""


class IncidentDesk(QObject):
    """Brings what workers tell of incidents to everything that shows them, and what people say to the program.

    Attributes:
        list, alerts, card, player: what shows them beside the timeline and the tiles.

    Signals:
        selected: another incident is current; carries it.
        marked: a tile of its camera is to show it; carries it.
        unmarked: no tile is to show it; carries its id.
    """

    selected = Signal(object)
    marked = Signal(object)
    unmarked = Signal(str)

    def __init__(self, controls: Controls, bridge: Bridge, models: Models, around: Around, window: QWidget) -> None:
        super().__init__(window)
        self._controls = controls
        self._models = models
        self._texts, self._clock = around.texts, around.clock
        self._foreign: dict[IncidentId, Incident] = {}
        self.list = IncidentList(models.incidents, around.texts, around.theme)
        self.alerts = Alerts(self)
        self.card = AlertCard(self.alerts, controls.still, around.texts, around.clock)
        self.player = PlayerDialog(around.texts, around.theme, window)
        self._listen(bridge)

    def open(self, incident_id: str) -> None:
        """Play an incident's clip, and show where it is on the list and on the timeline."""
        known = IncidentId(incident_id)
        incident = self._incident(known)
        if incident is None:
            return
        self.select(incident_id)
        if self._is_shown(known) and self.player.clip.has_clip:
            self.player.activateWindow()
            return
        self.player.review.show_place(local=not self._models.reviews.is_shared)
        playback = self._controls.open_clips(known)
        self.player.show_incident(self._models.incidents.row_of(incident), playback)
        if incident.foreign and playback is None:
            self._controls.fetch_clip(known)

    def select(self, incident_id: str) -> None:
        """Make an incident the current one."""
        known = IncidentId(incident_id)
        self.list.select(known)
        self.selected.emit(self._incident(known))

    def _incident(self, incident_id: IncidentId) -> Incident | None:
        """One that is listed, that the timeline still shows, or of a camera of another desk, which has no lane here."""
        listed = self._models.incidents.incident(incident_id) or self._models.timeline.incident(incident_id)
        return listed or self._foreign.get(incident_id)

    def _listen(self, bridge: Bridge) -> None:
        bridge.incident_changed.connect(self._incident_changed)
        bridge.foreign_told.connect(self._foreign_told)
        bridge.review_told.connect(self._review_told)
        bridge.incident_gone.connect(self._incident_gone)
        bridge.clip_fetched.connect(self._clip_fetched)
        bridge.still_arrived.connect(self.card.show_newest)
        self.list.incident_chosen.connect(self.open)
        self.list.incident_selected.connect(self.select)
        self.list.review_asked.connect(self._say)
        self.card.look_asked.connect(self.open)
        self.player.commands.asked.connect(self._say_of_shown)
        self.player.review.comment_asked.connect(self._comment)

    def _incident_changed(self, incident: Incident) -> None:
        self.alerts.take(incident, attended=self._models.reviews.is_attended(incident.id))
        self._show(incident)
        if incident.foreign:
            self._know(incident)

    def _foreign_told(self, told: ForeignIncidents) -> None:
        """All that other desks have; those that are new only to this one ring for nobody."""
        for incident_id in self._foreign.keys() - {incident.id for incident in told.incidents}:
            self._remove(incident_id)
        newest_first = sorted(told.incidents, key=lambda incident: -incident.opened_s)
        changed = [incident for incident in newest_first if incident != self._foreign.get(incident.id)]
        for incident in changed:  # so that those go first that have a place on the list
            self._show(incident)
        for incident in reversed(changed):  # so that the newest one rings last
            if incident.id in self._foreign or incident.id in told.fresh:
                self.alerts.take(incident, attended=self._models.reviews.is_attended(incident.id))
            else:
                self.alerts.note(incident)
            self._know(incident)

    def _know(self, incident: Incident) -> None:
        """One of another desk; its clip may have come to the server only after the player asked for it."""
        before = self._foreign.pop(incident.id, None)
        is_new_clip = bool(incident.clips) and not (before and before.clips)
        if is_new_clip and self._is_shown(incident.id) and not self.player.clip.has_clip:
            self._controls.fetch_clip(incident.id)
        self._foreign[incident.id] = incident
        if len(self._foreign) > _MOST_FOREIGN:
            del self._foreign[next(iter(self._foreign))]

    def _show(self, incident: Incident) -> None:
        self._models.incidents.upsert(incident)
        self._models.timeline.add_incident(incident)
        if marks_tile(incident, self._clock.wall(), self._models.reviews.review(incident.id)):
            self.marked.emit(incident)
        else:
            self.unmarked.emit(incident.id)
        self._show_in_player(incident)

    def _review_told(self, told: ReviewTold) -> None:
        shown = self._models.reviews.take(told)
        self.player.review.settle(shown.incident_id, shown.review, shown.standing)
        self._models.incidents.refresh(told.incident_id)
        self._models.timeline.refresh_incident(told.incident_id)
        if self._models.reviews.is_attended(told.incident_id):
            self.alerts.attend(told.incident_id)
        if told.review.verdict is ReviewVerdict.FALSE_ALARM:
            self.unmarked.emit(told.incident_id)
        incident = self._incident(told.incident_id)
        if incident is not None:
            self._show_in_player(incident)

    def _incident_gone(self, told: IncidentGone) -> None:
        self._remove(told.incident_id)

    def _remove(self, incident_id: IncidentId) -> None:
        self._foreign.pop(incident_id, None)
        self._models.reviews.forget(incident_id)
        self._models.incidents.remove(incident_id)
        self._models.timeline.remove_incident(incident_id)
        self.alerts.attend(incident_id)
        self.unmarked.emit(incident_id)
        if self._is_shown(incident_id):
            self.player.show_gone()

    def _clip_fetched(self, told: ClipFetched) -> None:
        if not self._is_shown(told.incident_id) or self.player.clip.has_clip:
            return
        playback = self._controls.open_clips(told.incident_id) if told.code is None else None
        self.player.show_clip(playback, self._why_no_clip(told.code))

    def _why_no_clip(self, code: Code | None) -> str:
        if code in (None, Code.PIPELINE_CLIP_GONE):  # whose own words are about what a camera has sent
            return self._texts("player.not_there")
        return f"{self._texts.cause(code)}\n{self._texts.remedy(code)}"

    def _is_shown(self, incident_id: IncidentId) -> bool:
        return self.player.isVisible() and self.player.row is not None and self.player.row.id == incident_id

    def _show_in_player(self, incident: Incident) -> None:
        if self.player.row is not None and self.player.row.id == incident.id:
            self.player.show_row(self._models.incidents.row_of(incident))

    def _say_of_shown(self, step: ReviewStep) -> None:
        if self.player.row is not None:
            self._say(self.player.row.id, step)

    def _say(self, incident_id: str, step: ReviewStep) -> None:
        known = IncidentId(incident_id)
        seen = self._models.reviews.review(known)
        self._controls.review(known, step_change(step, seen, self._controls.owner_name()), seen)

    def _comment(self, comment: str) -> None:
        if self.player.row is not None:
            known = IncidentId(self.player.row.id)
            self._controls.review(known, ReviewChange(comment=comment), self._models.reviews.review(known))
