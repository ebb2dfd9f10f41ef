"""Keys in words and in JSON: what an operator sees of them, and never a secret."""

from dataclasses import fields, replace

from server.cli.keys import in_words, told
from server.services.clients import DESK, KeyInfo
from vigint_core.domain.scope import Scope

PLAIN = KeyInfo("ab12", "c1", 0.0, None, tuple(Scope), None, None, None, "good")


def test_a_plain_key_is_one_short_line() -> None:
    assert in_words(PLAIN, "Shop Lyon") == "ab12  1970-01-01  good     Shop Lyon  ·  all of a desk  ·  never used"


def test_what_bounds_a_key_stands_in_its_line() -> None:
    bounded = replace(
        PLAIN, scopes=(Scope.ANALYSE, Scope.USAGE_READ), expires_s=172_800.0, last_used_s=60.0, old_until_s=3600.0
    )
    assert in_words(bounded, "S").split("  ·  ")[1:] == [
        "analyse usage:read",
        "last used 1970-01-01 00:01 UTC",
        "expires 1970-01-03 00:00 UTC",
        "old secret until 1970-01-01 01:00 UTC",
    ]
    assert "revoked  S" in in_words(replace(PLAIN, state="revoked", revoked_s=1.0), "S")


def test_json_tells_everything_that_is_known_of_a_key() -> None:
    assert told(PLAIN).keys() == {field.name for field in fields(KeyInfo)}
    assert told(PLAIN)["scopes"] == sorted(DESK)
