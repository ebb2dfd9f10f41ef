"""Bringing the tables up to date. Alembic costs a quarter of a second, so it is loaded only where there is work."""

from pathlib import Path
from typing import Final

from sqlalchemy import inspect

from server.db.database import Database
from vigint_core.domain.fault import Code, VigintError

HEAD: Final = "0011"
"""Revision that this program works with; a test compares it with the migrations."""

_TURN: Final = 0x5649_4749_4E54  # whoever migrates a PostgreSQL database holds the lock of this number


def migrate(database: Database) -> bool:
    """Bring the tables to ``HEAD``; True when something was done. Raises VigintError(SERVER_STORAGE)."""
    found = revision(database)
    if found == HEAD:
        return False
    if found > HEAD:
        raise VigintError(Code.SERVER_STORAGE, f"the database is of a newer VigInt (revision {found})")
    from alembic import command  # noqa: PLC0415 - see above
    from alembic.config import Config  # noqa: PLC0415 - see above

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with database.connection() as connection:
        if database.kind == "postgresql":  # two servers may be started at once; the second finds it done
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_TURN})")
        config.attributes["connection"] = connection
        command.upgrade(config, HEAD)
    return True


def revision(database: Database) -> str:
    """The revision of the tables, "" where there are none yet."""
    with database.reading() as session:
        if not inspect(session.connection()).has_table("alembic_version"):
            return ""
    return database.check()
