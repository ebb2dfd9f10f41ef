"""What can be typed behind ``vigint-server``, and what can't: a secret."""

import argparse
import subprocess
import sys
from collections.abc import Iterator
from typing import get_args

import pytest

from server.cli.arguments import parser
from server.cli.arguments.clients import LANGUAGES
from server.cli.arguments.jobs import JOB_STATES
from server.cli.arguments.kinds import NO_MONEY_LIMIT, week
from server.cli.arguments.usage import USAGE_BY
from server.services.admin.bodies import JobState
from server.services.limits import NO_SPEND_LIMIT
from vigint_core.domain.scope import Scope
from vigint_core.wire import Language, UsageBy

HERE = {"json": False, "server": None, "insecure": False}
KEYS_ADD = HERE | {
    "command": "keys", "action": "add", "client": "Lyon", "scopes": None, "expires": None, "days": None
}  # fmt: skip
NO_KEYS = (
    "keys rotate", "keys rotate ab12 --overlap -1", "keys rotate ab12 --overlap 721", "keys rotate ab12 --overlap nan",
    "keys add A --scope admin", "keys add A --days 0", "keys add A --days 1.5", "keys add A --expires tomorrow",
    "keys add A --expires 9999-12-31", "keys add A --days 3 --expires 2027-01-31", "keys limits",
    "keys limits a --requests-minute 0", "keys limits a --bytes-hour 5XB", "keys limits a --spend-day -1",
    "keys limits a --looks 1.5", "keys limits a --spend-day nan", "keys limits a --spend-month 1e30",
)  # fmt: skip
USAGE = HERE | {"command": "usage", "client": "Lyon", "month": None, "by": "day", "csv": False}
NO_USAGE = ("usage", "usage --client A --month 2026-13", "usage --client A --by hour", "usage --client A --csv --json")
NO_OTHERS = (
    "sites assign A cam", "sites assign A cam B --nowhere", "sites rename A B", "recipients add A",
    "recipients set A r-1 --pause --resume", "recipients add A b@c.example --hours monday",
    "recipients add A b@c.example --hours sat-mon", "incidents lock A", "incidents list A --limit 0",
    "incidents list A --state seen", "jobs retry", "jobs list --state late", "clients list --server",
    "clients keep A --rule low", "clients keep A --rule mild=3", "clients keep A --rule low=0",
)  # fmt: skip
ALL_THE_REST = {
    "help", "version", "embedded", "mail", "json", "server", "insecure", "name", "client", "key_id", "time_zone",
    "language", "yes", "rules", "default", "locked", "month", "by", "csv", "scopes", "expires", "days", "overlap",
    "requests_minute", "bytes_hour", "looks",
    "spend_day", "spend_month", "site", "camera_id", "nowhere", "address", "channel", "recipient_id", "paused",
    "least", "states", "hours", "always", "incident_id", "link_id", "limit", "job_id",
}  # fmt: skip


def every_argument(command: argparse.ArgumentParser) -> Iterator[str]:
    """Names of all arguments, also of the commands below."""
    for action in command._actions:
        if isinstance(action, argparse._SubParsersAction):
            for below in action.choices.values():
                yield from every_argument(below)
        else:
            yield action.dest


