"""The books: tables, connections, migrations, and the one place where a client's rows are found."""
