"""The page behind a link in a real browser: it plays, jumps, is pressed, and asks nobody else for anything."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from server.db.tables import FileKind, LinkRight
from server.db.tenant import Tenant
from tests.fakes.devtools import Browser, browser
from tests.fakes.links import BASE, START_S, add_incident, incident_body, still, token_of
from tests.fakes.mp4 import mp4
from tests.fakes.server import CLIENT, RunningServer, running_server
from tests.fakes.waiting import wait_until
from vigint_core.domain.review import ReviewState, ReviewVerdict
from vigint_core.wire import WireReview

CLIP = mp4(640, 360, frames=40, fps=4)
PHONE, DESK = (360, 780), (1440, 900)


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody with a link, at a browser."""

    server: RunningServer
    tenant: Tenant
    page: Browser

    def url(self, rights: LinkRight = LinkRight.REVIEW) -> str:
        made = self.server.parts.links.make(self.tenant, "i1", rights)
        return f"{self.server.url}/l/{token_of(made.url)}"

    def opened(self) -> int:
        return sum(link.opened for link in self.server.parts.links.all(self.tenant, "i1"))

    def review(self) -> WireReview:
        return self.server.parts.incidents.one(self.tenant, "i1").review

    def moments(self) -> int:
        """How many moments are marked as the one that plays."""
        marked: int = self.page.run("document.querySelectorAll('a[aria-current]').length")
        return marked


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("browser")) as page:
        yield page


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    with running_server(tmp_path / "server", limits={"vigint_public_url": BASE}) as running:
        yield running


@pytest.fixture
def visit(server: RunningServer, page: Browser) -> Iterator[Visit]:
    """An incident with its clip, and what the browser said so far forgotten."""
    tenant = Tenant(server.parts.database, server.parts.clients.named(CLIENT).id)
    add_incident(server.parts.database, tenant.client_id, alert_start=incident_body().start)
    server.parts.files.store(tenant, FileKind.ALERT, "i1", [CLIP])
    server.parts.files.store(tenant, FileKind.STILL, "i1", [still(CLIP)])
    page.requests.clear()
    page.said.clear()
    page.look(*DESK)
    yield Visit(server, tenant, page)
    assert page.said == [], "nothing broke, and nothing broke the page's policy"
    assert not [url for url in page.requests if not url.startswith((server.url + "/l/", "about:"))]


def test_the_clip_plays_and_every_moment_leads_to_its_second(visit: Visit) -> None:
    page = visit.page
    page.open(visit.url())
    assert page.until("document.getElementById('clip').readyState >= 2")
    assert page.run("document.getElementById('clip').duration") == pytest.approx(10.0, abs=0.3)
    assert visit.opened() == 0, "it was only loaded"

    for number, at_s in ((2, 6.0), (1, 2.5)):
        page.click(f"li:nth-child({number}) a")
        assert page.until(f"!clip.paused && !clip.seeking && clip.currentTime >= {at_s}"), "it plays from there"
        assert page.run("clip.currentTime") < at_s + 3
        page.run("clip.pause()")
        assert page.until(f"document.querySelectorAll('li')[{number - 1}].querySelector('a[aria-current]') !== null")
        assert visit.moments() == 1
    assert page.run("clip.getVideoPlaybackQuality().totalVideoFrames") > 0
    assert wait_until(lambda: visit.opened() == 1), "who plays it has looked"


def test_a_link_can_name_its_moment(visit: Visit) -> None:
    visit.page.open(visit.url() + "#t=6")
    assert visit.page.until("Math.abs(document.getElementById('clip').currentTime - 6) < 0.1")


def test_the_poster_is_there_before_anybody_plays(visit: Visit) -> None:
    visit.page.open(visit.url())
    assert visit.page.until("document.getElementById('clip').poster.endsWith('/still')")
    assert [url for url in visit.page.requests if url.endswith("/still")]


@pytest.mark.parametrize("script", [True, False], ids=["with-script", "without-script"])
@pytest.mark.parametrize(
    ("button", "state", "verdict"),
    [
        ("seen", ReviewState.IN_HAND, ReviewVerdict.NONE),
        ("false-alarm", ReviewState.CLOSED, ReviewVerdict.FALSE_ALARM),
    ],
)
def test_a_button_is_pressed_and_the_page_says_what_was_said(
    visit: Visit, button: str, state: ReviewState, verdict: ReviewVerdict, script: bool
) -> None:
    page, url = visit.page, visit.url()
    page.look(*PHONE, script=script)
    page.open(url)

    with page.loading():
        page.click(f"form[action$='/{button}'] button")

    assert (visit.review().state, visit.review().verdict) == (state, verdict)
    assert visit.review().by.startswith("link:")
    assert "Nobody has said so yet" not in page.html()


