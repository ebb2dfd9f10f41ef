"""``keys``: add, list, rotate and revoke the keys of clients, at the server's own database."""

import argparse
from datetime import UTC, datetime
from typing import Final

from server.cli.accounts import day, tell
from server.services.clients import DESK, Clients, KeyInfo
from vigint_core.ports import Clock

_DAY_S: Final = 86_400.0
_ONCE: Final = "This key is shown this once. Enter it in the desktop's settings."


def keys_command(arguments: argparse.Namespace, clients: Clients, clock: Clock) -> int:
    """``keys add CLIENT``, ``list``, ``rotate ID``, ``revoke ID``. Raises UnknownError and StateError."""
    match arguments.action:
        case "add":
            _add(arguments, clients, clock)
        case "rotate":
            _rotate(arguments, clients)
        case "revoke":
            clients.revoke(arguments.key_id)
            tell(arguments.json, told(_one(clients, arguments.key_id)), f"Key {arguments.key_id} is revoked.")
        case _:
            names = {client.id: client.name for client in clients.all()}
            found = clients.all_keys()
            lines = [in_words(key, names[key.client_id]) for key in found]
            tell(arguments.json, [told(key) for key in found], "\n".join(lines) or "No key yet.")
    return 0


def _add(arguments: argparse.Namespace, clients: Clients, clock: Clock) -> None:
    expires_s = arguments.expires if arguments.days is None else clock.wall() + arguments.days * _DAY_S
    key = clients.add_key(arguments.client, arguments.scopes or DESK, expires_s)
    tell(arguments.json, {"key": key.text, **told(_one(clients, key.id))}, f"{key.text}\n{_ONCE}")


def _rotate(arguments: argparse.Namespace, clients: Clients) -> None:
    key = clients.rotate(arguments.key_id, arguments.overlap)
    info = _one(clients, key.id)
    before = f"good until {_minute(info.old_until_s)}" if info.old_until_s else "worthless from now on"
    words = f"{key.text}\n{_ONCE}\nThe secret before is {before}."
    tell(arguments.json, {"key": key.text, **told(info)}, words)


def _one(clients: Clients, key_id: str) -> KeyInfo:
    return next(key for key in clients.all_keys() if key.id == key_id)


def told(key: KeyInfo) -> dict[str, object]:
    """A key as ``--json`` prints it; times are Unix time."""
    return {
        "id": key.id,
        "client_id": key.client_id,
        "state": key.state,
        "scopes": list(key.scopes),
        "created_s": key.created_s,
        "last_used_s": key.last_used_s,
        "expires_s": key.expires_s,
        "old_until_s": key.old_until_s,
        "revoked_s": key.revoked_s,
    }


def in_words(key: KeyInfo, client_name: str) -> str:
    """One line of ``keys list``."""
    scopes = "all of a desk" if set(key.scopes) == DESK else " ".join(key.scopes)
    parts = [
        f"{key.id}  {day(key.created_s)}  {key.state:7}  {client_name}",
        scopes,
        f"last used {_minute(key.last_used_s)}" if key.last_used_s else "never used",
        f"expires {_minute(key.expires_s)}" if key.expires_s else "",
        f"old secret until {_minute(key.old_until_s)}" if key.old_until_s else "",
    ]
    return "  ·  ".join(part for part in parts if part)


def _minute(unix_s: float) -> str:
    return datetime.fromtimestamp(unix_s, UTC).strftime("%Y-%m-%d %H:%M UTC")
