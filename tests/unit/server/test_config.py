"""What the environment may say, and what it may not."""

import re
from pathlib import Path

import pytest

from server.config import Config, ConfigError, check_secret, from_environment, listed
from server.services.analyses import LONGEST_WAIT_S
from vigint_core.domain.budget import Caps

GOOD = "kq2vX0t9-Zr7Lm4sBw8yEa1uHd6fGc3jNp5"


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    monkeypatch.setenv("SECRET_KEY", GOOD)
    monkeypatch.setenv("VIGINT_DATA_DIR", str(tmp_path))
    return monkeypatch


def test_the_least_that_is_needed(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    config = from_environment()
    assert config.database == f"sqlite:///{tmp_path / 'server.sqlite3'}"
    assert (config.host, config.port, config.google_api_key.get_secret_value()) == ("127.0.0.1", 8000, "")


def test_limits_come_from_the_environment(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("VIGINT_MAX_CLIP_BYTES", "123456")
    environment.setenv("VIGINT_MAX_CLIP_SECONDS", "12.5")
    limits = from_environment().clip_limits
    assert (limits.bytes, limits.seconds) == (123456, 12.5)


def test_what_each_client_may_spend_is_told_in_dollars(environment: pytest.MonkeyPatch) -> None:
    assert from_environment().caps == Caps(), "nothing is limited unless somebody says so"
    environment.setenv("VIGINT_BUDGET_DAY_USD", "2.5")
    environment.setenv("VIGINT_BUDGET_CAMERA_MONTH_USD", "0")
    assert from_environment().caps == Caps(day=2_500_000, camera_month=0)


@pytest.mark.parametrize("value", ["-1", "much", "nan", "1e12"])
def test_a_budget_that_is_no_sum_is_refused(environment: pytest.MonkeyPatch, value: str) -> None:
    environment.setenv("VIGINT_BUDGET_MONTH_USD", value)
    with pytest.raises(ConfigError, match="VIGINT_BUDGET_MONTH_USD"):
        from_environment()


def test_secrets_show_in_no_repr(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("GOOGLE_API_KEY", "AQ.hunter2")
    environment.setenv("DATABASE_URL", "postgresql://u:hunter2@127.0.0.1/x")
    assert "hunter2" not in repr(from_environment())
    assert GOOD not in repr(from_environment())


@pytest.mark.parametrize(
    ("name", "value"),
    [("PORT", "70000"), ("VIGINT_MAX_CLIP_BYTES", "-1"), ("VIGINT_MAX_LOOKS", "1000"), ("VIGINT_MAX_BODY_WAIT_S", "x")],
)
def test_a_value_out_of_bounds_is_named_and_not_repeated(
    environment: pytest.MonkeyPatch, name: str, value: str
) -> None:
    environment.setenv(name, value)
    with pytest.raises(ConfigError, match=f"^{name}: ") as raised:
        from_environment()
    assert value == "-1" or f"'{value}'" not in str(raised.value)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("VIGINT_STORAGE_URL", "s3://name:pass@bucket", "must be s3://bucket/prefix or file:///folder"),
        ("VIGINT_PUBLIC_URL", "shop.example", "must be an address like https://shop.example"),
        ("PORT", "99999", "Input should be less than or equal to 65535"),
    ],
)
def test_what_is_wrong_is_said_in_plain_words(
    environment: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    environment.setenv(name, value)
    with pytest.raises(ConfigError) as raised:
        from_environment()
    assert str(raised.value) == f"{name}: {said}"


def test_every_setting_is_explained_in_the_documentation() -> None:
    text = (Path(__file__).parents[3] / "docs" / "server.md").read_text("utf-8")
    missing = [name for name in Config.model_fields if f"`{name.upper()}`" not in text]
    assert missing == []


def test_every_setting_in_the_documentation_exists() -> None:
    text = (Path(__file__).parents[3] / "docs" / "server.md").read_text("utf-8")
    table = text.partition("\n## Environment\n")[2].partition("\n## ")[0]
    names = {name for row in re.findall(r"^\| (`.*?`) \|", table, re.MULTILINE) for name in re.findall(r"`(.*?)`", row)}
    names |= set(re.findall(r"\b(?:VIGINT|EMAIL|GOOGLE|AWS)_[A-Z_]+\b", text))
    assert len(names) > 40, "the table was found"
    assert names - {name.upper() for name in Config.model_fields} == set()


def test_the_documented_proxy_lets_everything_through(environment: pytest.MonkeyPatch) -> None:
    """It was tried by hand with nginx 1.22; what depends on our numbers is checked here."""
    documented = (Path(__file__).parents[3] / "docs/server.md").read_text("utf-8").partition("```nginx")[2]
    told = dict(re.findall(r"(client_max_body_size|proxy_read_timeout) (\d+)[ms];", documented.partition("```")[0]))
    environment.delenv("VIGINT_MAX_BODY_BYTES", raising=False)
    assert int(told["client_max_body_size"]) * 2**20 > from_environment().vigint_max_body_bytes
    assert int(told["proxy_read_timeout"]) > LONGEST_WAIT_S


def test_a_good_secret_is_taken() -> None:
    check_secret(GOOD)


@pytest.mark.parametrize("secret", ["", GOOD[:31], "ab" * 20, "CHANGEME-" + GOOD, GOOD + "-default"])
def test_a_secret_that_can_be_guessed_is_refused(secret: str) -> None:
    with pytest.raises(ConfigError) as raised:
        check_secret(secret)
    assert not secret or secret not in str(raised.value)


def test_mail_is_told_by_the_predecessors_names(environment: pytest.MonkeyPatch) -> None:
    for name, value in (
        ("EMAIL_SMTP_SERVER", "mail.shop.example"),
        ("EMAIL_SMTP_PORT", "465"),
        ("EMAIL_USERNAME", "alerts"),
        ("EMAIL_PASSWORD", "hunter2"),
        ("EMAIL_FROM", "VigInt <alerts@shop.example>"),
        ("EMAIL_TO", "owner@shop.example, guard@shop.example,"),
    ):
        environment.setenv(name, value)
    config = from_environment()

    assert (config.email_smtp_server, config.email_smtp_port) == ("mail.shop.example", 465)
    assert listed(config.email_to) == ("owner@shop.example", "guard@shop.example")
    assert "hunter2" not in repr(config)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("EMAIL_TO", "owner"),
        ("EMAIL_TO", "owner@shop.example; guard@shop.example"),
        ("EMAIL_TO", "o@shop.example\nBcc: x@shop.example"),
        ("EMAIL_FROM", "VigInt"),
        ("EMAIL_FROM", "VigInt\r\nBcc: x@shop.example <alerts@shop.example>"),
        ("EMAIL_SECURITY", "maybe"),
        ("EMAIL_SMTP_PORT", "0"),
        ("VIGINT_ALERTS_AN_HOUR", "1"),
        ("VIGINT_ALERT_COOLDOWN_S", "7200"),
    ],
)
def test_a_word_on_mail_that_is_none_is_named(environment: pytest.MonkeyPatch, name: str, value: str) -> None:
    environment.setenv(name, value)
    with pytest.raises(ConfigError, match=name):
        from_environment()
