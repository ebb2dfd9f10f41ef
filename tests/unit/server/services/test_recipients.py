"""Who is told: added, changed, removed; and what is refused because nobody could be told like that."""

import base64
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from server.db.database import Database
from server.db.tables import RecipientRow
from server.services.clients import Clients, UnknownError
from server.services.recipients import MOST_RECIPIENTS, Recipients, WishError, signing_key
from tests.fakes.alerting import SHOP, alert_config
from tests.fakes.clock import FakeClock
from tests.fakes.server import SECRET_KEY
from vigint_core.domain.alert import Channel, Wishes
from vigint_core.domain.incident import IncidentState
from vigint_core.domain.schedule import Hours
from vigint_core.domain.verdict import Severity

WISHES = Wishes(
    least=Severity.HIGH,
    states=frozenset({IncidentState.CONFIRMED}),
    hours=((Hours(8 * 60, 12 * 60), Hours(14 * 60, 19 * 60)),) * 6 + ((),),
    always=None,
)
HOOK = "https://hooks.shop.example/alerts?shop=1"


@pytest.fixture
def recipients(database: Database, clock: FakeClock, tmp_path: Path) -> Recipients:
    return told_by(database, clock, tmp_path)


def told_by(database: Database, clock: FakeClock, folder: Path, **changes: object) -> Recipients:
    clients = Clients(database, clock)
    if not clients.all():
        clients.add(SHOP)
    return Recipients(database, clock, alert_config(folder, **changes))


def test_what_is_added_is_listed_with_all_its_wishes(recipients: Recipients, clock: FakeClock) -> None:
    first = recipients.add(SHOP, Channel.MAIL, "owner@shop.example", WISHES, "fr")
    clock.advance(1)
    second = recipients.add(SHOP, Channel.MAIL, "guard@shop.example")

    assert first.secret is None
    assert recipients.all(SHOP) == [first.recipient, second.recipient]
    assert recipients.one(SHOP, first.recipient.id).wishes == WISHES
    assert (first.recipient.language, second.recipient.language) == ("fr", "en")
    assert second.recipient.wishes == Wishes(always=Severity.CRITICAL)


def test_what_is_set_replaces_all_but_channel_and_secret(recipients: Recipients) -> None:
    hook = recipients.add(SHOP, Channel.WEBHOOK, HOOK).recipient
    changed = replace(hook, wishes=WISHES, paused=True, language="fr", channel=Channel.MAIL, salt="")

    assert recipients.set(SHOP, changed) == replace(changed, channel=Channel.WEBHOOK, salt=hook.salt)
    assert recipients.one(SHOP, hook.id).wishes == WISHES


def test_what_is_removed_or_of_another_client_is_unknown(recipients: Recipients, database: Database) -> None:
    Clients(database, FakeClock()).add("Other")
    owner = recipients.add(SHOP, Channel.MAIL, "owner@shop.example").recipient
    for refused in (lambda: recipients.one("Other", owner.id), lambda: recipients.remove("Other", owner.id)):
        with pytest.raises(UnknownError, match="Other has no recipient"):
            refused()
    with pytest.raises(UnknownError, match="no client"):
        recipients.all("Nobody")
    recipients.remove(SHOP, owner.id)
    with pytest.raises(UnknownError):
        recipients.set(SHOP, owner)


def test_who_has_none_is_told_by_those_of_email_to_in_its_language(
    database: Database, clock: FakeClock, tmp_path: Path
) -> None:
    recipients = told_by(database, clock, tmp_path, email_to="a@shop.example, b@shop.example")
    Clients(database, clock).change(SHOP, language="fr")
    defaults = recipients.all(SHOP)
    own = recipients.add(SHOP, Channel.MAIL, "owner@shop.example").recipient

    assert [(one.address, one.language, one.channel) for one in defaults] == [
        ("a@shop.example", "fr", Channel.MAIL), ("b@shop.example", "fr", Channel.MAIL),
    ]  # fmt: skip
    assert [one.id for one in defaults] == [one.id for one in told_by(
        database, clock, tmp_path, email_to="a@shop.example,b@shop.example,"
    ).told([], "fr")]  # fmt: skip
    assert own.language == "fr"
    assert recipients.all(SHOP) == [own]


