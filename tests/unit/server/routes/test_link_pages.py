"""The page behind a link over HTTP: what each token answers, its clip in ranges, and who may press its buttons."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from server.db.tables import FileKind, LinkRight
from server.db.tenant import Tenant
from server.pages.rendering import HEADERS, MEDIA_TYPES
from tests.fakes.links import BASE, OLD_NUMBERS, add_incident, set_body, still, token_of
from tests.fakes.mp4 import mp4
from tests.fakes.server import CLIENT, RunningServer, running_server
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.review import ReviewState, ReviewVerdict
from vigint_core.wire import WireObservation, WireReview

CLIP = mp4()
STILL = still(CLIP)


@dataclass(frozen=True, slots=True)
class Linked:
    """A server with an incident, and a way to ask for the pages of its links."""

    server: RunningServer
    tenant: Tenant

    def token(self, rights: LinkRight = LinkRight.REVIEW) -> str:
        return token_of(self.server.parts.links.make(self.tenant, "i1", rights).url)

    def ask(self, path: str, method: str = "GET", **headers: str) -> requests.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        with requests.Session() as session:
            return session.request(
                method, f"{self.server.url}/l/{path}", headers=named, timeout=20, allow_redirects=False
            )

    def counted(self) -> tuple[int, int]:
        (link,) = self.server.parts.links.all(self.tenant, "i1")
        return link.fetched, link.opened

    def review(self) -> WireReview:
        return self.server.parts.incidents.one(self.tenant, "i1").review

    def say(self, **said: Any) -> None:
        self.server.parts.incidents.review(self.tenant, "i1", lambda _version: True, said, "key1")


@pytest.fixture
def linked(tmp_path: Path) -> Iterator[Linked]:
    with running_server(tmp_path, limits={"vigint_public_url": BASE}) as server:
        tenant = Tenant(server.parts.database, server.parts.clients.named(CLIENT).id)
        add_incident(server.parts.database, tenant.client_id)
        yield Linked(server, tenant)


def words(answer: requests.Response, status: int) -> str:
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert {name: answer.headers.get(name) for name in HEADERS} == dict(HEADERS)
    return answer.content.decode()


def test_a_good_link_shows_its_incident(linked: Linked) -> None:
    page = words(linked.ask(linked.token()), 200)
    assert "A person puts a bottle into a bag" in page
    assert "Till 2" in page
    assert CLIENT in page


def test_what_overlapping_windows_say_of_the_same_second_stands_there_once(linked: Linked) -> None:
    twice = [WireObservation(at_s=at_s, text="A hand takes it.") for at_s in (2.5, 2.6, 2.6, 4.0)]
    add_incident(linked.server.parts.database, linked.tenant.client_id, "i2", observations=twice)
    made = linked.server.parts.links.make(linked.tenant, "i2", LinkRight.VIEW)
    page = words(linked.ask(token_of(made.url)), 200)
    assert page.count("A hand takes it.") == 2


@pytest.mark.parametrize("told", OLD_NUMBERS)
def test_a_number_that_no_calendar_has_is_a_page_all_the_same(linked: Linked, told: dict[str, Any]) -> None:
    set_body(linked.server.parts.database, linked.tenant.client_id, "i1", told)
    assert "A person puts a bottle into a bag" in words(linked.ask(linked.token()), 200)


@pytest.mark.expects_log("unforeseen error")
def test_what_nobody_foresaw_is_told_in_words(linked: Linked, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_shown: object) -> str:
        raise OverflowError("date value out of range")

    monkeypatch.setattr("server.routes.link_pages.link_page", fail)
    assert "date value" not in words(linked.ask(linked.token()), 503)


def test_asking_is_counted_apart_from_looking_and_head_is_not_counted(linked: Linked) -> None:
    token = linked.token()
    assert words(linked.ask(token, "HEAD"), 200) == ""
    assert linked.counted() == (0, 0)
    linked.ask(token)
    linked.ask(token)
    assert linked.counted() == (2, 0)
    assert [linked.ask(f"{token}/opened", "POST").status_code for _ in range(2)] == [204, 204]
    assert linked.counted() == (2, 1), "twice within a minute is once"


def test_desks_are_told_once_that_somebody_looks(linked: Linked) -> None:
    token = linked.token()
    before = linked.tenant.events.open(None, 10).last
    for _ in range(3):
        linked.ask(f"{token}/opened", "POST")
    (event,) = linked.tenant.events.open(before, 10).missed
    assert (event.kind, event.subject_id) == ("link.opened", "i1")


@pytest.mark.parametrize("path", ["", "/clip", "/still"])
def test_an_unknown_link_tells_nothing(linked: Linked, path: str) -> None:
    token = linked.token()
    for wrong in ("A" * 64, "x", token[:-1], token[:-1] + ("A" if token[-1] != "A" else "B")):
        page = words(linked.ask(wrong + path), 404)
        assert "Nothing is at this address" in page
        assert CLIENT not in page
    assert "rien à cette adresse" in words(linked.ask("A" * 64 + path, Accept_Language="fr-CA,fr;q=0.9"), 404)


@pytest.mark.parametrize("path", ["", "/clip", "/still"])
def test_a_link_that_has_ended_says_so_in_the_language_of_the_client(linked: Linked, path: str) -> None:
    token = linked.token()
    (link,) = linked.server.parts.links.all(linked.tenant, "i1")
    linked.server.parts.links.revoke(linked.tenant, "i1", link.id)
    assert "has taken it back" in words(linked.ask(token + path, Accept_Language="fr"), 410)
    with linked.server.parts.database.connection() as connection:
        connection.exec_driver_sql("UPDATE clients SET language = 'fr'")
        connection.exec_driver_sql("UPDATE links SET revoked_s = NULL, expires_s = 5")
    assert "n’est plus valable" in words(linked.ask(token + path, Accept_Language="en"), 410)
    with linked.server.parts.database.connection() as connection:
        connection.exec_driver_sql("DELETE FROM links")
    assert "no longer kept" in words(linked.ask(token + path, Accept_Language="en"), 410)


def test_clip_and_still_come_whole_and_in_ranges_and_are_not_kept_anywhere(linked: Linked) -> None:
    token = linked.token()
    assert linked.ask(f"{token}/clip").status_code == 404, "not there yet"
    assert "The clip is not here" in words(linked.ask(token), 200)
    linked.server.parts.files.store(linked.tenant, FileKind.ALERT, "i1", [CLIP])
    linked.server.parts.files.store(linked.tenant, FileKind.STILL, "i1", [STILL])

    whole, part = linked.ask(f"{token}/clip"), linked.ask(f"{token}/clip", Range="bytes=100-199")
    picture = linked.ask(f"{token}/still")

    assert (whole.status_code, whole.content) == (200, CLIP)
    assert (part.status_code, part.content) == (206, CLIP[100:200])
    assert (picture.status_code, picture.content, picture.headers["Content-Type"]) == (200, STILL, "image/jpeg")
    for answer in (whole, part, picture):
        assert {name: answer.headers.get(name) for name in HEADERS} == dict(HEADERS)
    assert f'poster="{token}/still"' in words(linked.ask(token), 200)


def test_seen_takes_the_incident_in_hand_and_says_by_which_link(linked: Linked) -> None:
    token = linked.token()
    answer = linked.ask(f"{token}/seen", "POST", Sec_Fetch_Site="same-origin")

    assert (answer.status_code, answer.headers["Location"]) == (303, f"../{token}#review")
    (link,) = linked.server.parts.links.all(linked.tenant, "i1")
    assert (linked.review().state, linked.review().verdict) == (ReviewState.IN_HAND, ReviewVerdict.NONE)
    assert linked.review().by == f"link:{link.id}"
    assert link.opened == 1, "who presses a button has looked"
    assert "Somebody has seen it." in words(linked.ask(token), 200)


def test_a_false_alarm_is_said_and_taken_back(linked: Linked) -> None:
    token = linked.token()
    linked.ask(f"{token}/false-alarm", "POST")
    assert (linked.review().state, linked.review().verdict) == (ReviewState.CLOSED, ReviewVerdict.FALSE_ALARM)
    assert "false alarm." in words(linked.ask(token), 200)
    linked.ask(f"{token}/seen", "POST")
    assert (linked.review().state, linked.review().verdict) == (ReviewState.IN_HAND, ReviewVerdict.NONE)


@pytest.mark.parametrize("verdict", [ReviewVerdict.REAL, ReviewVerdict.FALSE_ALARM])
def test_seen_takes_back_nothing_that_was_said_in_vigint(linked: Linked, verdict: ReviewVerdict) -> None:
    linked.say(verdict=verdict, state=ReviewState.CLOSED, comment="We spoke to her.")
    before = linked.review()
    linked.ask(f"{linked.token()}/seen", "POST")
    assert linked.review() == before


def test_a_link_that_only_shows_says_nothing(linked: Linked) -> None:
    token = linked.token(LinkRight.VIEW)
    for button in ("seen", "false-alarm"):
        assert "This link only shows" in words(linked.ask(f"{token}/{button}", "POST"), 403)
    assert linked.review() == WireReview()
    assert "<form" not in words(linked.ask(token), 200)


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "https://shop.example.evil.example"},
    ],
    ids=str,
)
@pytest.mark.parametrize("button", ["seen", "false-alarm", "opened"])
def test_no_other_page_presses_a_button(linked: Linked, button: str, headers: dict[str, str]) -> None:
    assert "another page" in words(linked.ask(f"{linked.token()}/{button}", "POST", **headers), 403)
    assert linked.review() == WireReview()
    assert linked.counted() == (0, 0)


@pytest.mark.parametrize(
    "headers", [{}, {"Origin": "null"}, {"Origin": "https://shop.example"}, {"Sec_Fetch_Site": "same-origin"}], ids=str
)
def test_our_own_page_does_also_where_the_browser_tells_little(linked: Linked, headers: dict[str, str]) -> None:
    assert linked.ask(f"{linked.token()}/seen", "POST", **headers).status_code == 303


def test_a_button_of_a_link_that_ended_does_nothing(linked: Linked) -> None:
    token = linked.token()
    (link,) = linked.server.parts.links.all(linked.tenant, "i1")
    linked.server.parts.links.revoke(linked.tenant, "i1", link.id)
    for button in ("seen", "false-alarm", "opened"):
        words(linked.ask(f"{token}/{button}", "POST"), 410)
        words(linked.ask(f"{'A' * 64}/{button}", "POST"), 404)
    assert linked.review() == WireReview()


@pytest.mark.parametrize("name", MEDIA_TYPES)
def test_what_the_page_loads_is_there(linked: Linked, name: str) -> None:
    answer = linked.ask(f"{name}?v=1")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, MEDIA_TYPES[name])
    assert "max-age" in answer.headers["Cache-Control"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.expects_log("page not shown")
def test_books_that_fail_are_told_in_words(linked: Linked, monkeypatch: pytest.MonkeyPatch) -> None:
    token = linked.token()

    def fails(*_: object) -> None:
        raise VigintError(Code.SERVER_STORAGE, "database: OperationalError")

    monkeypatch.setattr("server.db.books.links.LinkBook.note_fetch", fails)
    assert "Till 2" in words(linked.ask(token), 200), "it is shown, only not counted"
    monkeypatch.setattr("server.services.links.found_by_id", fails)
    assert "can’t be shown now" in words(linked.ask(token), 503)


def test_no_page_stands_in_the_api_s_document(linked: Linked) -> None:
    assert not [path for path in linked.server.app.openapi()["paths"] if path.startswith("/l")]
