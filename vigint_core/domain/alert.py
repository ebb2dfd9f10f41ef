"""Who is told of incidents, by what way, and what was told. What to tell when is ``policy/alerting.py``."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from vigint_core.domain.incident import IncidentState
from vigint_core.domain.schedule import Week
from vigint_core.domain.verdict import Severity

TOLD_STATES: Final = frozenset({IncidentState.CONFIRMED, IncidentState.UNCONFIRMED})
"""States that can be told as something that happens; a veto is told only of what was told before."""


class Channel(StrEnum):
    """How somebody is told."""

    MAIL = "mail"
    WEBHOOK = "webhook"


class News(StrEnum):
    """What is new about an incident for somebody.

    FIRST: it was not told yet, or what was told was withdrawn. GRAVER: its severity rose above what was told. JUDGED:
    it was told as unconfirmed and is confirmed now. WITHDRAWN: it was told and is vetoed now.
    """

    FIRST = "first"
    GRAVER = "graver"
    JUDGED = "judged"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What somebody wants to be told, and when.

    Attributes:
        least: incidents below it are not told.
        states: which of ``TOLD_STATES`` are told.
        hours: outside these, in the client's time zone, news is held until they begin; None for at any time.
        always: from this severity on the hours are no matter; None for never.
    """

    least: Severity = Severity.LOW
    states: frozenset[IncidentState] = TOLD_STATES
    hours: Week | None = None
    always: Severity | None = Severity.CRITICAL


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who is told.

    Attributes:
        address: one of mail, or a URL.
        language: ``"en"`` or ``"fr"``.
        paused: nothing is told while it is; what is not told meanwhile is told afterwards only if it changes again.
        salt: of a webhook's secret; "" for mail.
    """

    id: str
    channel: Channel
    address: str
    language: str
    wishes: Wishes = Wishes()
    paused: bool = False
    salt: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """What an incident is now, as far as it matters for who is told."""

    incident_id: str
    camera_id: str
    state: IncidentState
    severity: Severity


@dataclass(frozen=True, slots=True)
class Told:
    """One incident within one delivery to one recipient.

    Attributes:
        fact: as it was told.
        at_s: Unix time at which the delivery was put into words.
        delivery_id: what it went with; several incidents may share one.
    """

    fact: Fact
    news: News
    at_s: float
    delivery_id: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A delivery that is put down and not yet put into words.

    Attributes:
        about: the camera whose incidents it tells; "" for a digest, which tells those of any.
        due_s: Unix time.
        incident_ids: what it is to tell, if that is still news by then.
        failed: incidents that it was tried to tell, and as how grave.
    """

    id: str
    about: str
    due_s: float
    incident_ids: frozenset[str]
    failed: frozenset[tuple[str, Severity]] = frozenset()
