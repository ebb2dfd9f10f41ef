"""What the owner asks and is answered, the same on the database and over HTTP. Times are Unix seconds.

A field that is not set leaves what it names as it is, where something is changed.
"""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from vigint_core.domain.alert import Channel
from vigint_core.domain.incident import IncidentState
from vigint_core.domain.scope import Scope
from vigint_core.domain.verdict import Severity
from vigint_core.wire import IncidentView, Language, Month, UsageBy

MOST_UPLOAD: int = 64 * 1024 * 1024
"""Bytes of the largest body that any server takes; a key that may send less in an hour could not send one."""
Name = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^\S(.*\S)?$")]
Id = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]
Text = Annotated[str, Field(min_length=1, max_length=500)]
Count = Annotated[int, Field(ge=0, le=10**15)]


class Asked(BaseModel):
    """What is asked; a field that is not known is refused, so that nothing is silently dropped."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    def set_fields(self, *names: str) -> dict[str, Any]:
        """Those of the named fields that were given, with their values."""
        return {name: getattr(self, name) for name in names if name in self.model_fields_set}


class Answer(BaseModel):
    """What is answered; a field of a newer server is left aside."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Nothing(Asked):
    """Nothing needs to be said."""


class Done(Answer):
    """It is done."""

    done: Literal[True] = True


class OfClient(Asked):
    """Something of the client of this name."""

    client: Name


class ClientAsked(Asked):
    """A new client, or what is to be changed of one."""

    name: Name
    time_zone: Annotated[str, Field(max_length=64)] | None = None
    language: Language | None = None


class ClientNamed(Asked):
    """The client of this name."""

    name: Name


class ClientKept(ClientNamed):
    """For how many days a client's incidents are kept, in place of what was said before; None changes nothing.

    Names are ``days`` (of any severity), severities and ``vetoed``; without any, the server's rule holds.
    """

    own: dict[str, Annotated[float, Field(gt=0, le=3650)]] | None = None


class KeptView(Answer):
    """For how many days incidents are kept: ``days`` by severity, and of those that were vetoed at most ``vetoed``."""

    days: dict[str, float]
    vetoed: float | None


class RemovedView(Answer):
    """How many of what was erased for good."""

    incidents: int
    windows: int
    files: int
    bytes: int
    rows: int


class ClientView(Answer):
    """Somebody the server works for. ``time_zone`` is an IANA name; ``language`` that of what people are sent."""

    id: str
    name: str
    created_s: float
    time_zone: str
    language: str


class ClientList(Answer):
    """Every client, by name."""

    clients: list[ClientView]


class LimitsBody(Asked):
    """A key's own limits: None for the server's; 0 requests, bytes or looks for none. Money: millionths of a USD."""

    requests_minute: Count | None = None
    bytes_hour: Count | None = None
    looks: Count | None = None
    spend_day: Count | None = None
    spend_month: Count | None = None

    @model_validator(mode="after")
    def _room_for_one(self) -> Self:
        if self.bytes_hour and self.bytes_hour < MOST_UPLOAD:
            raise ValueError(f"bytes_hour must leave room for one upload: at least {MOST_UPLOAD}, or 0 for no limit")
        return self


class KeyAsked(OfClient):
    """A new key. Without ``scopes`` it allows all that a desk needs; it ends at ``expires_s`` or after ``days``."""

    scopes: list[Scope] | None = None
    expires_s: float | None = None
    days: Annotated[int, Field(ge=1, le=3650)] | None = None


class KeyNamed(Asked):
    """One key."""

    key_id: Id


class KeyRotated(KeyNamed):
    """A new secret for a key; the one before is good for ``overlap_h`` hours more."""

    overlap_h: Annotated[float, Field(ge=0, le=720)] = 24.0


class KeyLimited(KeyNamed):
    """Other limits for a key; those that are not set stay."""

    limits: LimitsBody = LimitsBody()


class KeysWanted(Asked):
    """Keys of one client, or of all."""

    client: Name | None = None


class KeyView(Answer):
    """What may be known about a key; ``old_until_s`` is until when the secret before its rotation is good too."""

    id: str
    client_id: str
    client_name: str
    state: Literal["good", "revoked", "expired"]
    scopes: list[str]
    created_s: float
    last_used_s: float | None
    expires_s: float | None
    old_until_s: float | None
    revoked_s: float | None
    limits: LimitsBody


class KeyMade(KeyView):
    """A key with its secret, which is seen this once."""

    key: str = Field(repr=False)


class KeyList(Answer):
    """Keys, the oldest first; ``defaults`` are the limits of one that has none of its own."""

    keys: list[KeyView]
    defaults: LimitsBody