def test_without_script_a_moment_opens_the_clip_at_its_second(visit: Visit) -> None:
    page = visit.page
    page.look(*DESK, script=False)
    page.open(visit.url())
    with page.loading():
        page.click("li:nth-child(2) a")
    page.look(*DESK)
    assert page.requests[-1].endswith("/clip")
    assert page.until("Math.abs(document.querySelector('video').currentTime - 6) < 1.5"), "the browser's own jump"


@pytest.mark.slow
def test_it_is_used_with_the_keyboard_alone(visit: Visit) -> None:
    """Every button and link is reached by Tab, shows that it is, and Enter presses it."""
    page = visit.page
    page.open(visit.url())
    reached: list[str] = []
    for _ in range(40):
        page.press("Tab", 9)
        name = page.run(
            "(e => e.dataset.at || (e.closest('form') || {action: ''}).action || e.id)(document.activeElement)"
        )
        if name and name not in reached:
            assert page.run("document.activeElement.matches(':focus-visible')")
            outline = "getComputedStyle(document.activeElement).outlineStyle"
            assert page.run(outline) == "solid", f"{name} does not show that it has the focus"
            reached.append(name)
        if name.endswith("/false-alarm"):
            break
    assert [each for each in reached if each != "clip"][:2] == ["2.5", "6.0"]
    with page.loading():
        page.press("Enter", 13)
    assert visit.review().verdict is ReviewVerdict.FALSE_ALARM


@pytest.mark.slow
@pytest.mark.parametrize("width", [320, 360, 768, 1440])
@pytest.mark.parametrize("theme", ["dark", "light"])
def test_nothing_is_cut_off_on_any_screen(visit: Visit, width: int, theme: str, tmp_path: Path) -> None:
    page = visit.page
    page.look(width, 800, theme)  # type: ignore[arg-type]
    page.open(visit.url())
    assert page.run("document.documentElement.scrollWidth") <= width
    targets = "[...document.querySelectorAll('button, .moments a')].map(e => e.getBoundingClientRect().height)"
    assert min(page.run(targets)) >= 44, "a finger hits it"
    ground = page.run("getComputedStyle(document.body).backgroundColor")
    assert ground == {"dark": "rgb(18, 21, 24)", "light": "rgb(236, 238, 241)"}[theme]
    page.picture(tmp_path / "page.png")
    assert (tmp_path / "page.png").stat().st_size > 5000


@pytest.mark.slow
@pytest.mark.parametrize("script", [True, False], ids=["with-script", "without-script"])
def test_without_a_clip_it_waits_for_a_hand(visit: Visit, script: bool) -> None:
    page = visit.page
    add_incident(visit.server.parts.database, visit.tenant.client_id, "i2", opened=incident_body().opened)
    made = visit.server.parts.links.make(visit.tenant, "i2", LinkRight.VIEW)
    page.look(*DESK, script=script)
    page.open(f"{visit.server.url}/l/{token_of(made.url)}")
    assert "The clip is not here" in page.html()
    assert "http-equiv" not in page.html(), "it does not load itself again"
    visit.server.parts.files.store(visit.tenant, FileKind.ALERT, "i2", [CLIP])
    with page.loading():
        page.click(".button")
    assert "<video" in page.html()


@pytest.mark.slow
def test_who_stays_has_looked_without_playing(visit: Visit) -> None:
    page = visit.page
    page.open(visit.url())
    page.run(
        "window.fetched = []; const f = window.fetch; window.fetch = (...a) => { fetched.push(a[0]); return f(...a); }"
    )
    assert visit.opened() == 0
    assert page.until("fetched.length === 1", timeout_s=20)
    assert wait_until(lambda: visit.opened() == 1)


@pytest.mark.slow
def test_times_and_words_are_those_of_the_shop(visit: Visit) -> None:
    with visit.server.parts.database.connection() as connection:
        connection.exec_driver_sql("UPDATE clients SET language = 'fr', time_zone = 'Asia/Tokyo'")
    visit.page.open(visit.url())
    assert visit.page.run("document.documentElement.lang") == "fr"
    text = visit.page.run("document.body.innerText")
    assert "22:31:42 dimanche 22 novembre 2026" in text
    assert incident_body().start.timestamp() == START_S


def test_the_browser_would_say_if_the_policy_were_broken(visit: Visit) -> None:
    """What the other tests rely on: inline code and pictures from elsewhere are refused, and heard of."""
    page = visit.page
    page.open(visit.url())
    page.run("document.body.setAttribute('style', 'color: red')")
    page.run("new Promise(done => { const i = new Image(); i.onerror = done; i.src = 'http://127.0.0.1:9/x.png'; })")
    assert len([line for line in page.said if "Content Security Policy" in line]) == 2
    page.said.clear()
    page.requests.clear()
