"""Every table, so that whoever needs them all (migrations) has them with one import."""

from server.db.tables.analyses import AnalysisRow, CallRow
from server.db.tables.base import Base
from server.db.tables.clients import ClientRow, FailedSignInRow, KeyRow
from server.db.tables.incidents import IncidentRow
from server.db.tables.money import AccountRow, HoldRow
from server.db.tables.paces import PaceRow, ServedRow, TicketRow

__all__ = [
    "AccountRow",
    "AnalysisRow",
    "Base",
    "CallRow",
    "ClientRow",
    "FailedSignInRow",
    "HoldRow",
    "IncidentRow",
    "KeyRow",
    "PaceRow",
    "ServedRow",
    "TicketRow",
]