def test_a_webhooks_secret_is_shown_once_signs_and_lies_nowhere(recipients: Recipients, database: Database) -> None:
    added = recipients.add(SHOP, Channel.WEBHOOK, HOOK)
    assert added.secret is not None
    secret = added.secret.get_secret_value()
    client_id = Clients(database, FakeClock()).named(SHOP).id
    key = signing_key(SecretStr(SECRET_KEY), client_id, added.recipient)

    assert base64.b64decode(secret.removeprefix("whsec_")) == key
    assert secret not in repr(added)
    with database.reading() as session:
        row = session.query(RecipientRow).one()
        kept = " ".join(str(getattr(row, column.name)) for column in RecipientRow.__table__.columns)
    assert secret[6:] not in kept
    assert key.hex() not in kept


def test_a_renewed_secret_is_another_one(recipients: Recipients) -> None:
    added = recipients.add(SHOP, Channel.WEBHOOK, HOOK)
    renewed = recipients.renew_secret(SHOP, added.recipient.id)
    mail = recipients.add(SHOP, Channel.MAIL, "owner@shop.example").recipient

    assert renewed.secret != added.secret
    assert recipients.one(SHOP, added.recipient.id) == renewed.recipient
    with pytest.raises(WishError):
        recipients.renew_secret(SHOP, mail.id)


@pytest.mark.parametrize(
    "address", ["", "owner", "owner@", "a@b@c", "owner@shop.example\nBcc: x@y.example", "Owner <o@shop.example>",
                "o@shop..example", "é@shop.example", "o" * 65 + "@shop.example", "o@" + "a." * 130 + "example"],
)  # fmt: skip
def test_an_address_that_no_header_should_carry_is_refused(recipients: Recipients, address: str) -> None:
    with pytest.raises(WishError, match="address of mail"):
        recipients.add(SHOP, Channel.MAIL, address)


@pytest.mark.parametrize(
    "url", ["", "shop.example", "ftp://shop.example/", "https://", "https://user:pass@shop.example/",
            "https://shop.example/#x", "https://shop.example/\n", "https://shop.example:0/", "https://shop.example:99999/",
            "https://[::1", "https://é.example/", "https://shop.example/" + "x" * 500],
)  # fmt: skip
def test_a_url_that_is_none_is_refused(recipients: Recipients, url: str) -> None:
    with pytest.raises(WishError, match="no address"):
        recipients.add(SHOP, Channel.WEBHOOK, url)


def test_plain_http_is_for_this_machine_or_by_the_owners_word(
    recipients: Recipients, database: Database, clock: FakeClock, tmp_path: Path
) -> None:
    with pytest.raises(WishError, match="https"):
        recipients.add(SHOP, Channel.WEBHOOK, "http://192.0.2.7/alerts")
    for here in ("http://127.0.0.1:8080/", "http://localhost/", "http://[::1]/"):
        recipients.add(SHOP, Channel.WEBHOOK, here)
    lax = told_by(database, clock, tmp_path, vigint_webhook_insecure=True)
    assert lax.add(SHOP, Channel.WEBHOOK, "http://192.0.2.7/alerts").recipient.address == "http://192.0.2.7/alerts"


@pytest.mark.parametrize(
    "wishes",
    [
        Wishes(states=frozenset()),
        Wishes(states=frozenset({IncidentState.VETOED})),
        Wishes(hours=((),) * 7),
        Wishes(hours=((Hours(0, 60),),)),
    ],
)
def test_wishes_that_would_tell_nothing_ever_are_refused(recipients: Recipients, wishes: Wishes) -> None:
    with pytest.raises(WishError):
        recipients.add(SHOP, Channel.MAIL, "owner@shop.example", wishes)


def test_a_language_that_nobody_wrote_is_refused(recipients: Recipients) -> None:
    with pytest.raises(WishError, match="en or fr"):
        recipients.add(SHOP, Channel.MAIL, "owner@shop.example", language="de")


def test_a_client_has_an_end_of_recipients(recipients: Recipients) -> None:
    for number in range(MOST_RECIPIENTS):
        recipients.add(SHOP, Channel.MAIL, f"o{number}@shop.example")
    with pytest.raises(WishError, match="at most"):
        recipients.add(SHOP, Channel.MAIL, "one.more@shop.example")
