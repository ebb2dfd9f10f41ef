"""What can be typed behind ``clients``."""

import argparse
from typing import Final

from server.cli.arguments.kinds import add_where, add_yes, kept

LANGUAGES: Final = ("en", "fr")


def add(command: argparse.ArgumentParser) -> None:
    """Its actions."""
    actions = command.add_subparsers(dest="action", required=True, metavar="ACTION")
    new = actions.add_parser("add", help="a new client")
    new.add_argument("name")
    new.add_argument("--time-zone", metavar="ZONE", help="like Europe/Paris; the server's own unless given")
    new.add_argument("--language", choices=LANGUAGES, help="of what its people are sent: en unless given")
    add_where(new)
    change = actions.add_parser("set", help="change a client")
    change.add_argument("name")
    change.add_argument("--time-zone", metavar="ZONE", help="whose days and months usage is counted by")
    change.add_argument("--language", choices=LANGUAGES, help="of what its people are sent")
    add_where(change)
    add_where(actions.add_parser("list", help="all clients"))
    keep = actions.add_parser("keep", help="for how long a client's incidents are kept")
    keep.add_argument("name")
    rule = keep.add_mutually_exclusive_group()
    rule.add_argument(
        "--rule",
        dest="rules",
        action="append",
        type=kept,
        metavar="WHAT=DAYS",
        help="low=30, vetoed=7, days=90 for any severity; these replace all that was said before",
    )
    rule.add_argument("--default", action="store_true", help="as long as the server keeps them")
    add_where(keep)
    erase = actions.add_parser("erase", help="erase a client with all it has, for good; its usage, too")
    erase.add_argument("name")
    add_yes(erase)
    add_where(erase)
