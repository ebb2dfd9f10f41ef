"""Look-ups of a desk against a bare FastAPI route on the same uvicorn: one process each, in turns, best of its rounds.

The books are SQLite, as beside a shop's desk, and then PostgreSQL; the list has a page of twenty incidents. On shared
cores the callers, the server and the database fight for the same two, and the ratio is what can be compared.
"""

from datetime import UTC, datetime
from typing import Any, Final

from bench.serving import Serving, bare, books, callers, server
from server.db.database import Database
from server.db.tenant import Tenant
from server.services.incidents import fold
from tests.fakes.postgres import fresh_database
from vigint_core.wire import IncidentBody

_PATHS: Final = ("/v1/me", "/v1/incidents?limit=20")
_BARE: Final = "/bare"
_CONNECTIONS: Final = 16
_INCIDENTS: Final = 200


def measure(seconds: float = 5.0, rounds: int = 3) -> dict[str, Any]:
    """Of each kind of database what ``_measure`` finds."""
    return {"SQLite": _measure("", seconds, rounds), "PostgreSQL": _measure(fresh_database(), seconds, rounds)}


def _measure(url: str, seconds: float, rounds: int) -> dict[str, Any]:
    """Requests a second of each path, and its share of the bare route's."""
    found: dict[str, list[float]] = {path: [] for path in (_BARE, *_PATHS)}
    with books(url) as kept, server(kept) as ours, bare() as theirs:
        database = Database(kept.database)
        tenant = Tenant(database, kept.client_id)
        for number in range(_INCIDENTS):
            tenant.incidents.put(f"i{number}", incident(number), fold, 0.0)
        database.close()

        def asked(of: Serving, path: str) -> float:
            return float(callers(kept.key, "requests", f"{of.port}", path, f"{_CONNECTIONS}", f"{seconds}")["per_s"])

        for _ in range(rounds):
            for path, rows in found.items():
                rows.append(asked(theirs if path == _BARE else ours, path))
    best = {path: max(rows) for path, rows in found.items()}
    return {"per_s": best, "share": {path: best[path] / best[_BARE] for path in _PATHS}}


def incident(number: int) -> IncidentBody:
    """One of many."""
    at = datetime.fromtimestamp(1_790_000_000 + number, UTC)
    return IncidentBody.model_validate(
        {
            "camera_id": "till-2", "camera_name": "Till 2", "type": "concealment", "severity": "high",
            "state": "confirmed", "source": "ai", "confidence": 0.9, "summary": "A person puts a bottle into a bag.",
            "observations": [{"at_s": at.timestamp(), "text": "A hand takes a bottle."}] * 2, "start": at, "end": at,
            "act": at, "opened": at, "window_ids": [f"w{number}"],
        }
    )  # fmt: skip


def render(found: dict[str, Any]) -> str:
    """As people read it."""
    lines = []
    for kind, of_it in found.items():
        lines.append(f"Look-ups on {kind}, one process, {_CONNECTIONS} connections: requests a second")
        lines += [
            f"  {path:24} {per_s:7.0f}" + (f"   {of_it['share'][path]:4.0%} of the bare route" if path != _BARE else "")
            for path, per_s in of_it["per_s"].items()
        ]
    return "\n".join(lines)
