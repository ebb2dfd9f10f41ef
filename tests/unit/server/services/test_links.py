"""Links: what a token opens, what closes it, and who is counted."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.db.books.links import MOST_OVER
from server.db.database import Database
from server.db.tables import LinkRight
from server.db.tenant import Tenant
from server.services.clients import Clients
from server.services.links import APART_S, DAY_S, MOST_LIVE, PREFIX, ClosedLink, Links, OpenLink
from server.services.refusals import RefusedError
from tests.fakes.clock import FakeClock
from tests.fakes.links import BASE, add_incident, link_config, token_of
from vigint_core.domain.fault import Code, VigintError

OTHER_SECRET = "Zr7Lm4sBw8yEa1uHd6fGc3jNp5kq2vX0t9"


@pytest.fixture
def links(database: Database, clock: FakeClock, tmp_path: Path) -> Links:
    return Links(database, clock, link_config(tmp_path))


@pytest.fixture
def tenant(database: Database, clock: FakeClock) -> Tenant:
    return new_tenant(database, clock, "Shop")


def new_tenant(database: Database, clock: FakeClock, name: str) -> Tenant:
    tenant = Tenant(database, Clients(database, clock).add(name).id)
    add_incident(database, tenant.client_id)
    return tenant


def opened(links: Links, token: str) -> OpenLink:
    found = links.read(token)
    assert isinstance(found, OpenLink), found
    return found


def closed(links: Links, token: str) -> str:
    found = links.read(token)
    assert isinstance(found, ClosedLink), found
    return found.why


def refusal(links: Links, tenant: Tenant, incident_id: str = "i1") -> Code:
    with pytest.raises(RefusedError) as caught:
        links.make(tenant, incident_id, LinkRight.VIEW)
    return caught.value.code


def test_a_link_opens_its_incident_and_no_other(links: Links, tenant: Tenant) -> None:
    made = links.make(tenant, "i1", LinkRight.REVIEW, made_by="key1")

    assert made.url.startswith(BASE + PREFIX)
    found = opened(links, token_of(made.url))
    assert (found.tenant.client_id, found.entry.id) == (tenant.client_id, made.id)
    assert (found.entry.incident_id, found.entry.rights, found.entry.made_by) == ("i1", LinkRight.REVIEW, "key1")


def test_two_links_to_an_incident_are_two(links: Links, tenant: Tenant) -> None:
    first, second = (links.make(tenant, "i1", LinkRight.VIEW) for _ in range(2))
    links.revoke(tenant, "i1", first.id)

    assert first.url != second.url
    assert closed(links, token_of(first.url)) == "revoked"
    assert opened(links, token_of(second.url)).entry.id == second.id
    assert {entry.id for entry in links.all(tenant, "i1")} == {first.id, second.id}


@pytest.mark.parametrize(("days", "good_s"), [(None, 14 * DAY_S), (0.5, DAY_S / 2), (4000, 365 * DAY_S)])
def test_a_link_ends(links: Links, tenant: Tenant, clock: FakeClock, days: float | None, good_s: float) -> None:
    made = links.make(tenant, "i1", LinkRight.VIEW, days)
    token = token_of(made.url)

    assert made.expires_s == clock.wall() + good_s
    clock.advance(good_s - 1)
    assert opened(links, token)
    clock.advance(1)
    assert closed(links, token) == "ended"


def test_the_books_can_end_a_link_earlier_than_its_token_says(
    links: Links, tenant: Tenant, database: Database, clock: FakeClock
) -> None:
    token = token_of(links.make(tenant, "i1", LinkRight.VIEW).url)
    with database.connection() as connection:
        connection.exec_driver_sql(f"UPDATE links SET expires_s = {clock.wall()}")
    assert closed(links, token) == "ended"


def test_a_link_that_was_ours_and_is_erased_is_told_from_one_that_never_was(
    links: Links, tenant: Tenant, database: Database
) -> None:
    token = token_of(links.make(tenant, "i1", LinkRight.VIEW).url)
    with database.connection() as connection:
        connection.exec_driver_sql("DELETE FROM links")
    assert links.read(token) == ClosedLink(None, "erased")


def test_another_secret_opens_nothing(links: Links, tenant: Tenant, database: Database, tmp_path: Path) -> None:
    token = token_of(links.make(tenant, "i1", LinkRight.VIEW).url)
    other = Links(database, FakeClock(), link_config(tmp_path, secret_key=OTHER_SECRET))
    assert other.read(token) is None


def test_every_changed_character_makes_it_nobodys(links: Links, tenant: Tenant) -> None:
    token = token_of(links.make(tenant, "i1", LinkRight.VIEW).url)
    for place, character in enumerate(token):
        changed = token[:place] + ("A" if character != "A" else "B") + token[place + 1 :]
        assert links.read(changed) is None, place
    for other in ("", token[:-1], token + "A", token + "=", token.lower(), " " + token, token + "\n"):
        assert links.read(other) is None


@given(st.text(max_size=80) | st.from_regex(r"[A-Za-z0-9_-]{64}", fullmatch=True))
def test_no_other_text_opens_anything(text: str) -> None:
    nowhere = Links(Database("sqlite:////nowhere/x.sqlite3"), FakeClock(), link_config(Path()))
    assert nowhere.read(text) is None, "and the books, which have no tables here, were not asked"


def test_without_an_address_no_link_is_made(database: Database, tenant: Tenant, tmp_path: Path) -> None:
    silent = Links(database, FakeClock(), link_config(tmp_path, vigint_public_url=""))
    assert refusal(silent, tenant) is Code.LINK_NO_ADDRESS


def test_another_clients_links_are_as_if_they_did_not_exist(
    links: Links, tenant: Tenant, database: Database, clock: FakeClock
) -> None:
    other = Tenant(database, Clients(database, clock).add("Other").id)
    made = links.make(tenant, "i1", LinkRight.VIEW)

    assert refusal(links, other) is Code.REQUEST_NOT_FOUND
    for ask in (lambda: links.all(other, "i1"), lambda: links.revoke(other, "i1", made.id)):
        with pytest.raises(RefusedError) as caught:
            ask()
        assert caught.value.code is Code.REQUEST_NOT_FOUND
    add_incident(database, other.client_id)
    assert links.all(other, "i1") == []
    with pytest.raises(RefusedError):
        links.revoke(other, "i1", made.id)
    assert opened(links, token_of(made.url))


def test_a_link_is_revoked_under_its_own_incident_and_once(
    links: Links, tenant: Tenant, database: Database, clock: FakeClock
) -> None:
    add_incident(database, tenant.client_id, "i2")
    made = links.make(tenant, "i1", LinkRight.VIEW)
    with pytest.raises(RefusedError):
        links.revoke(tenant, "i2", made.id)

    links.revoke(tenant, "i1", made.id)
    first_s = links.all(tenant, "i1")[0].revoked_s
    clock.advance(5)
    links.revoke(tenant, "i1", made.id)

    assert links.all(tenant, "i1")[0].revoked_s == first_s


def test_keys_make_so_many_links_to_an_incident_and_alerts_as_many_as_they_need(
    links: Links, tenant: Tenant, database: Database, clock: FakeClock
) -> None:
    add_incident(database, tenant.client_id, "i2")
    made = [links.make(tenant, "i1", LinkRight.VIEW, 1, "key1") for _ in range(MOST_LIVE)]
    for _ in range(3):
        links.make(tenant, "i1", LinkRight.REVIEW)
    links.make(tenant, "i2", LinkRight.VIEW, made_by="key1")
    with pytest.raises(VigintError) as caught:
        links.make(tenant, "i1", LinkRight.VIEW, made_by="key2")
    assert caught.value.code is Code.LINK_TOO_MANY
    assert len(links.all(tenant, "i1")) == MOST_LIVE + 3

    links.revoke(tenant, "i1", made[0].id)
    links.make(tenant, "i1", LinkRight.VIEW, 2, "key2")
    with pytest.raises(VigintError):
        links.make(tenant, "i1", LinkRight.VIEW, made_by="key2")
    clock.advance(DAY_S)
    links.make(tenant, "i1", LinkRight.VIEW, 2, "key2")


def test_of_links_that_are_over_the_oldest_that_have_ended_are_forgotten_first(
    links: Links, tenant: Tenant, clock: FakeClock
) -> None:
    revoked = [links.make(tenant, "i1", LinkRight.VIEW, 100) for _ in range(3)]
    for link in revoked:
        links.revoke(tenant, "i1", link.id)
    first = links.make(tenant, "i1", LinkRight.VIEW, 1)
    clock.advance(1)
    ended = [links.make(tenant, "i1", LinkRight.VIEW, 1) for _ in range(MOST_OVER)]
    good = links.make(tenant, "i1", LinkRight.VIEW, 100)
    clock.advance(DAY_S)
    links.make(tenant, "i1", LinkRight.VIEW, 100)
    kept = {entry.id for entry in links.all(tenant, "i1")}

    assert len(kept) == MOST_OVER + 2
    assert {link.id for link in revoked} | {good.id} <= kept
    assert first.id not in kept
    assert closed(links, token_of(first.url)) == "ended", "what was forgotten says the same to people"
    assert closed(links, token_of(ended[0].url)) == "ended"
    assert closed(links, token_of(revoked[0].url)) == "revoked"


def test_who_looks_is_counted_apart_from_what_fetches(links: Links, tenant: Tenant, clock: FakeClock) -> None:
    link = opened(links, token_of(links.make(tenant, "i1", LinkRight.VIEW).url))
    for _ in range(3):
        links.note_fetch(link)

    counted = [links.note_opening(link), links.note_opening(link)]
    clock.advance(APART_S)
    counted.append(links.note_opening(link))

    (entry,) = links.all(tenant, "i1")
    assert counted == [True, False, True], "who looks again at once is counted once"
    assert (entry.fetched, entry.opened, entry.last_opened_s) == (3, 2, clock.wall())
