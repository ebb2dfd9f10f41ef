"""Other desks: what they open and what people say of it, as the server tells it, shown here within a second.

The listener says that something has changed; what it is now is read. Where no events come, the list is read by the
clock. Nothing that goes wrong here is a fault: what is shown stays, and the monitor tells how the server is.
"""

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Final

from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.ids import IncidentId
from vigint_core.domain.incident import Incident
from vigint_core.domain.review import Review, ReviewStanding
from vigint_core.domain.status import ForeignIncidents, IncidentGone, ReviewTold
from vigint_core.ports import Clock, EventSink
from vigint_core.wire import IncidentView
from vigint_desktop.pipeline.borrowed_clips import BorrowedClips
from vigint_desktop.pipeline.courier import Desktop
from vigint_desktop.pipeline.foreign_stills import ForeignStills
from vigint_desktop.pipeline.listener import ANYTHING, Heard
from vigint_desktop.pipeline.messages import Message, ReviewHeard
from vigint_desktop.pipeline.reserve import Reserve, has_none, may_not
from vigint_desktop.pipeline.server_files import ServerFiles
from vigint_desktop.pipeline.server_incidents import ServerIncidents, incident_of, review_of
from vigint_desktop.pipeline.server_link import Endpoint, ServerError, ServerLink
from vigint_desktop.pipeline.worker import Worker
from vigint_desktop.store.reader import LateReader

DAY_S: Final = 24 * 3600.0
"""Incidents of other desks are shown for so long after they were opened."""
REVIEWED_S: Final = 30 * DAY_S
"""What people say elsewhere of our own incidents is read back so far, once an hour: this desk may have been off."""
MOST: Final = 2000
"""Of these, the newest."""
_MOST_NEWS: Final = 1000
"""Incidents that were told of and not read yet; when more are, the list is read instead."""
_MOST_REVIEWS: Final = 2 * MOST
"""Of which is remembered what was told; a review that is forgotten here is told once more."""
_BATCH: Final = 50
"""Incidents that are read one by one before anything else has its turn."""
_WAIT_S: Final = 0.25
_LEAST_S: Final = 1.0
_OFTEN_S: Final = 30.0
_SELDOM_S: Final = 3600.0
"""Between two lists: however often more was missed; where no events come; where they do, for what has grown old.

After a still that could not be fetched, the next one is asked for after ``_OFTEN_S``, too.
"""
_YOUNG_S: Final = 600.0
"""Of an incident that is no older, the still may be on its way."""
_LATE_S: Final = 600.0
"""An incident may come to the server so late and still be news: its desk was cut off, or its clock is slow."""
_REVIEWED: Final = "incident.reviewed"
_FILE: Final = "incident.file"
_ERASED: Final = "incident.erased"
_KINDS: Final = frozenset({"incident.put", "incident.decided", _REVIEWED, _FILE, _ERASED})
_NONE: Final = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.OK})
"""It is not there, or not as this program can read it."""
_log = logging.getLogger(__name__)


