"""What can be typed behind ``recipients``."""

import argparse

from server.cli.arguments import kinds
from server.cli.arguments.clients import LANGUAGES
from server.cli.arguments.kinds import add_where
from vigint_core.domain.alert import TOLD_STATES, Channel
from vigint_core.domain.verdict import Severity


def add(command: argparse.ArgumentParser) -> None:
    """Its actions."""
    actions = command.add_subparsers(dest="action", required=True, metavar="ACTION")
    new = actions.add_parser("add", help="tell somebody of a client's incidents")
    _of_client(new)
    new.add_argument("address", help="an address of mail, or the URL of a webhook")
    new.add_argument("--channel", choices=tuple(Channel), default=Channel.MAIL.value, help="mail unless given")
    _add_wishes(new)
    add_where(new)
    listed = actions.add_parser("list", help="who is told of a client's incidents")
    _of_client(listed)
    add_where(listed)
    change = actions.add_parser("set", help="change who is told, or of what")
    _one(change)
    change.add_argument("--address", default=argparse.SUPPRESS, help="an address of mail, or the URL of a webhook")
    pause = change.add_mutually_exclusive_group()
    pause.add_argument("--pause", dest="paused", action="store_true", default=argparse.SUPPRESS, help="tell nothing")
    pause.add_argument("--resume", dest="paused", action="store_false", default=argparse.SUPPRESS, help="tell again")
    _add_wishes(change)
    add_where(change)
    for name, told in (("secret", "a new secret for a webhook; it is shown this once"), ("remove", "tell it no more")):
        action = actions.add_parser(name, help=told)
        _one(action)
        add_where(action)


def _of_client(action: argparse.ArgumentParser) -> None:
    action.add_argument("client", help="the client's name")


def _one(action: argparse.ArgumentParser) -> None:
    _of_client(action)
    action.add_argument("recipient_id", help="as recipients list tells it")


def _add_wishes(action: argparse.ArgumentParser) -> None:
    unset = argparse.SUPPRESS
    severities = tuple(Severity)
    action.add_argument("--language", choices=LANGUAGES, default=unset, help="the client's unless given")
    action.add_argument("--least", choices=severities, default=unset, help="severity below which nothing is told")
    action.add_argument(
        "--state",
        dest="states",
        action="append",
        choices=sorted(TOLD_STATES),
        default=unset,
        help="what is told, once for each; both unless given",
    )
    action.add_argument(
        "--hours",
        metavar="WEEK",
        type=kinds.week,
        default=unset,
        help="when, in the client's time zone: 'mon-fri 09:00-20:00, sat 10:00-18:00', or always",
    )
    action.add_argument(
        "--always", choices=(*severities, "never"), default=unset, help="severity from which the hours do not matter"
    )
