"""A client that has something of everything: a row in each table that carries clients, and bytes in the storage."""

from typing import Any

import obstore
from sqlalchemy import JSON, Boolean, Column, Integer, String, insert, select

from server.db.tables import Base, FileKind
from server.db.tenant import Tenant
from server.services.parts import Parts
from tests.fakes.links import add_incident, still
from tests.fakes.mp4 import mp4

CLIP = mp4(frames=4)
STILL = still(CLIP)


def give_everything(parts: Parts, client_id: str, camera_id: str, name: str, at_s: float) -> None:
    """Rows whose ids begin with ``name``: an incident ``{name}-incident`` with clip and still, a window, all else."""
    add_incident(parts.database, client_id, f"{name}-incident", camera_id=camera_id)
    with parts.database.writing() as session:
        for table in Base.metadata.sorted_tables:
            if "client_id" in table.c and table.name not in {"incidents", "files"}:
                values = {column.name: _value(column, client_id, camera_id, name, at_s) for column in table.c}
                session.execute(insert(table).values(values))
    tenant = Tenant(parts.database, client_id)
    for kind, subject, content in (
        (FileKind.ALERT, "incident", CLIP),
        (FileKind.STILL, "incident", STILL),
        (FileKind.WINDOW, "window", CLIP),
        (FileKind.CONTEXT, "window", CLIP),
    ):
        parts.files.store(tenant, kind, f"{name}-{subject}", [content])


def mentions(parts: Parts, word: str) -> dict[str, int]:
    """In which tables a word stands, in any column, and in how many rows."""
    found: dict[str, int] = {}
    with parts.database.reading() as session:
        for table in Base.metadata.sorted_tables:
            rows = [row for row in session.execute(select(table)) if word in repr(tuple(row))]
            if rows:
                found[table.name] = len(rows)
    return found


def objects(parts: Parts) -> list[str]:
    """Paths of everything in the storage."""
    return sorted(each["path"] for batch in obstore.list(parts.store._store) for each in batch)


def _value(column: Column[Any], client_id: str, camera_id: str, name: str, at_s: float) -> Any:
    """Something of the column's type that names what a column of its name does."""
    named = {
        "client_id": client_id, "camera_id": camera_id, "about": camera_id, "state": "sent", "stage": "", "error": None,
    }  # fmt: skip
    if column.name in named:
        return named[column.name]
    if isinstance(column.type, String):
        return f"{name}-{column.name.removesuffix('_id')}"[: column.type.length or 20]
    other: dict[type, Any] = {Boolean: False, JSON: {}, Integer: 10_000 + sum(name.encode())}
    return next((value for kind, value in other.items() if isinstance(column.type, kind)), at_s)
