"""``recipients``: who is told of clients' incidents, of which, and when."""

import argparse
from typing import Any, Final

from server.cli.printing import in_columns, safe, tell
from server.services.admin.bodies import (
    OfClient,
    RecipientAsked,
    RecipientChanged,
    RecipientMade,
    RecipientNamed,
    RecipientView,
)
from server.services.admin.operations import (
    RECIPIENTS_ADD,
    RECIPIENTS_LIST,
    RECIPIENTS_REMOVE,
    RECIPIENTS_SECRET,
    RECIPIENTS_SET,
    Admin,
)

_HEADS: Final = ("id", "channel", "language", "from", "states", "hours", "state", "address")
_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ONCE: Final = "This secret is shown this once: the webhook's receiver checks signatures with it."
_CHANGEABLE: Final = ("address", "language", "paused", "least", "states", "hours", "always")


def recipients_command(arguments: argparse.Namespace, admin: Admin) -> int:
    """``recipients add | list | set | secret | remove CLIENT ...``."""
    match arguments.action:
        case "add":
            wish = RecipientAsked(
                client=arguments.client, channel=arguments.channel, address=arguments.address, **_given(arguments)
            )
            _tell_made(arguments, admin.do(RECIPIENTS_ADD, wish))
        case "set":
            asked = RecipientChanged(
                client=arguments.client, recipient_id=arguments.recipient_id, **_given(arguments, "address")
            )
            changed = admin.do(RECIPIENTS_SET, asked)
            tell(arguments.json, changed, in_columns(_HEADS, [_row(changed)]))
        case "secret":
            _tell_made(arguments, admin.do(RECIPIENTS_SECRET, _named(arguments)))
        case "remove":
            done = admin.do(RECIPIENTS_REMOVE, _named(arguments))
            tell(arguments.json, done, f"{arguments.recipient_id} is told nothing any more.")
        case _:
            found = admin.do(RECIPIENTS_LIST, OfClient(client=arguments.client)).recipients
            rows = [_row(each) for each in found]
            tell(arguments.json, found, in_columns(_HEADS, rows) if found else "Nobody is told of its incidents.")
    return 0


def _given(arguments: argparse.Namespace, *more: str) -> dict[str, Any]:
    """What was typed of the wishes; ``never`` is for nothing."""
    names = [name for name in _CHANGEABLE if name != "address" or name in more]
    given = {name: getattr(arguments, name) for name in names if hasattr(arguments, name)}
    if given.get("always") == "never":
        given["always"] = None
    return given


def _named(arguments: argparse.Namespace) -> RecipientNamed:
    return RecipientNamed(client=arguments.client, recipient_id=arguments.recipient_id)


def _tell_made(arguments: argparse.Namespace, made: RecipientMade) -> None:
    told = f"Recipient {made.id}: {safe(made.address)} is told in {made.language}."
    tell(arguments.json, made, told if made.secret is None else f"{told}\n{made.secret}\n{_ONCE}")


def _row(recipient: RecipientView) -> tuple[str, ...]:
    return (
        recipient.id,
        recipient.channel,
        recipient.language,
        recipient.least,
        " ".join(recipient.states),
        hours_in_words(recipient),
        "paused" if recipient.paused else "told",
        recipient.address,
    )


def hours_in_words(recipient: RecipientView) -> str:
    """When somebody is told, as it can be typed."""
    if recipient.hours is None:
        return "always"
    stretches = (
        f"{name} {_clock(begin)}-{_clock(end)}"
        for name, day in zip(_DAYS, recipient.hours, strict=True)
        for begin, end in day
    )
    beyond = f"; {recipient.always} at any time" if recipient.always else ""
    return ", ".join(stretches) + beyond


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
