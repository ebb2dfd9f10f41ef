"""What can be typed behind ``jobs``."""

import argparse
from typing import Final

from server.cli.arguments.kinds import add_where, number

JOB_STATES: Final = ("waiting", "running", "done", "failed", "cancelled")
"""``JobState`` of the bodies, which would load pydantic for a line of help."""
_MOST_LISTED: Final = 1000


def add(command: argparse.ArgumentParser) -> None:
    """Its actions."""
    actions = command.add_subparsers(dest="action", required=True, metavar="ACTION")
    listed = actions.add_parser("list", help="durable work that is not done")
    listed.add_argument(
        "--state", dest="states", action="append", choices=JOB_STATES, help="only of this state, once for each"
    )
    listed.add_argument("--limit", type=number(_MOST_LISTED), default=100, help="how many at most: 100 unless given")
    add_where(listed)
    for name, told in (("retry", "do a failed or cancelled one again"), ("cancel", "do no further step of one")):
        action = actions.add_parser(name, help=told)
        action.add_argument("job_id")
        add_where(action)
