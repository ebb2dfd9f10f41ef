"""Columns for people, JSON for programs, nothing that steers a terminal."""

import json

import pytest

from server.cli.printing import in_columns, minute, safe, tell
from server.services.admin.bodies import Done, SiteView


def test_columns_are_as_wide_as_they_need_and_harmless() -> None:
    assert in_columns(("id", "name"), [("s-1", "Harbour"), ("s-22", "North\x1b[2J\n")]).splitlines() == [
        "id    name",
        "s-1   Harbour",
        "s-22  North\N{REPLACEMENT CHARACTER}[2J\N{REPLACEMENT CHARACTER}",
    ]
    assert safe("Caisse n° 2, été") == "Caisse n° 2, été"


def test_times_are_told_to_the_minute_and_never_as_a_dash() -> None:
    assert (minute(60.0), minute(None)) == ("1970-01-01 00:01 UTC", "-")


@pytest.mark.parametrize(("value", "told"), [(Done(), {"done": True}), ([SiteView(id="s", name="É", cameras=2)], None)])
def test_json_is_the_body_itself(
    capsys: pytest.CaptureFixture[str], value: Done | list[SiteView], told: object
) -> None:
    tell(True, value, "words")
    printed = capsys.readouterr().out
    assert json.loads(printed) == (told or [{"id": "s", "name": "É", "cameras": 2}])
    assert "\\u" not in printed
    tell(False, value, "words")
    assert capsys.readouterr().out == "words\n"