class SiteAsked(OfClient):
    """A site by its name."""

    site: Name


class SiteRenamed(SiteAsked):
    """Another name for a site."""

    name: Name


class CameraPlaced(OfClient):
    """At which site a camera is; None for none."""

    camera_id: Id
    site: Name | None


class CameraNamed(OfClient):
    """One camera of a client."""

    camera_id: Id


class SiteView(Answer):
    """A place of a client, and how many cameras are there."""

    id: str
    name: str
    cameras: int


class SiteList(Answer):
    """Sites of a client, by name."""

    sites: list[SiteView]


class CameraView(Answer):
    """A camera as its desk called it last; ``last_seen_s``: its last window or incident, None for never."""

    id: str
    name: str
    last_seen_s: float | None
    site_id: str | None
    site_name: str | None


class CameraList(Answer):
    """Cameras of a client, by their ids."""

    cameras: list[CameraView]


class UsageWanted(OfClient):
    """The usage of a month of the client's time zone; of the current one unless given."""

    month: Month | None = None
    by: UsageBy = "day"


Minute = Annotated[int, Field(ge=0, le=1440)]
HoursOfWeek = Annotated[list[list[tuple[Minute, Minute]]], Field(min_length=7, max_length=7)]
"""Minutes after midnight of seven days, Monday first; an end before its start means the next day."""


class RecipientAsked(OfClient):
    """Somebody who is to be told of incidents, and of which."""

    channel: Channel = Channel.MAIL
    address: Text
    language: Language | None = None
    least: Severity = Severity.LOW
    states: list[IncidentState] | None = None
    hours: HoursOfWeek | None = None
    always: Severity | None = Severity.CRITICAL


class RecipientNamed(OfClient):
    """One of a client's own recipients."""

    recipient_id: Id


class RecipientChanged(RecipientNamed):
    """What is to be changed of a recipient; what is not set stays."""

    address: Text = ""
    language: Language = "en"
    paused: bool = False
    least: Severity = Severity.LOW
    states: list[IncidentState] = []
    hours: HoursOfWeek | None = None
    always: Severity | None = None


class RecipientView(Answer):
    """Who is told, of what and when. Outside ``hours`` what is below ``always`` is held back."""

    id: str
    channel: Channel
    address: str
    language: str
    paused: bool
    least: Severity
    states: list[IncidentState]
    hours: HoursOfWeek | None
    always: Severity | None


class RecipientMade(RecipientView):
    """A recipient with what its webhooks are signed with, which is seen this once; None for mail."""

    secret: str | None = Field(repr=False)


class RecipientList(Answer):
    """Who is told of a client's incidents: its own recipients, or those of ``EMAIL_TO``."""

    recipients: list[RecipientView]


class IncidentsWanted(OfClient):
    """The latest incidents."""

    limit: Annotated[int, Field(ge=1, le=500)] = 50
    camera_id: Id | None = None
    states: list[IncidentState] = []


class IncidentNamed(OfClient):
    """One incident."""

    incident_id: Id


class IncidentErased(IncidentNamed):
    """An incident that is to be erased; a locked one only where that is said."""

    locked: bool = False


class IncidentLocked(IncidentNamed):
    """Whether an incident stays, however old it becomes."""

    locked: bool


class AdminIncidents(Answer):
    """Incidents, the newest first."""

    incidents: list[IncidentView]


class LinkNamed(IncidentNamed):
    """One link to an incident."""

    link_id: Id


class LinkView(Answer):
    """A link to an incident: what it allows, and how often it was opened. Its address is seen only when it is made."""

    id: str
    rights: str
    created_s: float
    expires_s: float
    revoked_s: float | None
    opened: int
    made_by: str


class LinkList(Answer):
    """Links to an incident, the newest first."""

    links: list[LinkView]


JobState = Literal["waiting", "running", "done", "failed", "cancelled"]


class JobsWanted(Asked):
    """Durable work, of some states; of all that is not done unless given."""

    states: list[JobState] = ["waiting", "running", "failed", "cancelled"]
    limit: Annotated[int, Field(ge=1, le=1000)] = 100


class JobNamed(Asked):
    """One piece of durable work."""

    job_id: Annotated[str, Field(min_length=1, max_length=300)]


class JobView(Answer):
    """A piece of durable work: when it began, when it last went on, how often it was taken over, what it failed of."""

    id: str
    name: str
    state: JobState
    created_s: float
    updated_s: float
    attempts: int
    error: str


class JobList(Answer):
    """Durable work, the oldest first."""

    jobs: list[JobView]
