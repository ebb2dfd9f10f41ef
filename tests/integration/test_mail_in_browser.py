"""What an alert looks like in a real browser: narrow and wide, light and dark, readable, asking nobody for anything."""

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest

from server.mail.letter import Letter, written
from tests.fakes.devtools import Browser, browser
from tests.fakes.letters import entry, letter, page_of
from vigint_core.domain.alert import News
from vigint_core.domain.incident import IncidentState
from vigint_core.domain.verdict import IncidentType, Severity

pytestmark = pytest.mark.slow
LETTERS = {
    "first": letter(),
    "unconfirmed": letter(
        entry(Severity.MEDIUM, IncidentState.UNCONFIRMED, camera="Caisse 2", summary="Une bouteille va dans un sac."),
        language="fr",
    ),
    "withdrawn": letter(entry(Severity.LOW, IncidentState.VETOED, News.WITHDRAWN, still=None)),
    "digest": letter(
        entry(Severity.CRITICAL, type=IncidentType.FIRE_OR_SMOKE, summary="Smoke rises behind the counter."),
        entry(Severity.LOW, still=None, link="", camera="very-long-name-without-a-place-to-break" * 2),
        count=40,
        digest=True,
    ),
}
CONTRASTS = """
(() => {
  const light = colour => {
    const [r, g, b] = colour.match(/[\\d.]+/g).slice(0, 3).map(c => c / 255)
      .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = e => {
    for (; e; e = e.parentElement) {
      const colour = getComputedStyle(e).backgroundColor;
      if (colour !== "rgba(0, 0, 0, 0)") return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const shown = [...document.body.querySelectorAll("*")].filter(e => e.getClientRects().length
    && [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()));
  return shown.map(e => {
    const [a, b] = [light(getComputedStyle(e).color), light(ground(e))].sort((x, y) => y - x);
    return [(a + 0.05) / (b + 0.05), e.textContent.trim().slice(0, 40)];
  });
})()
"""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("profile")) as page:
        yield page


def as_file(told: Letter, folder: Path) -> str:
    """The mail's page with its pictures within, as a mail program shows it."""
    html = page_of(written(told))
    for number, one in enumerate(told.entries, 1):
        if one.still is not None:
            picture = base64.b64encode(one.still).decode()
            html = html.replace(f"cid:still-{number}@vigint", f"data:image/jpeg;base64,{picture}")
    (folder / "mail.html").write_text(html, "utf-8")
    return (folder / "mail.html").as_uri()


@pytest.mark.parametrize("name", LETTERS)
@pytest.mark.parametrize("width", [320, 414, 760])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_fits_and_can_be_read(
    page: Browser, name: str, width: int, theme: Literal["light", "dark"], tmp_path: Path
) -> None:
    page.look(width, 800, theme, script=True)
    page.requests.clear()
    url = as_file(LETTERS[name], tmp_path)
    page.open(url)
    page.picture(tmp_path / f"{name}-{width}-{theme}.png")

    assert page.run("document.documentElement.scrollWidth") <= width
    assert page.requests == [url]
    assert page.said == []
    contrasts = page.run(CONTRASTS)
    assert len(contrasts) > 8
    assert min(contrasts)[0] >= 4.5, min(contrasts)
    buttons = page.run("[...document.querySelectorAll('.button a')].map(e => e.getBoundingClientRect().height)")
    assert all(height >= 44 for height in buttons), "a finger hits it"
