"""What can be typed behind ``keys``."""

import argparse
from typing import Final

from server.cli.arguments import kinds
from server.cli.arguments.kinds import add_where
from vigint_core.domain.scope import Scope

_OVERLAP_H: Final = 24.0


def add(command: argparse.ArgumentParser) -> None:
    """Its actions."""
    actions = command.add_subparsers(dest="action", required=True, metavar="ACTION")
    _add_new(actions.add_parser("add", help="a new key for a client; it is shown this once"))
    listed = actions.add_parser("list", help="all keys, without their secrets")
    listed.add_argument("--client", metavar="NAME", help="only those of this client")
    add_where(listed)
    rotate = actions.add_parser("rotate", help="a new secret for a key; it is shown this once")
    rotate.add_argument("key_id")
    rotate.add_argument(
        "--overlap",
        metavar="HOURS",
        type=kinds.overlap_h,
        default=_OVERLAP_H,
        help=f"how long the secret before is good too: {_OVERLAP_H:g} unless given, 0 for not at all",
    )
    add_where(rotate)
    revoke = actions.add_parser("revoke", help="make a key worthless at once")
    revoke.add_argument("key_id")
    add_where(revoke)
    _add_limits(actions.add_parser("limits", help="what a key may use; changes what is given, shows it all"))


def _add_new(new: argparse.ArgumentParser) -> None:
    new.add_argument("client", help="the client's name")
    new.add_argument(
        "--scope",
        dest="scopes",
        action="append",
        type=kinds.scope,
        metavar="SCOPE",
        help=f"what it allows, once for each: {', '.join(Scope)}; without, all of them, as a desk needs",
    )
    end = new.add_mutually_exclusive_group()
    end.add_argument(
        "--expires", metavar="DATE", type=kinds.end_of_day_s, help="good to the end of this day, UTC: 2027-01-31"
    )
    end.add_argument("--days", type=kinds.days, help="good for so many days from now")
    add_where(new)


def _add_limits(limits: argparse.ArgumentParser) -> None:
    limits.description = "Each limit is a number, none for no limit, or default for the server's own."
    limits.add_argument("key_id")
    unset = argparse.SUPPRESS
    limits.add_argument("--requests-minute", metavar="N", type=kinds.count, default=unset, help="requests in a minute")
    limits.add_argument("--bytes-hour", metavar="SIZE", type=kinds.size, default=unset, help="sent in an hour: 2GiB")
    limits.add_argument("--looks", metavar="N", type=kinds.count, default=unset, help="looks at once")
    for period in ("day", "month"):
        told = f"on the AI in a {period}: 2.50"
        limits.add_argument(f"--spend-{period}", metavar="USD", type=kinds.money, default=unset, help=told)
    add_where(limits)
