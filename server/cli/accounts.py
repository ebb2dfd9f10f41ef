"""``clients`` and ``keys``: the owner of the server at its own database."""

import argparse
import json
from dataclasses import asdict
from datetime import UTC, datetime

from server.services.clients import Clients


def clients_command(arguments: argparse.Namespace, clients: Clients) -> int:
    """``clients add NAME``, ``clients list``. Raises TakenError."""
    if arguments.action == "add":
        client = clients.add(arguments.name)
        _tell(
            arguments.json,
            asdict(client),
            f"Client {client.name} added. Make a key: vigint-server keys add {client.name!r}",
        )
        return 0
    found = clients.all()
    lines = [f"{client.id}  {_day(client.created_s)}  {client.name}" for client in found]
    _tell(arguments.json, [asdict(client) for client in found], "\n".join(lines) or "No client yet.")
    return 0


def keys_command(arguments: argparse.Namespace, clients: Clients) -> int:
    """``keys add CLIENT``, ``keys list``, ``keys revoke ID``. Raises UnknownError."""
    if arguments.action == "add":
        key = clients.add_key(arguments.client)
        words = f"{key.text}\nThis key is shown this once. Enter it in the desktop's settings."
        _tell(arguments.json, {"key": key.text, "id": key.id}, words)
        return 0
    if arguments.action == "revoke":
        clients.revoke(arguments.key_id)
        print(f"Key {arguments.key_id} is revoked.")
        return 0
    names = {client.id: client.name for client in clients.all()}
    found = clients.all_keys()
    lines = [
        f"{key.id}  {_day(key.created_s)}  {'revoked' if key.revoked_s else 'good':7}  {names[key.client_id]}"
        for key in found
    ]
    _tell(arguments.json, [asdict(key) for key in found], "\n".join(lines) or "No key yet.")
    return 0


def _tell(as_json: bool, value: object, words: str) -> None:
    print(json.dumps(value, ensure_ascii=False) if as_json else words)


def _day(unix_s: float) -> str:
    return datetime.fromtimestamp(unix_s, UTC).strftime("%Y-%m-%d")
