"""Words can be read in both themes, and no two healths or severities look alike."""

from itertools import combinations, product

import pytest

from vigint_core.domain.status import Health, WindowResult
from vigint_core.domain.verdict import Severity
from vigint_desktop.ui.theme.tokens import THEMES, Tokens, contrast

_TEXTS = ("text", "muted", "accent", "live", "attention", "fault", "unknown", "low", "medium", "high", "critical")
_SURFACES = ("ground", "panel", "raised")


@pytest.fixture(params=THEMES.values(), ids=THEMES.keys())
def tokens(request: pytest.FixtureRequest) -> Tokens:
    made: Tokens = request.param
    return made


def test_contrast_is_the_one_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize(("text", "surface"), list(product(_TEXTS, _SURFACES)))
def test_text_stands_out_from_every_surface(tokens: Tokens, text: str, surface: str) -> None:
    assert contrast(getattr(tokens, text), getattr(tokens, surface)) >= 4.5


def test_text_over_a_veiled_picture_stands_out_even_on_white(tokens: Tokens) -> None:
    veiled = "#" + f"{round(255 * (255 - 165) / 255):02x}" * 3  # what the veil leaves of white

    assert contrast(tokens.on_picture, veiled) >= 4.5
    assert contrast(tokens.on_picture_muted, veiled) >= 4.5
    assert contrast(tokens.on_picture_muted, tokens.picture) >= 4.5


def test_text_on_the_accent_stands_out(tokens: Tokens) -> None:
    assert contrast(tokens.on_accent, tokens.accent) >= 4.5
    assert contrast(tokens.on_accent, tokens.accent_hover) >= 4.5


@pytest.mark.parametrize("severity", Severity)
def test_the_word_on_a_filled_chip_stands_out(tokens: Tokens, severity: Severity) -> None:
    assert contrast(tokens.panel, tokens.severity(severity)) >= 4.5


@pytest.mark.parametrize("mark", ["activity", "clear", "line", "recording"])
def test_marks_can_be_told_from_their_ground(tokens: Tokens, mark: str) -> None:
    least = 1.3 if mark == "line" else 2.5  # a line only parts; a mark says something
    assert contrast(getattr(tokens, mark), tokens.panel) >= least


def test_what_means_different_things_looks_different(tokens: Tokens) -> None:
    for one, other in combinations(Severity, 2):
        assert tokens.severity(one) != tokens.severity(other)
    assert len({tokens.result(result) for result in WindowResult}) == len(WindowResult)
    assert len({tokens.health(h) for h in (Health.OK, Health.DEGRADED, Health.DOWN, Health.UNKNOWN)}) == 4
