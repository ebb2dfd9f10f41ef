"""Where the rows of a client may be touched."""

from pathlib import Path


def test_only_the_tenant_and_its_books_touch_a_clients_rows() -> None:
    """The tables that hold what a client owns are named in one place beside their own: the tenant and its books."""
    server = Path(__file__).parents[4] / "server"
    users = {
        file.relative_to(server).as_posix()
        for file in server.rglob("*.py")
        if any(row in file.read_text("utf-8") for row in ("AnalysisRow", "IncidentRow", "CallRow"))
    }
    assert {user for user in users if not user.startswith(("db/tables/", "db/books/"))} == {"db/tenant.py"}
