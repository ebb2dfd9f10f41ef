"""What erases asks first."""

import argparse
import io
import sys

import pytest

from server.cli.erasing import confirm, tell_removed
from server.config import ConfigError
from server.services.admin.bodies import RemovedView
from server.services.admin.operations import SaidNoError


class Terminal(io.StringIO):
    """Somebody types."""

    def isatty(self) -> bool:
        return True


def asked(yes: bool = False) -> argparse.Namespace:
    return argparse.Namespace(yes=yes, json=False)


def test_the_name_has_to_be_typed_again(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal("Shop Lyon\n"))
    confirm(asked(), "Client Shop Lyon is erased.", "Shop Lyon")
    assert "This can't be undone. Type Shop Lyon to go on: " in capsys.readouterr().err


@pytest.mark.parametrize("typed", ["yes\n", "shop lyon\n", "", "Shop Lyon, no!\n"])
def test_anything_else_erases_nothing(monkeypatch: pytest.MonkeyPatch, typed: str) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal(typed))
    with pytest.raises(SaidNoError, match="Nothing was erased"):
        confirm(asked(), "Client Shop Lyon is erased.", "Shop Lyon")


def test_without_a_terminal_it_has_to_be_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("Shop Lyon\n"))
    with pytest.raises(ConfigError, match="say --yes"):
        confirm(asked(), "Client Shop Lyon is erased.", "Shop Lyon")
    confirm(asked(yes=True), "Client Shop Lyon is erased.", "Shop Lyon")


def test_what_is_gone_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    tell_removed(asked(), RemovedView(incidents=2, windows=0, files=3, bytes=4000, rows=0))
    tell_removed(asked(), RemovedView(incidents=0, windows=0, files=0, bytes=0, rows=0))
    assert capsys.readouterr().out.splitlines() == [
        "Erased: 2 incidents, 3 files, 4000 bytes.", "Erased: nothing was left.",
    ]  # fmt: skip
