"""``keys``: the keys of clients, and what each may use."""

import argparse
from typing import Final

from server.cli.printing import day, minute, safe, tell
from server.services.admin.bodies import (
    KeyAsked,
    KeyLimited,
    KeyMade,
    KeyNamed,
    KeyRotated,
    KeysWanted,
    KeyView,
    LimitsBody,
)
from server.services.admin.operations import KEYS_ADD, KEYS_LIMITS, KEYS_LIST, KEYS_REVOKE, KEYS_ROTATE, Admin
from server.services.clients import DESK
from server.services.limits import NO_SPEND_LIMIT

_ONCE: Final = "This key is shown this once. Enter it in the desktop's settings."
_MICRO: Final = 1_000_000
_UNITS: Final = {
    "requests_minute": "requests a minute",
    "bytes_hour": "bytes an hour",
    "looks": "looks at once",
    "spend_day": "USD a day",
    "spend_month": "USD a month",
}


def keys_command(arguments: argparse.Namespace, admin: Admin) -> int:
    """``keys add CLIENT``, ``list``, ``rotate ID``, ``revoke ID``, ``limits ID``."""
    match arguments.action:
        case "add":
            made = admin.do(KEYS_ADD, _wish(arguments))
            tell(arguments.json, made, f"{made.key}\n{_ONCE}")
        case "rotate":
            made = admin.do(KEYS_ROTATE, KeyRotated(key_id=arguments.key_id, overlap_h=arguments.overlap))
            tell(arguments.json, made, _rotated(made))
        case "revoke":
            revoked = admin.do(KEYS_REVOKE, KeyNamed(key_id=arguments.key_id))
            tell(arguments.json, revoked, f"Key {revoked.id} is revoked.")
        case "limits":
            given = {name: getattr(arguments, name) for name in LimitsBody.model_fields if hasattr(arguments, name)}
            asked = KeyLimited(key_id=arguments.key_id, limits=LimitsBody(**given))
            limited = admin.do(KEYS_LIMITS, asked)
            told = limits_in_words(limited.limits, "the server's limits")
            tell(arguments.json, limited, f"Key {limited.id}: {told}.")
        case _:
            found = admin.do(KEYS_LIST, KeysWanted(client=arguments.client))
            lines = [in_words(key) for key in found.keys]
            lines.append(f"Without its own, a key has {limits_in_words(found.defaults, 'no limits')}.")
            tell(arguments.json, found.keys, "\n".join(lines) if found.keys else "No key yet.")
    return 0


def _wish(arguments: argparse.Namespace) -> KeyAsked:
    return KeyAsked(client=arguments.client, scopes=arguments.scopes, expires_s=arguments.expires, days=arguments.days)


def _rotated(made: KeyMade) -> str:
    before = f"good until {minute(made.old_until_s)}" if made.old_until_s else "worthless from now on"
    return f"{made.key}\n{_ONCE}\nThe secret before is {before}."


def in_words(key: KeyView) -> str:
    """One line of ``keys list``."""
    scopes = "all of a desk" if set(key.scopes) == DESK else " ".join(key.scopes)
    parts = [
        f"{key.id}  {day(key.created_s)}  {key.state:7}  {safe(key.client_name)}",
        scopes,
        f"last used {minute(key.last_used_s)}" if key.last_used_s else "never used",
        f"expires {minute(key.expires_s)}" if key.expires_s else "",
        f"old secret until {minute(key.old_until_s)}" if key.old_until_s else "",
        limits_in_words(key.limits, ""),
    ]
    return "  ·  ".join(part for part in parts if part)


def limits_in_words(limits: LimitsBody, without: str) -> str:
    """What is limited, or lifted, and how; ``without`` where nothing is told."""
    told = {name: value for name in _UNITS if (value := getattr(limits, name)) is not None}
    return ", ".join(_limit(name, value) for name, value in told.items()) or without


def _limit(name: str, value: int) -> str:
    unit = _UNITS[name]
    if name.startswith("spend"):
        return f"any {unit}" if value >= NO_SPEND_LIMIT else f"{value // _MICRO}.{value % _MICRO:06} {unit}"
    return f"any {unit}" if value == 0 else f"{value} {unit}"
