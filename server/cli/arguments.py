"""The command line of ``vigint-server``. No secret is ever an argument: anybody on a machine can read those."""

import argparse
from datetime import UTC, datetime, timedelta
from typing import Final

from vigint_core import __version__
from vigint_core.domain.scope import Scope
from vigint_core.policy.periods import month_named

USAGE_BY: Final = ("day", "model", "look", "camera")
"""``UsageBy`` of the contract, which would load pydantic for a line of help."""
_OVERLAP_H: Final = 24.0
_MOST_OVERLAP_H: Final = 30 * 24.0
_MOST_DAYS: Final = 3660


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
    _add_usage(commands.add_parser("usage", help="what a client's calls of a month used"))
    return top


def _add_clients(command: argparse.ArgumentParser) -> None:
    actions = command.add_subparsers(dest="action", required=True, metavar="ACTION")
    add = actions.add_parser("add", help="a new client")
    add.add_argument("name")
    add.add_argument("--time-zone", metavar="ZONE", help="like Europe/Paris; the server's own unless given")
    _add_json(add)
    change = actions.add_parser("set", help="change a client")
    change.add_argument("name")
    change.add_argument("--time-zone", metavar="ZONE", required=True, help="whose days and months usage is counted by")
    _add_json(change)
    _add_json(actions.add_parser("list", help="all clients"))


def _add_keys(command: argparse.ArgumentParser) -> None:
    actions = command.add_subparsers(dest="action", required=True, metavar="ACTION")
    add = actions.add_parser("add", help="a new key for a client; it is shown this once")
    add.add_argument("client", help="the client's name")
    add.add_argument(
        "--scope",
        dest="scopes",
        action="append",
        type=_scope,
        metavar="SCOPE",
        help=f"what it allows, once for each: {', '.join(Scope)}; without, all of them, as a desk needs",
    )
    end = add.add_mutually_exclusive_group()
    end.add_argument(
        "--expires", metavar="DATE", type=_end_of_day_s, help="good to the end of this day, UTC: 2027-01-31"
    )
    end.add_argument("--days", type=_days, help="good for so many days from now")
    _add_json(add)
    _add_json(actions.add_parser("list", help="all keys, without their secrets"))
    rotate = actions.add_parser("rotate", help="a new secret for a key; it is shown this once")
    rotate.add_argument("key_id")
    rotate.add_argument(
        "--overlap",
        metavar="HOURS",
        type=_overlap_h,
        default=_OVERLAP_H,
        help=f"how long the secret before is good too: {_OVERLAP_H:g} unless given, 0 for not at all",
    )
    _add_json(rotate)
    revoke = actions.add_parser("revoke", help="make a key worthless at once")
    revoke.add_argument("key_id")
    _add_json(revoke)


def _add_usage(command: argparse.ArgumentParser) -> None:
    command.add_argument("--client", required=True, metavar="NAME", help="the client's name")
    command.add_argument("--month", type=_month, metavar="MONTH", help="like 2026-11; the current one unless given")
    command.add_argument("--by", choices=USAGE_BY, default="day", help="what a line is of (day)")
    form = command.add_mutually_exclusive_group()
    form.add_argument("--csv", action="store_true", help="print CSV, money in millionths of a US dollar")
    form.add_argument("--json", action="store_true", help="print JSON, as GET /v1/usage does")


def _month(text: str) -> str:
    """Raises ArgumentTypeError for what is no month."""
    try:
        return month_named(text, UTC).name
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _add_json(command: argparse.ArgumentParser) -> None:
    command.add_argument("--json", action="store_true", help="print JSON")


def _scope(text: str) -> Scope:
    try:
        return Scope(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no scope; there are {', '.join(Scope)}") from None


def _end_of_day_s(text: str) -> float:
    """Unix time at which a day ends. Raises ArgumentTypeError."""
    try:
        day = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
        return (day + timedelta(days=1)).timestamp()
    except (ValueError, OverflowError):
        raise argparse.ArgumentTypeError(f"{text!r} is no day; one is written 2027-01-31") from None


def _days(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= _MOST_DAYS):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of days from 1 to {_MOST_DAYS}")
    return int(text)


def _overlap_h(text: str) -> float:
    try:
        hours = float(text)
    except ValueError:
        hours = -1.0
    if not 0 <= hours <= _MOST_OVERLAP_H:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of hours from 0 to {_MOST_OVERLAP_H:g}")
    return hours