class _News:
    """What was heard and not read yet: incidents in the order in which they were told of, each once. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._anything = False
        self._told: OrderedDict[IncidentId, frozenset[str]] = OrderedDict()

    @property
    def anything(self) -> bool:
        """Whether more may have changed than was told: the list is to be read."""
        return self._anything

    def set_anything(self) -> None:
        """More may have changed than was told."""
        with self._lock:
            self._anything = True

    def take_anything(self) -> bool:
        """Whether more may have changed; the list is read now."""
        with self._lock:
            taken, self._anything = self._anything, False
            return taken

    def add(self, incident_id: IncidentId, kinds: frozenset[str]) -> None:
        """Events of these kinds came about an incident."""
        with self._lock:
            self._told[incident_id] = self._told.get(incident_id, frozenset()) | kinds
            if len(self._told) > _MOST_NEWS:
                self._told.clear()
                self._anything = True

    def next(self) -> tuple[IncidentId, frozenset[str]] | None:
        """Take the first one."""
        with self._lock:
            return self._told.popitem(last=False) if self._told else None


class OtherDesks:
    """Shows what other desks do, and tells this one what is said of its own incidents.

    ``heard`` is for the listener, ``still``, ``clip`` and ``fetch_clip`` are for the window.

    Args:
        hears: the server whose events come at present, or None.
    """

    def __init__(
        self,
        place: Desktop,
        link: ServerLink,
        hears: Callable[[], Endpoint | None],
        tell: Callable[[Message], None],
        sink: EventSink,
        clock: Clock,
    ) -> None:
        self.worker = Worker("other desks", self._step, sink, clock, on_stop=self._something_came)
        self._reader = LateReader(place.database)
        self._link = link
        self._hears = hears
        self._tell = tell
        self._sink = sink
        self._clock = clock
        self._something = threading.Event()
        self._news = _News()
        self._stills = ForeignStills(sink)
        self._clips = BorrowedClips(place.borrowed, sink)
        self._begun = False
        self._reserve = Reserve(clock)
        self._key = ""  # whose incidents these are: another key may be another client's
        self._foreign: dict[IncidentId, Incident] = {}
        self._reviews: OrderedDict[IncidentId, Review] = OrderedDict()
        self._listed_mono_s: float | None = None
        self._far_mono_s: float | None = None  # when the list was last read as far back as ``REVIEWED_S``
        self._no_still_until_mono_s = 0.0
        self._heard_s = 0.0

    def heard(self, what: Heard) -> None:
        """Something has changed at the server."""
        if what == ANYTHING:
            self._news.set_anything()
            self._reserve.end()
        elif what.kind in _KINDS:
            self._news.add(IncidentId(what.subject), frozenset({what.kind}))
        else:
            return
        self._something_came()

    def still(self, incident_id: IncidentId) -> bytes | None:
        """The JPEG of another desk's incident, or None where it has not been fetched."""
        return self._stills.get(incident_id)

    def clip(self, incident_id: IncidentId) -> Path | None:
        """The clip of another desk's incident, or None where it has not been fetched."""
        return self._clips.find(incident_id)

    def fetch_clip(self, incident_id: IncidentId) -> None:
        """Fetch the clip of another desk's incident; answered by a ``ClipFetched``."""
        self._clips.ask(incident_id)
        self._something_came()

    def close(self) -> None:
        """Close the books, and let go of the clips. Called after the worker has ended."""
        self._reader.close()
        self._clips.empty()

    def _something_came(self) -> None:
        self._something.set()

    def _step(self) -> None:
        self._something.wait(_WAIT_S)
        self._something.clear()
        if not self._begun:
            self._begun = True
            self._clips.empty()
        endpoint = self._link.endpoint
        if endpoint is None or not endpoint.key:
            self._clips.refuse(Code.SERVER_STARTING)
            return
        if endpoint.key != self._key:
            self._show_nothing()
            self._key = endpoint.key
        files = ServerFiles(self._link, endpoint)
        more = self._clips.fetch(files)
        if not self._reserve.holds(endpoint):
            try:
                more |= self._learn(endpoint, files)
            except ServerError as error:
                self._failed(endpoint, error)
            else:
                self._reserve.answered()
        if more:
            self._something_came()

    def _failed(self, endpoint: Endpoint, error: ServerError) -> None:
        if may_not(error):
            self._show_nothing()
        if self._reserve.failed(endpoint, error, lasting=has_none(error)) and not self.worker.stopping.is_set():
            _log.info("nothing of other desks: %s", error)

    def _learn(self, endpoint: Endpoint, files: ServerFiles) -> bool:
        """Read what may have changed; True where more is to be done at once. Raises VigintError."""
        hears = self._hears() == endpoint  # asked first: what was missed before is noted when it becomes true
        incidents = ServerIncidents(self._link, endpoint)
        if self._is_list_due(hears=hears):
            self._read_list(incidents)
        elif hears and not self._news.anything:
            self._heard_s = self._clock.wall()
        more = self._read_news(incidents)
        return self._fetch_still(files) or more

    def _fetch_still(self, files: ServerFiles) -> bool:
        """Fetch one still; True where there may be another. What fails holds up no incident."""
        if self._clock.monotonic() < self._no_still_until_mono_s:
            return False
        try:
            return self._stills.fetch(files)
        except ServerError as error:
            self._no_still_until_mono_s = self._clock.monotonic() + _OFTEN_S
            _log.info("no stills of other desks: %s", error)
            return False

    def _is_list_due(self, *, hears: bool) -> bool:
        if self._listed_mono_s is None:
            return True
        age_s = self._clock.monotonic() - self._listed_mono_s
        return age_s >= (_LEAST_S if self._news.anything else _SELDOM_S if hears else _OFTEN_S)

    def _read_list(self, incidents: ServerIncidents) -> None:
        missed = self._news.take_anything()
        now_s, mono_s = self._clock.wall(), self._clock.monotonic()
        far = self._far_mono_s is None or mono_s - self._far_mono_s >= _SELDOM_S
        try:
            views = self._listed(incidents, now_s - (REVIEWED_S if far else DAY_S))
            own = self._reader.opened().own(list(views))
            shown = {name: v for name, v in views.items() if name in own or v.opened.timestamp() >= now_s - DAY_S}
            self._tell_reviews(shown, own)
        except VigintError:
            if missed:
                self._news.set_anything()
            raise
        foreign = {name: incident_of(view) for name, view in shown.items() if name not in own}
        first = self._listed_mono_s is None
        fresh = {
            name
            for name, incident in foreign.items()
            if not first and name not in self._foreign and self._is_fresh(incident)
        }
        for name in self._foreign.keys() - foreign.keys():
            self._reviews.pop(name, None)
        changed = foreign != self._foreign
        self._foreign, self._heard_s, self._listed_mono_s = foreign, now_s, self._clock.monotonic()
        self._far_mono_s = mono_s if far else self._far_mono_s
        if first or changed:
            self._sink.publish(ForeignIncidents(tuple(foreign.values()), frozenset(fresh)))
        self._tidy()
        young = (name for name, incident in foreign.items() if missed or incident.opened_s > now_s - _YOUNG_S)
        self._stills.ask_again(young)

    def _listed(self, incidents: ServerIncidents, since_s: float) -> Mapping[IncidentId, IncidentView]:
        """The newest ``MOST`` incidents, newest first. Raises ServerError."""
        views: dict[IncidentId, IncidentView] = {}
        cursor: str | None = ""
        while cursor is not None and len(views) <= MOST:
            if self.worker.stopping.is_set():
                raise ServerError(Code.PIPELINE_STOPPED)
            page = incidents.page(since_s, cursor)
            views.update((IncidentId(view.id), view) for view in page.incidents)
            cursor = page.next_cursor
        if len(views) > MOST:
            _log.info("over %d incidents: %d are not read, and older ones", MOST, len(views) - MOST)
        return dict(list(views.items())[:MOST])

    def _read_news(self, incidents: ServerIncidents) -> bool:
        """Read what was told of, one by one; True where more is left. Raises VigintError."""
        for _ in range(_BATCH):
            told = None if self.worker.stopping.is_set() else self._news.next()
            if told is None:
                return False
            try:
                self._read_one(incidents, *told)
            except VigintError:
                self._news.add(*told)
                raise
        return True

    def _read_one(self, incidents: ServerIncidents, incident_id: IncidentId, kinds: frozenset[str]) -> None:
        if self._reader.opened().own([incident_id]):
            view = _read(incidents, incident_id) if _REVIEWED in kinds else None  # all else this desk has said itself
            if view is not None:
                self._tell_reviews({incident_id: view}, frozenset({incident_id}))
            return
        if _FILE in kinds:
            self._stills.outdate(incident_id)
            self._clips.outdate(incident_id)
        if kinds <= ({_FILE} if incident_id in self._foreign else {_ERASED}):
            return
        view = _read(incidents, incident_id)
        if view is None:
            self._gone(incident_id)
        else:
            self._take_in(incident_id, view)

    def _take_in(self, incident_id: IncidentId, view: IncidentView) -> None:
        """Show an incident of another desk as it is now."""
        incident, known = incident_of(view), self._foreign.get(incident_id)
        if known is None and incident.opened_s < self._clock.wall() - DAY_S:
            return
        self._tell_reviews({incident_id: view}, frozenset())
        if incident == known:
            return
        self._foreign[incident_id] = incident
        rings = known is not None or self._is_fresh(incident)
        self._sink.publish(incident if rings else ForeignIncidents(tuple(self._foreign.values())))
        if len(self._foreign) > MOST:
            self._gone(min(self._foreign, key=lambda each: self._foreign[each].opened_s))
        self._tidy()

    def _is_fresh(self, incident: Incident) -> bool:
        """Whether it was opened since this desk heard the last time, or little before: older ones ring for nobody."""
        return incident.opened_s > self._heard_s - _LATE_S

    def _tell_reviews(self, views: Mapping[IncidentId, IncidentView], own: frozenset[IncidentId]) -> None:
        """Tell what people say, where that is not what was told before. Raises VigintError."""
        said = {name: review_of(view.review) for name, view in views.items()}
        changed = {name: review for name, review in said.items() if review != self._reviews.get(name)}
        if not changed:
            return
        booked = self._reader.opened().reviews(list(changed))
        for name, review in changed.items():
            before, self._reviews[name] = self._reviews.get(name, Review()), review
            told = booked.get(name)
            if told is None and review == before:
                continue  # nobody has said anything
            if name not in own and (told is None or told.standing is not ReviewStanding.WAITING):
                self._sink.publish(ReviewTold(name, review))
            elif told != ReviewTold(name, review):  # the desk keeps it, and lays over it what is said here
                self._tell(ReviewHeard(name, review))
        while len(self._reviews) > _MOST_REVIEWS:
            self._reviews.popitem(last=False)

    def _gone(self, incident_id: IncidentId) -> None:
        if self._foreign.pop(incident_id, None) is not None:
            self._reviews.pop(incident_id, None)
            self._sink.publish(IncidentGone(incident_id))
            self._tidy()

    def _show_nothing(self) -> None:
        """Forget everything: these are not the incidents that this desk may see."""
        if self._foreign:
            self._foreign = {}
            self._sink.publish(ForeignIncidents(()))
        self._reviews.clear()
        self._listed_mono_s = self._far_mono_s = None
        self._tidy()

    def _tidy(self) -> None:
        newest_first = sorted(self._foreign, key=lambda each: -self._foreign[each].opened_s)
        self._stills.want(newest_first)
        self._clips.keep_only(self._foreign.keys())


def _read(incidents: ServerIncidents, incident_id: IncidentId) -> IncidentView | None:
    """An incident; None where there is none, or none that can be read. Raises ServerError."""
    try:
        return incidents.one(incident_id)
    except ServerError as error:
        if error.ours and error.status in _NONE:
            return None
        raise
