"""The server: judges windows for its clients and keeps the books."""
