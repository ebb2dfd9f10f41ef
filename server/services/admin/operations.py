"""Everything that the owner can do, each with its name and its bodies. What does it is an ``Admin``."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Generic, Protocol, TypeVar

from pydantic import BaseModel

from server.services.admin import bodies as b
from vigint_core.wire import IncidentView, WireUsage

A = TypeVar("A", bound=b.Asked)
R = TypeVar("R", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Operation(Generic[A, R]):
    """One thing that can be done. ``name`` is the end of its address, too."""

    name: str
    asked: type[A]
    answer: type[R]


class Admin(Protocol):
    """Does what the owner asks for: at the database, or by asking a running server."""

    def do(self, operation: Operation[A, R], asked: A) -> R:
        """Do it. Raises SaidNoError with the reason in words, and VigintError."""


class SaidNoError(Exception):
    """It can't be done as things stand; the text says why in words.

    Attributes:
        kind: what is wrong: something is ``unknown``, in the way (``conflict``), or no such thing is possible
            (``invalid``).
    """

    def __init__(self, words: str, kind: str) -> None:
        super().__init__(words)
        self.kind = kind


CLIENTS_ADD: Final = Operation("clients/add", b.ClientAsked, b.ClientView)
CLIENTS_SET: Final = Operation("clients/set", b.ClientAsked, b.ClientView)
CLIENTS_LIST: Final = Operation("clients/list", b.Nothing, b.ClientList)
CLIENTS_KEEP: Final = Operation("clients/keep", b.ClientKept, b.KeptView)
CLIENTS_ERASE: Final = Operation("clients/erase", b.ClientNamed, b.RemovedView)
KEYS_ADD: Final = Operation("keys/add", b.KeyAsked, b.KeyMade)
KEYS_LIST: Final = Operation("keys/list", b.KeysWanted, b.KeyList)
KEYS_ROTATE: Final = Operation("keys/rotate", b.KeyRotated, b.KeyMade)
KEYS_REVOKE: Final = Operation("keys/revoke", b.KeyNamed, b.KeyView)
KEYS_LIMITS: Final = Operation("keys/limits", b.KeyLimited, b.KeyView)
SITES_ADD: Final = Operation("sites/add", b.SiteAsked, b.SiteView)
SITES_LIST: Final = Operation("sites/list", b.OfClient, b.SiteList)
SITES_RENAME: Final = Operation("sites/rename", b.SiteRenamed, b.SiteView)
SITES_REMOVE: Final = Operation("sites/remove", b.SiteAsked, b.Done)
SITES_CAMERAS: Final = Operation("sites/cameras", b.OfClient, b.CameraList)
SITES_ASSIGN: Final = Operation("sites/assign", b.CameraPlaced, b.CameraView)
SITES_ERASE_CAMERA: Final = Operation("sites/erase-camera", b.CameraNamed, b.RemovedView)
RECIPIENTS_ADD: Final = Operation("recipients/add", b.RecipientAsked, b.RecipientMade)
RECIPIENTS_LIST: Final = Operation("recipients/list", b.OfClient, b.RecipientList)
RECIPIENTS_SET: Final = Operation("recipients/set", b.RecipientChanged, b.RecipientView)
RECIPIENTS_SECRET: Final = Operation("recipients/secret", b.RecipientNamed, b.RecipientMade)
RECIPIENTS_REMOVE: Final = Operation("recipients/remove", b.RecipientNamed, b.Done)
USAGE: Final = Operation("usage", b.UsageWanted, WireUsage)
INCIDENTS_LIST: Final = Operation("incidents/list", b.IncidentsWanted, b.AdminIncidents)
INCIDENTS_SHOW: Final = Operation("incidents/show", b.IncidentNamed, IncidentView)
INCIDENTS_LOCK: Final = Operation("incidents/lock", b.IncidentLocked, IncidentView)
INCIDENTS_ERASE: Final = Operation("incidents/erase", b.IncidentErased, b.RemovedView)
INCIDENTS_LINKS: Final = Operation("incidents/links", b.IncidentNamed, b.LinkList)
INCIDENTS_REVOKE_LINK: Final = Operation("incidents/revoke-link", b.LinkNamed, b.Done)
JOBS_LIST: Final = Operation("jobs/list", b.JobsWanted, b.JobList)
JOBS_RETRY: Final = Operation("jobs/retry", b.JobNamed, b.JobView)
JOBS_CANCEL: Final = Operation("jobs/cancel", b.JobNamed, b.JobView)

OPERATIONS: Final[Mapping[str, Operation[Any, Any]]] = {
    each.name: each for each in list(globals().values()) if isinstance(each, Operation)
}
"""All of them, by their names."""
