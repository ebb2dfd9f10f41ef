"""The desk's SQLite file: schema, migrations, queries."""
