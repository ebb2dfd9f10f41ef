"""The command line of ``vigint-server``. No secret is ever an argument: anybody on a machine can read those.

Each command's own module says what can be typed behind it. None of them loads what the command itself needs.
"""

import argparse

from server.cli.arguments import clients, incidents, jobs, keys, recipients, sites, usage
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
    doctor = commands.add_parser("doctor", help="prove every part, and send one drawn clip the whole way")
    doctor.add_argument("--json", action="store_true", help="print JSON")
    doctor.add_argument(
        "--mail", nargs="?", const="", metavar="ADDRESS", help="mail it, too: to ADDRESS, or to those of EMAIL_TO"
    )
    clients.add(commands.add_parser("clients", help="who the server works for"))
    keys.add(commands.add_parser("keys", help="keys of clients, and their limits"))
    sites.add(commands.add_parser("sites", help="where clients' cameras are"))
    recipients.add(commands.add_parser("recipients", help="who is told of clients' incidents"))
    usage.add(commands.add_parser("usage", help="what a client's calls of a month used"))
    incidents.add(commands.add_parser("incidents", help="what clients' desks reported"))
    jobs.add(commands.add_parser("jobs", help="durable work: what waits, what failed"))
    return top
