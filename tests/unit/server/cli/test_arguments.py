"""What can be typed behind ``vigint-server``, and what can't: a secret."""

import argparse
from collections.abc import Iterator

import pytest

from server.cli.arguments import parser


def every_argument(command: argparse.ArgumentParser) -> Iterator[str]:
    """Names of all arguments, also of the commands below."""
    for action in command._actions:
        if isinstance(action, argparse._SubParsersAction):
            for below in action.choices.values():
                yield from every_argument(below)
        else:
            yield action.dest


def test_no_argument_takes_a_secret() -> None:
    assert set(every_argument(parser())) == {"help", "version", "embedded", "json", "name", "client", "key_id"}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("serve", {"command": "serve", "embedded": False}),
        ("serve --embedded", {"command": "serve", "embedded": True}),
        ("migrate", {"command": "migrate"}),
        ("doctor --json", {"command": "doctor", "json": True}),
        ("clients add Lyon", {"command": "clients", "action": "add", "name": "Lyon", "json": False}),
        ("keys add Lyon --json", {"command": "keys", "action": "add", "client": "Lyon", "json": True}),
        ("keys revoke ab12", {"command": "keys", "action": "revoke", "key_id": "ab12"}),
    ],
)
def test_commands(typed: str, meant: dict[str, object]) -> None:
    assert vars(parser().parse_args(typed.split())) == meant


@pytest.mark.parametrize("typed", ["", "clients", "keys", "keys add", "serve --port 80", "dance"])
def test_what_is_no_command_ends_with_usage(typed: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parser().parse_args(typed.split())
    assert ended.value.code == 2
    assert "usage: vigint-server" in capsys.readouterr().err
