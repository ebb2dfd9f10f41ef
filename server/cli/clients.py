"""``clients``: who the server works for."""

import argparse
from typing import Final

from server.cli.erasing import confirm, tell_removed
from server.cli.printing import day, in_columns, safe, tell
from server.services.admin.bodies import ClientAsked, ClientKept, ClientNamed, ClientView, Nothing
from server.services.admin.operations import (
    CLIENTS_ADD,
    CLIENTS_ERASE,
    CLIENTS_KEEP,
    CLIENTS_LIST,
    CLIENTS_SET,
    Admin,
)

_HEADS: Final = ("id", "since", "time zone", "language", "name")


def clients_command(arguments: argparse.Namespace, admin: Admin) -> int:
    """``clients add | set | list | keep | erase``."""
    match arguments.action:
        case "add":
            client = admin.do(CLIENTS_ADD, _wish(arguments))
            told = f"Client {safe(client.name)} added. Make a key: vigint-server keys add {client.name!r}"
            tell(arguments.json, client, told)
        case "set":
            client = admin.do(CLIENTS_SET, _wish(arguments))
            zone = f"Client {safe(client.name)}: days and months are those of {client.time_zone}"
            tell(arguments.json, client, f"{zone}, its people are written to in {client.language}.")
        case "keep":
            _keep(arguments, admin)
        case "erase":
            what = f"Client {safe(arguments.name)} is erased with its keys, incidents, clips and usage."
            confirm(arguments, what, arguments.name)
            tell_removed(arguments, admin.do(CLIENTS_ERASE, ClientNamed(name=arguments.name)))
        case _:
            found = admin.do(CLIENTS_LIST, Nothing()).clients
            words = in_columns(_HEADS, [_row(each) for each in found]) if found else "No client yet."
            tell(arguments.json, found, words)
    return 0


def _wish(arguments: argparse.Namespace) -> ClientAsked:
    return ClientAsked(name=arguments.name, time_zone=arguments.time_zone, language=arguments.language)


def _keep(arguments: argparse.Namespace, admin: Admin) -> None:
    own = {} if arguments.default else None if arguments.rules is None else dict(arguments.rules)
    kept = admin.do(CLIENTS_KEEP, ClientKept(name=arguments.name, own=own))
    lines = [f"{name:9} {days:g} days" for name, days in kept.days.items()]
    if kept.vetoed is not None:
        lines.append(f"{'vetoed':9} {kept.vetoed:g} days at most")
    tell(arguments.json, kept, "\n".join(lines))


def _row(client: ClientView) -> tuple[str, ...]:
    return client.id, day(client.created_s), client.time_zone, client.language, client.name
