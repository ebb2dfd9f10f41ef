"""Migrations of the books; Alembic runs them as files."""
