"""What can be typed behind ``usage``."""

import argparse
from typing import Final

from server.cli.arguments.kinds import add_server, month

USAGE_BY: Final = ("day", "model", "look", "camera")
"""``UsageBy`` of the contract, which would load pydantic for a line of help."""


def add(command: argparse.ArgumentParser) -> None:
    """Its options."""
    command.add_argument("--client", required=True, metavar="NAME", help="the client's name")
    command.add_argument("--month", type=month, metavar="MONTH", help="like 2026-11; the current one unless given")
    command.add_argument("--by", choices=USAGE_BY, default="day", help="what a line is of (day)")
    form = command.add_mutually_exclusive_group()
    form.add_argument("--csv", action="store_true", help="print CSV, money in millionths of a US dollar")
    form.add_argument("--json", action="store_true", help="print JSON, as GET /v1/usage does")
    add_server(command)