def test_no_argument_takes_a_secret() -> None:
    found = set(every_argument(parser()))
    assert found == ALL_THE_REST, "a new argument is no secret, or it does not belong here"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("serve", {"command": "serve", "embedded": False}),
        ("serve --embedded", {"command": "serve", "embedded": True}),
        ("migrate", {"command": "migrate"}),
        ("doctor --json", {"command": "doctor", "json": True, "mail": None}),
        ("doctor --mail", {"command": "doctor", "json": False, "mail": ""}),
        ("doctor --mail a@b.example", {"command": "doctor", "json": False, "mail": "a@b.example"}),
        (
            "clients add Lyon",
            HERE | {"command": "clients", "action": "add", "name": "Lyon", "time_zone": None, "language": None},
        ),
        (
            "clients set Lyon --time-zone Z",
            HERE | {"command": "clients", "action": "set", "name": "Lyon", "time_zone": "Z", "language": None},
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
        ("keys rotate ab12", HERE | {"command": "keys", "action": "rotate", "key_id": "ab12", "overlap": 24}),
        (
            "keys rotate ab12 --overlap 0.5",
            HERE | {"command": "keys", "action": "rotate", "key_id": "ab12", "overlap": 0.5},
        ),
        ("keys revoke ab12", HERE | {"command": "keys", "action": "revoke", "key_id": "ab12"}),
        ("keys limits ab12", HERE | {"command": "keys", "action": "limits", "key_id": "ab12"}),
        (
            "keys limits ab12 --bytes-hour 2GiB --looks none --spend-day 2.50 --spend-month default",
            HERE
            | {"command": "keys", "action": "limits", "key_id": "ab12", "bytes_hour": 2 << 30}
            | {"looks": 0, "spend_day": 2_500_000, "spend_month": None},
        ),
        (
            "sites assign Lyon cam-1 --nowhere",
            HERE
            | {"command": "sites", "action": "assign", "client": "Lyon", "camera_id": "cam-1"}
            | {"site": None, "nowhere": True},
        ),
        (
            "recipients set Lyon r-1 --pause --always never --server https://vigint.example --json",
            {"json": True, "server": "https://vigint.example", "insecure": False, "command": "recipients"}
            | {"action": "set", "client": "Lyon", "recipient_id": "r-1", "paused": True, "always": "never"},
        ),
        (
            "incidents list Lyon --state confirmed --limit 5",
            HERE
            | {"command": "incidents", "action": "list", "client": "Lyon", "limit": 5, "camera_id": None}
            | {"states": ["confirmed"]},
        ),
        (
            "clients keep Lyon --rule low=30 --rule vetoed=7",
            HERE
            | {"command": "clients", "action": "keep", "name": "Lyon", "default": False}
            | {"rules": [("low", 30.0), ("vetoed", 7.0)]},
        ),
        (
            "incidents erase Lyon i1 --locked --yes",
            HERE
            | {"command": "incidents", "action": "erase", "client": "Lyon", "incident_id": "i1"}
            | {"locked": True, "yes": True},
        ),
        ("jobs retry second:c1:w1", HERE | {"command": "jobs", "action": "retry", "job_id": "second:c1:w1"}),
    ],
)
def test_commands(typed: str, meant: dict[str, object]) -> None:
    assert vars(parser().parse_args(typed.split())) == meant


@pytest.mark.parametrize(
    "typed", ["", "clients", "keys add", "serve --port 80", "dance", *NO_USAGE, *NO_KEYS, *NO_OTHERS]
)
def test_what_is_no_command_ends_with_usage(typed: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parser().parse_args(typed.split())
    assert ended.value.code == 2
    assert "usage: vigint-server" in capsys.readouterr().err


def test_words_are_those_of_the_contract() -> None:
    assert get_args(UsageBy) == USAGE_BY
    assert get_args(Language) == LANGUAGES
    assert get_args(JobState) == JOB_STATES
    assert NO_MONEY_LIMIT == NO_SPEND_LIMIT


def test_hours_of_a_week() -> None:
    shop = [(540, 1200)]
    assert week("mon-fri 09:00-20:00, sat 10:00-12:30,sat 14:00-02:00") == [
        *(shop for _ in range(5)), [(600, 750), (840, 120)], [],
    ]  # fmt: skip
    assert week("always") is None


def test_help_loads_nothing_that_takes_long() -> None:
    asked = "import sys, server.cli.arguments as a; a.parser().format_help(); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, timeout=60, check=True)
    assert not {"pydantic", "sqlalchemy", "fastapi", "httpx2", "dbos"} & set(loaded.stdout.split())


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
        ("keys add A --days 0", "'0' is no number of days from 1 to 3650"),
        ("keys limits a --looks few", "'few' is not a number, none or default"),
        ("keys limits a --bytes-hour 3x", "'3x' is not a size like 500MiB, none or default"),
        ("recipients add A b@c.example --hours mon", "'mon' is no hours of days; some are written mon-fri 09:00-20:00"),
    ],
)
def test_a_wrong_bound_of_a_key_is_told_in_words(typed: str, told: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parser().parse_args(typed.split())
    assert told in capsys.readouterr().err
