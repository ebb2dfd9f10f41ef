"""What can be typed behind ``incidents``."""

import argparse
from typing import Final

from server.cli.arguments.kinds import add_where, add_yes, number
from vigint_core.domain.incident import IncidentState

_MOST_LISTED: Final = 500


def add(command: argparse.ArgumentParser) -> None:
    """Its actions."""
    actions = command.add_subparsers(dest="action", required=True, metavar="ACTION")
    told = {
        "list": "the latest incidents of a client",
        "show": "one incident",
        "lock": "keep an incident however old it becomes",
        "unlock": "let it go when it is old",
        "erase": "erase an incident with its clips, for good",
        "links": "the links to an incident",
        "revoke-link": "end a link at once",
    }
    made = {name: actions.add_parser(name, help=words) for name, words in told.items()}
    for name, each in made.items():
        each.add_argument("client", help="the client's name")
        if name != "list":
            each.add_argument("incident_id")
    made["revoke-link"].add_argument("link_id")
    made["erase"].add_argument("--locked", action="store_true", help="also one that is locked")
    add_yes(made["erase"])
    listed = made["list"]
    listed.add_argument("--limit", type=number(_MOST_LISTED), default=50, help="how many at most: 50 unless given")
    listed.add_argument("--camera", dest="camera_id", metavar="ID", help="only those of this camera")
    listed.add_argument(
        "--state",
        dest="states",
        action="append",
        choices=tuple(IncidentState),
        default=[],
        help="only those of this state, once for each",
    )
    for each in made.values():
        add_where(each)
