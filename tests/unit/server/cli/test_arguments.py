"""What can be typed behind ``vigint-server``, and what can't: a secret."""

import argparse
from collections.abc import Iterator
from typing import get_args

import pytest

from server.cli.arguments import USAGE_BY, parser
from vigint_core.domain.scope import Scope
from vigint_core.wire import UsageBy

BOUNDS_OF_KEYS = ("scopes", "expires", "days", "overlap")
KEYS_ADD = {
    "command": "keys", "action": "add", "client": "Lyon", "scopes": None, "expires": None, "days": None, "json": False
}  # fmt: skip
NO_KEYS = (
    "keys rotate", "keys rotate ab12 --overlap -1", "keys rotate ab12 --overlap 721", "keys rotate ab12 --overlap nan",
    "keys add A --scope admin", "keys add A --days 0", "keys add A --days 1.5", "keys add A --expires tomorrow",
    "keys add A --expires 9999-12-31", "keys add A --days 3 --expires 2027-01-31",
)  # fmt: skip
ZONES_AND_USAGE = ("time_zone", "month", "by", "csv")
USAGE = {"command": "usage", "client": "Lyon", "month": None, "by": "day", "csv": False, "json": False}
NO_USAGE = (
    "usage", "usage --client A --month 2026-13", "usage --client A --by hour", "usage --client A --csv --json",
    "clients set A",
)  # fmt: skip


def every_argument(command: argparse.ArgumentParser) -> Iterator[str]:
    """Names of all arguments, also of the commands below."""
    for action in command._actions:
        if isinstance(action, argparse._SubParsersAction):
            for below in action.choices.values():
                yield from every_argument(below)
        else:
            yield action.dest


def test_no_argument_takes_a_secret() -> None:
    assert set(every_argument(parser())) == {
        "help",
        "version",
        "embedded",
        "json",
        "name",
        "client",
        "key_id",
        *ZONES_AND_USAGE,
        *BOUNDS_OF_KEYS,
    }


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("serve", {"command": "serve", "embedded": False}),
        ("serve --embedded", {"command": "serve", "embedded": True}),
        ("migrate", {"command": "migrate"}),
        ("doctor --json", {"command": "doctor", "json": True}),
        (
            "clients add Lyon",
            {"command": "clients", "action": "add", "name": "Lyon", "time_zone": None, "json": False},
        ),
        (
            "clients set Lyon --time-zone Z",
            {"command": "clients", "action": "set", "name": "Lyon", "time_zone": "Z", "json": False},
        ),
        ("usage --client Lyon", USAGE),
        ("usage --client Lyon --month 2026-11 --by camera", USAGE | {"month": "2026-11", "by": "camera"}),
        ("usage --client Lyon --csv", USAGE | {"csv": True}),
        ("usage --client Lyon --json", USAGE | {"json": True}),
        ("keys add Lyon --json", KEYS_ADD | {"json": True}),
        ("keys add Lyon --days 90", KEYS_ADD | {"days": 90}),
        ("keys add Lyon --expires 1970-01-01", KEYS_ADD | {"expires": 86_400.0}),
        (
            "keys add Lyon --scope analyse --scope usage:read",
            KEYS_ADD | {"scopes": [Scope.ANALYSE, Scope.USAGE_READ]},
        ),
        ("keys rotate ab12", {"command": "keys", "action": "rotate", "key_id": "ab12", "overlap": 24, "json": False}),
        (
            "keys rotate ab12 --overlap 0.5",
            {"command": "keys", "action": "rotate", "key_id": "ab12", "overlap": 0.5, "json": False},
        ),
        ("keys revoke ab12", {"command": "keys", "action": "revoke", "key_id": "ab12", "json": False}),
    ],
)
def test_commands(typed: str, meant: dict[str, object]) -> None:
    assert vars(parser().parse_args(typed.split())) == meant


@pytest.mark.parametrize("typed", ["", "clients", "keys", "keys add", "serve --port 80", "dance", *NO_USAGE, *NO_KEYS])
def test_what_is_no_command_ends_with_usage(typed: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parser().parse_args(typed.split())
    assert ended.value.code == 2
    assert "usage: vigint-server" in capsys.readouterr().err


def test_usage_is_by_what_the_contract_names() -> None:
    assert get_args(UsageBy) == USAGE_BY


def test_a_month_that_is_none_is_told_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parser().parse_args(["usage", "--client", "A", "--month", "November"])
    assert "'November' is no month; months are written like 2026-11" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (
            "keys add A --scope admin",
            "'admin' is no scope; there are analyse, incidents:read, incidents:write, usage:read",
        ),
        ("keys add A --expires tomorrow", "'tomorrow' is no day; one is written 2027-01-31"),
        ("keys rotate ab12 --overlap long", "'long' is no number of hours from 0 to 720"),
        ("keys add A --days 0", "'0' is no number of days from 1 to 3660"),
    ],
)
def test_a_wrong_bound_of_a_key_is_told_in_words(typed: str, told: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parser().parse_args(typed.split())
    assert told in capsys.readouterr().err
