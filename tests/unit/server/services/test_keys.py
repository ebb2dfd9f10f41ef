"""Keys: their form, their hash, and what they refuse."""

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from server.services import keys as module
from server.services.keys import ApiKey, new_key, parse_key, renewed

ALNUM = string.ascii_letters + string.digits
IDS = st.text(ALNUM, min_size=4, max_size=32)
SECRETS = st.text(ALNUM + "_-", min_size=20, max_size=128)


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


@given(IDS, SECRETS)
def test_every_key_of_the_form_is_read_in_its_parts(key_id: str, secret: str) -> None:
    key = parse_key(f"vg_{key_id}_{secret}")
    assert key is not None
    assert (key.id, key.secret.get_secret_value()) == (key_id, secret)
    assert key.fits(key.digest)


@given(st.text() | st.from_regex(r"(vg|VG)?_?[A-Za-z0-9é]*_?[\w\s-]*", fullmatch=True))
def test_whatever_is_typed_is_read_as_it_stands_or_is_no_key(text: str) -> None:
    key = parse_key(text)
    form = re.fullmatch(r"vg_[A-Za-z0-9]{4,32}_[A-Za-z0-9_-]{20,128}", text)
    assert (key is not None) == (form is not None)
    assert key is None or key.text == text


@given(IDS, SECRETS, SECRETS)
def test_another_secret_never_fits(key_id: str, secret: str, other: str) -> None:
    kept = ApiKey(key_id, SecretStr(secret)).digest
    assert ApiKey(key_id, SecretStr(other)).fits(kept) == (secret == other)


@given(IDS, SECRETS)
def test_a_key_within_another_text_is_found(key_id: str, secret: str) -> None:
    assert module.KEY_SHAPE.search(f"https://x/?a=vg_{key_id}_{secret}&b=1") is not None


def test_a_key_fits_one_of_several_digests() -> None:
    key, other = new_key(), new_key()
    assert key.fits(other.digest, key.digest)
    assert key.fits(key.digest, None)
    assert not key.fits(other.digest, None)
    assert not key.fits(None, None)


def test_all_digests_are_compared_whatever_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    """An unknown key costs as many hashes and comparisons as a wrong one and a good one."""
    compared = []
    real = module.hmac.compare_digest
    monkeypatch.setattr(module.hmac, "compare_digest", lambda a, b: compared.append(len(b)) or real(a, b))
    key = new_key()
    for digests in ((None, None), (new_key().digest, None), (key.digest, None), (key.digest, new_key().digest)):
        compared.clear()
        key.fits(*digests)
        assert compared == [64, 64]


def test_a_renewed_key_has_its_id_and_another_secret() -> None:
    key = new_key()
    assert renewed(key.id).id == key.id
    assert renewed(key.id).text != key.text
