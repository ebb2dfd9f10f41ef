"""What the owner of a server can do: one list of operations, done on the database or asked of a running server."""
