"""What can be typed behind ``sites``."""

import argparse

from server.cli.arguments.kinds import add_where, add_yes


def add(command: argparse.ArgumentParser) -> None:
    """Its actions."""
    actions = command.add_subparsers(dest="action", required=True, metavar="ACTION")
    told = {
        "add": "a new site of a client",
        "list": "the sites of a client",
        "rename": "give a site another name",
        "remove": "forget a site; its cameras are at none then",
        "cameras": "the cameras of a client, and where they are",
        "assign": "say at which site a camera is",
        "erase-camera": "erase a camera with all that came of it, for good",
    }
    made = {name: actions.add_parser(name, help=words) for name, words in told.items()}
    for each in made.values():
        each.add_argument("client", help="the client's name")
    for name in ("add", "rename", "remove"):
        made[name].add_argument("site", help="the site's name")
    made["rename"].add_argument("name", help="its new name")
    for name in ("assign", "erase-camera"):
        made[name].add_argument("camera_id", help="as sites cameras lists it")
    add_yes(made["erase-camera"])
    where = made["assign"].add_mutually_exclusive_group(required=True)
    where.add_argument("site", nargs="?", help="the site's name")
    where.add_argument("--nowhere", action="store_true", help="at no site")
    for each in made.values():
        add_where(each)
