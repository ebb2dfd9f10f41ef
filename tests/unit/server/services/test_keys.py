"""Keys: their form, their hash, and what they refuse."""

import pytest
from pydantic import SecretStr

from server.services.keys import ApiKey, new_key, parse_key


def test_a_new_key_can_be_read_back() -> None:
    key = new_key()
    assert parse_key(key.text) == key
    assert key.fits(key.digest)


def test_new_keys_differ() -> None:
    assert new_key().text != new_key().text


def test_only_its_own_digest_fits() -> None:
    key = new_key()
    assert not key.fits(new_key().digest)
    assert not key.fits(None)
    assert not key.fits("")
    assert not key.fits("0" * 64)


def test_the_digest_depends_on_the_id() -> None:
    secret = SecretStr("x" * 43)
    assert ApiKey("aaaa", secret).digest != ApiKey("bbbb", secret).digest


def test_the_secret_is_in_no_repr() -> None:
    key = new_key()
    assert key.secret.get_secret_value() not in repr(key)
    assert key.secret.get_secret_value() not in key.digest


@pytest.mark.parametrize(
    "text",
    [
        "",
        "vg",
        "vg_ab12_short",
        "xx_ab12_" + "x" * 43,
        "vg_ab_" + "x" * 43,
        "vg_ab12_" + "x" * 43 + "\n",
        "vg_é123_" + "x" * 43,
        "vg_ab12_" + "x" * 200,
    ],
)
def test_what_has_not_the_form_is_no_key(text: str) -> None:
    assert parse_key(text) is None


def test_a_secret_may_hold_an_underscore() -> None:
    key = parse_key("vg_ab12_" + "x_" * 20)
    assert key is not None
    assert (key.id, key.secret.get_secret_value()) == ("ab12", "x_" * 20)
