"""The ledger of calls to models: written here, summed by ``server/db/tenant.py``."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.db.tables import CallRow
from vigint_core.domain.verdict import Call

CALL_FIELDS: Final = tuple(field.name for field in fields(Call))
"""Every fact about a call has a column of the same name."""


@dataclass(frozen=True, slots=True)
class WindowEntry:
    """What the books hold about a window before anybody looked. Times are Unix seconds."""

    window_id: str
    fingerprint: str
    camera_id: str
    camera_name: str
    start_s: float
    end_s: float


def add_calls(
    session: Session, client_id: str | None, window: WindowEntry | None, calls: Iterable[Call], now_s: float
) -> None:
    """Write calls to a model into the ledger; ``client_id`` and ``window`` None for the server's own probes."""
    session.add_all(
        CallRow(
            client_id=client_id,
            window_id=window.window_id if window else None,
            camera_id=window.camera_id if window else None,
            at_s=now_s,
            **{field: getattr(call, field) for field in CALL_FIELDS},
        )
        for call in calls
    )


def count_calls(session: Session, model: str, since_s: float) -> int:
    """How many calls of a model were booked since a Unix time, whoever made them."""
    wanted = select(func.count()).select_from(CallRow).where(CallRow.model == model, CallRow.at_s > since_s)
    return session.scalar(wanted) or 0
