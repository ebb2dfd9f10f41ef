"""How values are typed: each kind turns a text into what it means, or says in words what it should have been."""

import argparse
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Final

from vigint_core.domain.scope import Scope
from vigint_core.policy.keeping import OWN_NAMES
from vigint_core.policy.periods import month_named

MOST_DAYS: Final = 3650
MOST_OVERLAP_H: Final = 30 * 24.0
NO_MONEY_LIMIT: Final = 10**15
"""``NO_SPEND_LIMIT`` of ``server/services/limits.py``, which would load the database for a line of help."""
_UNITS: Final = {"": 1, "kib": 2**10, "mib": 2**20, "gib": 2**30, "tib": 2**40}
_MICRO: Final = 1_000_000
_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Stretch = tuple[int, int]


def add_where(command: argparse.ArgumentParser) -> None:
    """How the answer is printed, and whom it is asked of."""
    command.add_argument("--json", action="store_true", help="print JSON")
    add_server(command)


def add_server(command: argparse.ArgumentParser) -> None:
    """Whom it is asked of: the database of the environment unless a server is named."""
    command.add_argument(
        "--server",
        metavar="URL",
        help="ask this running server; SECRET_KEY is taken from the environment, or asked for, and never sent",
    )
    command.add_argument(
        "--insecure",
        action="store_true",
        help="allow plain http to another machine: whoever listens can do all of this",
    )


def add_yes(command: argparse.ArgumentParser) -> None:
    """For what erases."""
    command.add_argument("--yes", action="store_true", help="do not ask whether it is meant")


def kept(text: str) -> tuple[str, float]:
    """What is kept for how many days: ``low=30``, ``vetoed=7``, ``days=90`` for any severity."""
    name, equals, told = text.partition("=")
    try:
        found = float(told)
    except ValueError:
        found = -1.0
    if name not in OWN_NAMES or not equals or not 0 < found <= MOST_DAYS:
        raise argparse.ArgumentTypeError(f"{text!r} is not like low=30; there are {', '.join(OWN_NAMES)}")
    return str(name), found


def scope(text: str) -> Scope:
    """A scope of keys."""
    try:
        return Scope(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no scope; there are {', '.join(Scope)}") from None


def end_of_day_s(text: str) -> float:
    """Unix time at which a day ends, UTC."""
    try:
        day = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
        return (day + timedelta(days=1)).timestamp()
    except (ValueError, OverflowError):
        raise argparse.ArgumentTypeError(f"{text!r} is no day; one is written 2027-01-31") from None


def days(text: str) -> int:
    """A number of days."""
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= MOST_DAYS):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of days from 1 to {MOST_DAYS}")
    return int(text)


def overlap_h(text: str) -> float:
    """A number of hours."""
    try:
        hours = float(text)
    except ValueError:
        hours = -1.0
    if not 0 <= hours <= MOST_OVERLAP_H:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of hours from 0 to {MOST_OVERLAP_H:g}")
    return hours


def month(text: str) -> str:
    """A month."""
    try:
        return month_named(text, UTC).name
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def count(text: str) -> int | None:
    """A limit: a number, ``none`` for no limit (0), ``default`` for the server's (None)."""
    return _limit(text, _whole, 0, "a number")


def size(text: str) -> int | None:
    """A limit in bytes: ``500MiB``, ``none``, ``default``."""
    return _limit(text, _bytes, 0, "a size like 500MiB")


def money(text: str) -> int | None:
    """A limit in US dollars, as millionths: ``2.50``, ``none``, ``default``."""
    return _limit(text, _micro, NO_MONEY_LIMIT, "an amount in US dollars like 2.50")


def number(most: int) -> Callable[[str], int]:
    """The kind of a number from 1."""

    def kind(text: str) -> int:
        if not (text.isascii() and text.isdigit() and 1 <= int(text) <= most):
            raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 to {most}")
        return int(text)

    return kind


def week(text: str) -> list[list[Stretch]] | None:
    """Hours of a week in minutes: ``mon-fri 09:00-20:00, sat 10:00-18:00``; ``always`` for at any time (None)."""
    if text.strip().lower() == "always":
        return None
    hours: list[list[Stretch]] = [[] for _ in _DAYS]
    for part in text.split(","):
        try:
            when, _, stretch = part.strip().partition(" ")
            begin, _, end = stretch.strip().partition("-")
            found = (_minute(begin), _minute(end))
            for day in _days_of(when.lower()):
                hours[day].append(found)
        except ValueError:
            raise argparse.ArgumentTypeError(
                f"{part.strip()!r} is no hours of days; some are written mon-fri 09:00-20:00, sat 10:00-18:00"
            ) from None
    return hours


def _days_of(text: str) -> Iterable[int]:
    first, dash, last = text.partition("-")
    begin, end = _DAYS.index(first), _DAYS.index(last if dash else first)
    if begin > end:
        raise ValueError(text)
    return range(begin, end + 1)


def _minute(text: str) -> int:
    hour, _, minute = text.partition(":")
    at = int(hour) * 60 + int(minute)
    if not (len(minute) == 2 and 0 <= int(minute) < 60 and 0 <= at <= 24 * 60):
        raise ValueError(text)
    return at


def _limit(text: str, kind: Callable[[str], int], nothing: int, what: str) -> int | None:
    word = text.strip().lower()
    if word in {"default", "none"}:
        return None if word == "default" else nothing
    try:
        found = kind(word)
    except (ValueError, InvalidOperation):
        found = -1
    if not 0 <= found <= NO_MONEY_LIMIT:
        raise argparse.ArgumentTypeError(f"{text!r} is not {what}, none or default")
    return found


def _whole(text: str) -> int:
    found = int(text)
    return found or -1  # nobody means "no limit" by it who does not say so


def _bytes(text: str) -> int:
    digits = text.rstrip("abcdefghijklmnopqrstuvwxyz ")
    return _whole(digits) * _UNITS.get(text[len(digits) :].strip(), -1)


def _micro(text: str) -> int:
    return int(Decimal(text) * _MICRO)
