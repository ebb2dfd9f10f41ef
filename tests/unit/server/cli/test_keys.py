"""Keys in words: what an operator sees of them, and never a secret."""

from server.cli.keys import in_words, limits_in_words
from server.services.admin.bodies import KeyMade, KeyView, LimitsBody
from server.services.limits import NO_SPEND_LIMIT
from vigint_core.domain.scope import Scope

PLAIN = KeyView(
    id="ab12", client_id="c1", client_name="Shop Lyon", state="good", scopes=list(Scope), created_s=0.0,
    last_used_s=None, expires_s=None, old_until_s=None, revoked_s=None, limits=LimitsBody(),
)  # fmt: skip


def changed(**fields: object) -> KeyView:
    return PLAIN.model_copy(update=fields)


def test_a_plain_key_is_one_short_line() -> None:
    assert in_words(PLAIN) == "ab12  1970-01-01  good     Shop Lyon  ·  all of a desk  ·  never used"


def test_what_bounds_a_key_stands_in_its_line() -> None:
    bounded = changed(
        scopes=["analyse", "usage:read"], expires_s=172_800.0, last_used_s=60.0, old_until_s=3600.0,
        limits=LimitsBody(looks=4, spend_month=12_345_678),
    )  # fmt: skip
    assert in_words(bounded).split("  ·  ")[1:] == [
        "analyse usage:read",
        "last used 1970-01-01 00:01 UTC",
        "expires 1970-01-03 00:00 UTC",
        "old secret until 1970-01-01 01:00 UTC",
        "4 looks at once, 12.345678 USD a month",
    ]
    assert "revoked  Shop" in in_words(changed(state="revoked", revoked_s=1.0))


def test_a_client_s_name_does_not_steer_the_terminal() -> None:
    assert "\x1b" not in in_words(changed(client_name="Shop\x1b[2J"))


def test_limits_in_words() -> None:
    lifted = LimitsBody(requests_minute=0, bytes_hour=0, looks=0, spend_day=NO_SPEND_LIMIT, spend_month=0)
    assert limits_in_words(lifted, "-") == (
        "any requests a minute, any bytes an hour, any looks at once, any USD a day, 0.000000 USD a month"
    )
    assert limits_in_words(LimitsBody(), "none of its own") == "none of its own"


def test_a_secret_is_in_no_repr() -> None:
    assert "hunter2" not in repr(KeyMade(key="vg_ab12_hunter2", **PLAIN.model_dump()))
