"""``clients``: the owner of the server at its own database."""

import argparse
import json
from dataclasses import asdict
from datetime import UTC, datetime

from server.services.clients import Clients


def clients_command(arguments: argparse.Namespace, clients: Clients) -> int:
    """``clients add NAME``, ``clients set NAME``, ``clients list``. Raises TakenError, UnknownError."""
    if arguments.action == "add":
        client = clients.add(arguments.name, arguments.time_zone)
        tell(
            arguments.json,
            asdict(client),
            f"Client {client.name} added. Make a key: vigint-server keys add {client.name!r}",
        )
        return 0
    if arguments.action == "set":
        client = clients.set_time_zone(arguments.name, arguments.time_zone)
        tell(arguments.json, asdict(client), f"Client {client.name}: days and months are those of {client.time_zone}.")
        return 0
    found = clients.all()
    width = max((len(client.time_zone) for client in found), default=0)
    lines = [f"{client.id}  {day(client.created_s)}  {client.time_zone:{width}}  {client.name}" for client in found]
    tell(arguments.json, [asdict(client) for client in found], "\n".join(lines) or "No client yet.")
    return 0


def tell(as_json: bool, value: object, words: str) -> None:
    """Print an answer: for programs or for people."""
    print(json.dumps(value, ensure_ascii=False) if as_json else words)


def day(unix_s: float) -> str:
    """The day of a Unix time, UTC."""
    return datetime.fromtimestamp(unix_s, UTC).strftime("%Y-%m-%d")
