"""The list of one tenant's incidents among five million rows, on PostgreSQL, over HTTP, one request after the other."""

from contextlib import closing
from typing import Any, Final

from sqlalchemy import text

from bench.lookups import incident
from bench.serving import books, callers, server
from server.db.database import Database
from tests.fakes.postgres import fresh_database

_TENANTS: Final = 1000
_PATHS: Final = ("/v1/incidents?limit=50", "/v1/incidents?limit=50&state=vetoed&severity=critical")
"""A page, and one whose filter lets nothing through: it reads all that the tenant has."""
_FILL: Final = """
INSERT INTO incidents (client_id, id, camera_id, state, severity, opened_s, updated_s, body)
SELECT CASE WHEN n % :tenants = 0 THEN :mine ELSE 'tenant-' || n % :tenants END, 'i' || n, 'till-2', 'confirmed',
       'high', 1790000000 + n * 0.37, 0, CAST(:body AS json)
FROM generate_series(1, :rows) AS n
"""
_CLIENTS: Final = """
INSERT INTO clients (id, name, created_s)
SELECT 'tenant-' || n, 'Tenant ' || n, 0 FROM generate_series(0, :tenants) AS n
"""


def measure(rows: int = 5_000_000, seconds: float = 10.0) -> dict[str, Any]:
    """Milliseconds of a page."""
    with books(fresh_database()) as kept:
        with closing(Database(kept.database)) as database:
            _fill(database, kept.client_id, rows)
        with server(kept) as ours:
            took_s = {
                path: callers(kept.key, "requests", f"{ours.port}", path, "1", f"{seconds}")["took_s"]
                for path in _PATHS
            }
    return {"rows": rows, "mine": rows // _TENANTS, "ms": {path: _figures(took) for path, took in took_s.items()}}


def _fill(database: Database, client_id: str, rows: int) -> None:
    with database.connection() as connection:
        connection.execute(text(_CLIENTS), {"tenants": _TENANTS})
        body = incident(0).model_dump_json()
        told = {"tenants": _TENANTS, "mine": client_id, "body": body, "rows": rows}
        connection.execute(text("SET LOCAL session_replication_role = replica"))  # to check no row's client again
        connection.execute(text(_FILL), told)
        connection.execute(text("ANALYZE incidents"))


def _figures(took_s: list[float]) -> dict[str, float]:
    def at(share: float) -> float:
        return took_s[min(len(took_s) - 1, int(share * len(took_s)))] * 1000

    return {"p50": at(0.5), "p99": at(0.99), "max": took_s[-1] * 1000}


def render(found: dict[str, Any]) -> str:
    """As people read it."""
    lines = [f"The list of a tenant with {found['mine']} incidents among {found['rows']} (PostgreSQL), ms a page:"]
    lines += [
        f"  {path:60} p50 {ms['p50']:5.1f}   p99 {ms['p99']:5.1f}   max {ms['max']:5.1f}"
        for path, ms in found["ms"].items()
    ]
    return "\n".join(lines)
