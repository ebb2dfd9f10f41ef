"""Every table, so that whoever needs them all (migrations) has them with one import."""

from server.db.tables.alerts import AlertItemRow, AlertRow, AlertState, RecipientRow
from server.db.tables.analyses import AnalysisRow, CallRow
from server.db.tables.base import Base
from server.db.tables.clients import ClientRow, FailedSignInRow, KeyRow
from server.db.tables.events import EventKind, EventRow
from server.db.tables.files import FileKind, FileRow, FileState
from server.db.tables.incidents import IncidentRow, IncidentWindowRow
from server.db.tables.leases import LeaseRow
from server.db.tables.limits import KeyLookRow, KeyTallyRow
from server.db.tables.links import LinkRight, LinkRow
from server.db.tables.money import AccountRow, HoldRow
from server.db.tables.paces import PaceRow, ServedRow, TicketRow
from server.db.tables.retention import RetentionRunRow
from server.db.tables.sites import CameraSiteRow, SiteRow

__all__ = [
    "AccountRow",
    "AlertItemRow",
    "AlertRow",
    "AlertState",
    "AnalysisRow",
    "Base",
    "CallRow",
    "CameraSiteRow",
    "ClientRow",
    "EventKind",
    "EventRow",
    "FailedSignInRow",
    "FileKind",
    "FileRow",
    "FileState",
    "HoldRow",
    "IncidentRow",
    "IncidentWindowRow",
    "KeyLookRow",
    "KeyRow",
    "KeyTallyRow",
    "LeaseRow",
    "LinkRight",
    "LinkRow",
    "PaceRow",
    "RecipientRow",
    "RetentionRunRow",
    "ServedRow",
    "SiteRow",
    "TicketRow",
]
