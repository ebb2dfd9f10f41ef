"""The page behind a link: what it says, in which words and times, and that nothing on it can do anything of its own."""

import re
import tomllib
from dataclasses import replace
from html.parser import HTMLParser
from itertools import product
from pathlib import Path
from typing import get_args

import pytest

import server.pages
from server.pages.link_page import Also, Notice, Seen, Shown, link_page, notice_page
from server.pages.rendering import HEADERS, MEDIA_TYPES, asset
from tests.fakes.links import START_S
from vigint_core import texts
from vigint_core.domain.incident import IncidentState
from vigint_core.domain.review import ReviewState, ReviewVerdict
from vigint_core.domain.verdict import IncidentType, Severity
from vigint_desktop.ui.theme.tokens import THEMES, Tokens, contrast

PAGES = Path(server.pages.__file__).parent
TOKEN = "Ab-_" * 16
SHOWN = Shown(
    language="en", token=TOKEN, client="Shop Lyon", place="Europe/Paris", camera="Till 2",
    type=IncidentType.CONCEALMENT, severity=Severity.HIGH, state=IncidentState.CONFIRMED, source="ai",
    summary="A person puts a bottle into a bag.", also=(Also(IncidentType.VIOLENCE, "Two people push each other."),),
    moments=(Seen(START_S + 6.04, "The bottle goes into the bag."), Seen(START_S + 2.5, "A hand takes it.")),
    act_s=START_S + 2.5, clip_start_s=START_S - 2.5, has_clip=True, has_still=True, verdict=ReviewVerdict.NONE,
    review_state=ReviewState.NEW, reviewed_s=None, may_review=True, expires_s=START_S + 14 * 86400,
)  # fmt: skip


