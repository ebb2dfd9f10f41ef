"""The command line of ``vigint-server``. No secret is ever an argument: anybody on a machine can read those."""

import argparse

from vigint_core import __version__


def parser() -> argparse.ArgumentParser:
    """Everything that can be typed behind ``vigint-server``."""
    top = argparse.ArgumentParser(
        prog="vigint-server", description="Judges windows for its clients. It is configured by the environment alone."
    )
    top.add_argument("--version", action="version", version=f"vigint-server {__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    serve = commands.add_parser("serve", help="bring the tables up to date and serve")
    serve.add_argument("--embedded", action="store_true", help="as a child of the desktop: orders on stdin")
    commands.add_parser("migrate", help="bring the tables up to date")
    _add_json(commands.add_parser("doctor", help="prove every part: database, storage, AI"))
    _add_clients(commands.add_parser("clients", help="who the server works for"))
    _add_keys(commands.add_parser("keys", help="keys of clients"))
    return top


def _add_clients(command: argparse.ArgumentParser) -> None:
    actions = command.add_subparsers(dest="action", required=True, metavar="ACTION")
    add = actions.add_parser("add", help="a new client")
    add.add_argument("name")
    _add_json(add)
    _add_json(actions.add_parser("list", help="all clients"))


def _add_keys(command: argparse.ArgumentParser) -> None:
    actions = command.add_subparsers(dest="action", required=True, metavar="ACTION")
    add = actions.add_parser("add", help="a new key for a client; it is shown this once")
    add.add_argument("client", help="the client's name")
    _add_json(add)
    _add_json(actions.add_parser("list", help="all keys, without their secrets"))
    revoke = actions.add_parser("revoke", help="make a key worthless")
    revoke.add_argument("key_id")


def _add_json(command: argparse.ArgumentParser) -> None:
    command.add_argument("--json", action="store_true", help="print JSON")