class Read(HTMLParser):
    """A page as a browser takes it: elements with their attributes, and the text that is seen."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.text += f" {' '.join(data.split())}" if data.strip() else ""

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]


def test_it_says_what_happened_where_and_when() -> None:
    page = Read(link_page(SHOWN))

    for said in ("High", "confirmed", "concealment", "A person puts a bottle into a bag.", "Till 2", "Shop Lyon",
                 "14:31:42 Sunday 22 November 2026", "Europe/Paris, UTC+1", "Two people push each other.",
                 "A second, closer look agreed.", "until Sunday 6 December 2026, 14:31"):  # fmt: skip
        assert said in page.text, said
    assert page.all("html")[0]["lang"] == "en"
    assert page.all("time")[0]["datetime"] == "2026-11-22T13:31:42+00:00"


def test_the_moments_lead_into_the_clip_in_order() -> None:
    jumps = [each for each in Read(link_page(SHOWN)).all("a") if "data-at" in each]
    assert [each["data-at"] for each in jumps] == ["5.0", "8.54"], "seconds after the clip's first picture"
    assert [each["href"] for each in jumps] == [f"{TOKEN}/clip#t=5.0", f"{TOKEN}/clip#t=8.54"]


def test_a_moment_before_the_clip_is_its_beginning() -> None:
    page = Read(link_page(replace(SHOWN, clip_start_s=START_S + 4)))
    assert [each["data-at"] for each in page.all("a") if "data-at" in each] == ["0.0", "2.04"]


def test_a_moment_after_the_end_of_any_clip_leads_nowhere() -> None:
    page = Read(link_page(replace(SHOWN, moments=(Seen(START_S + 60.0, "It is carried out."),))))
    assert "It is carried out." in page.text
    assert not [each for each in page.all("a") if "data-at" in each]


def test_without_the_clip_it_says_so_and_offers_to_look_again() -> None:
    page = Read(link_page(replace(SHOWN, has_clip=False)))
    assert "The clip is not here" in page.text
    assert not page.all("video")
    assert [each["href"] for each in page.all("a")] == [TOKEN], "to look again, by hand"
    assert page.all("img")[0]["src"] == f"{TOKEN}/still"
    assert not Read(link_page(replace(SHOWN, has_clip=False, has_still=False))).all("img")
    assert "poster" not in Read(link_page(replace(SHOWN, has_still=False))).all("video")[0]


def test_buttons_are_for_who_may_review() -> None:
    forms = Read(link_page(SHOWN)).all("form")
    assert [(each["method"], each["action"]) for each in forms] == [
        ("post", f"{TOKEN}/seen"),
        ("post", f"{TOKEN}/false-alarm"),
    ]
    only_shows = Read(link_page(replace(SHOWN, may_review=False)))
    assert not only_shows.all("form")
    assert not only_shows.all("button")


@pytest.mark.parametrize(
    ("verdict", "state", "sentence"),
    [
        (ReviewVerdict.NONE, ReviewState.NEW, "Nobody has said so yet."),
        (ReviewVerdict.NONE, ReviewState.IN_HAND, "Somebody has seen it."),
        (ReviewVerdict.NONE, ReviewState.CLOSED, "Somebody has dealt with it."),
        (ReviewVerdict.REAL, ReviewState.IN_HAND, "Somebody says that it was real."),
        (ReviewVerdict.FALSE_ALARM, ReviewState.CLOSED, "Somebody says that it was a false alarm."),
    ],
)
def test_it_tells_what_people_said(verdict: ReviewVerdict, state: ReviewState, sentence: str) -> None:
    page = Read(link_page(replace(SHOWN, verdict=verdict, review_state=state, reviewed_s=START_S + 900)))
    assert f"{sentence} Said Sunday 22 November 2026, 14:46." in page.text


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("Asia/Kathmandu", "19:16:42 Sunday 22 November 2026 Asia/Kathmandu, UTC+5:45"),
        ("America/St_Johns", "10:01:42 Sunday 22 November 2026 America/St_Johns, UTC-3:30"),
        ("Pacific/Kiritimati", "03:31:42 Monday 23 November 2026 Pacific/Kiritimati, UTC+14"),
        ("UTC", "13:31:42 Sunday 22 November 2026 UTC, UTC+0"),
    ],
)
def test_times_are_those_of_the_shop(place: str, said: str) -> None:
    assert said in Read(link_page(replace(SHOWN, place=place))).text


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_there_are_words_for_everything_that_can_be(language: texts.Language) -> None:
    seen = set()
    for kind, severity, state in product(IncidentType, Severity, IncidentState):
        told = replace(SHOWN, language=language, type=kind, severity=severity, state=state, source="rule")
        seen.add(Read(link_page(told)).text)
    assert len(seen) == len(IncidentType) * len(Severity) * len(IncidentState)
    for month in range(1, 13):
        link_page(replace(SHOWN, language=language, act_s=START_S + month * 31 * 86400))
    for notice in get_args(Notice):
        assert Read(notice_page(notice, language)).all("html")[0]["lang"] == language


def test_a_severity_is_a_shape_too_and_hollow_where_nobody_confirmed_it() -> None:
    shapes = {
        severity: re.search(r'<svg class="sign .*?</svg>', link_page(replace(SHOWN, severity=severity)), re.DOTALL)
        for severity in Severity
    }
    assert len({found.group().partition(">")[2] for found in shapes.values() if found}) == len(Severity)
    assert "hollow" in link_page(replace(SHOWN, state=IncidentState.VETOED))
    assert "hollow" not in link_page(SHOWN)


HOSTILE = "\"><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7*7 }}{% raw %}' onclick='x"


def test_nothing_that_comes_from_elsewhere_becomes_more_than_text() -> None:
    tame = Read(link_page(SHOWN))
    page = Read(
        link_page(
            replace(
                SHOWN,
                client=HOSTILE,
                camera=HOSTILE,
                summary=HOSTILE,
                also=(Also(IncidentType.OTHER, HOSTILE),),
                moments=(Seen(START_S + 6.04, HOSTILE), Seen(START_S + 2.5, HOSTILE)),
            )
        )
    )
    assert [(tag, sorted(attributes)) for tag, attributes in page.elements] == [
        (tag, sorted(attributes)) for tag, attributes in tame.elements
    ]
    assert page.text.count("{{ 7*7 }}") >= 6


@pytest.mark.parametrize("html", [link_page(SHOWN), notice_page("unknown", "fr")], ids=["page", "notice"])
def test_all_that_it_loads_lies_beside_it_and_nothing_is_inline(html: str) -> None:
    """Relative addresses, so that it also works behind a path of a proxy; the policy allows no inline code or style."""
    page = Read(html)
    addresses = [
        attributes[name]
        for _, attributes in page.elements
        for name in ("src", "href", "action", "poster")
        if name in attributes
    ]
    assert addresses
    for address in addresses:
        assert re.match(rf"(page\.css\?v=|page\.js\?v=|icon\.svg\?v=|{TOKEN})", address), address
    assert not [
        name for _, attributes in page.elements for name in attributes if name == "style" or name.startswith("on")
    ]
    assert all("src" in each for each in page.all("script"))
    assert not page.all("style")


def test_the_policy_lets_nothing_in_from_elsewhere() -> None:
    policy = dict(each.split(" ", 1) for each in HEADERS["Content-Security-Policy"].split("; "))
    assert policy.pop("default-src") == "'none'"
    assert policy.pop("require-trusted-types-for") == "'script'"
    assert policy.pop("frame-ancestors") == policy.pop("base-uri") == "'none'"
    assert set(policy.values()) == {"'self'"}
    assert (HEADERS["Referrer-Policy"], HEADERS["Cache-Control"]) == ("no-referrer", "no-store")


def _colours(css: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", css))


def test_its_colours_are_those_of_the_window() -> None:
    css = asset("page.css").decode()
    dark, light = css.split("@media (prefers-color-scheme: light)")
    for theme, colours in (("dark", _colours(dark)), ("light", _colours(dark) | _colours(light))):
        tokens: Tokens = THEMES[theme]  # type: ignore[index]
        assert len(colours) == 16
        assert {name: getattr(tokens, name.replace("-", "_")) for name in colours} == colours, theme


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_its_text_can_be_read(theme: str) -> None:
    """WCAG AA: 4.5 for text, 3 for what is only seen."""
    tokens: Tokens = THEMES[theme]  # type: ignore[index]
    for ground in (tokens.ground, tokens.panel, tokens.raised):
        for ink in (tokens.text, tokens.muted, tokens.accent):
            assert contrast(ink, ground) >= 4.5, (ink, ground)
    for severity in Severity:
        assert contrast(tokens.severity(severity), tokens.ground) >= 4.5, severity
    for button in (tokens.accent, tokens.accent_hover):
        assert contrast(tokens.on_accent, button) >= 4.5
    assert contrast(tokens.on_picture_muted, tokens.picture) >= 4.5


def test_its_files_travel_with_the_program() -> None:
    root = PAGES.parents[1]
    declared = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]["package-data"][
        "server"
    ]
    carried = {file for glob in declared for file in (root / "server").glob(glob)}
    assert {file for folder in ("static", "templates") for file in (PAGES / folder).iterdir()} <= carried
    packaged = (root / "build.spec").read_text("utf-8")
    assert '"server" / "pages" / folder' in packaged
    assert '("static", "templates")' in packaged
    assert all(asset(name) for name in MEDIA_TYPES)
