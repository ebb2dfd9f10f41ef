"""Every word the window may ask for exists, and reads well in place."""

import ast
import re
from itertools import product
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale

import vigint_desktop.ui
from vigint_core.domain.camera import CameraState, Recording, SourceKind, Transport
from vigint_core.domain.incident import IncidentState
from vigint_core.domain.status import Health, Part, WindowResult
from vigint_core.domain.verdict import IncidentType, Severity
from vigint_core.texts import LANGUAGES, Language, catalogue
from vigint_desktop.settings import AnalysisPlace, Settings
from vigint_desktop.ui.text import Texts, language_of

_UI = Path(vigint_desktop.ui.__file__).parent
# What the f-strings of the package can become, by the expression in their braces.
_FAMILIES = {
    "severity": [f"severity.{s}" for s in Severity],
    "incident.state": [f"incident.state.{s}" for s in IncidentState],
    "incident.note": [f"incident.note.{s}" for s in IncidentState],
    "incident.type": [f"incident.type.{t}" for t in IncidentType],
    "incident.source": ["incident.source.ai", "incident.source.rule"],
    "camera": [f"camera.{s}" for s in CameraState],
    "clock.month": [f"clock.month_{m}" for m in range(1, 13)],
    "timeline.told": [f"timeline.told.{r}" for r in WindowResult],
    "timeline.legend": [f"timeline.legend.{r}" for r in (*WindowResult, "activity")],
    "status.part": [f"status.part.{p}" for p in Part],
    "status.about": [f"status.about.{h}" for h in Health],
    "status": [f"status.{p}.{h}" for p, h in product(set(Part) - {Part.CAMERAS}, Health)],
    "cameras.kind": [f"cameras.kind.{k}" for k in SourceKind],
    "cameras.source": [f"cameras.source.{k}" for k in SourceKind],
    "cameras.transport": [f"cameras.transport.{t}" for t in Transport],
    "cameras.recording": [f"cameras.recording.{r}" for r in Recording],
    "analysis": [f"analysis.{p}" for p in AnalysisPlace],
    "analysis.about": [f"analysis.about.{p}" for p in AnalysisPlace],
    "view.problem": [f"view.problem.{problem}" for problem in ("taken", "long", "full")],
}


def _literal_keys() -> set[str]:
    """Every string in the package that looks like a key of the catalogue."""
    pattern = re.compile(r"^[a-z_]+(\.[a-z_0-9]*[a-z0-9])+$")
    found = set()
    for file in _UI.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and pattern.match(node.value):
                found.add(node.value)
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_key_in_the_code_is_written(language: Language) -> None:
    known = {key.removeprefix("ui.") for key in catalogue(language) if key.startswith("ui.")}
    groups = {key.partition(".")[0] for key in known}

    asked = {key for key in _literal_keys() if key.partition(".")[0] in groups}

    assert len(asked) > 50, "the walk over the code finds keys at all"
    assert asked <= known


@pytest.mark.parametrize("family", _FAMILIES.values(), ids=_FAMILIES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_value_of_the_field_has_its_word(family: list[str], language: Language) -> None:
    known = catalogue(language)

    assert not [key for key in family if f"ui.{key}" not in known]


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_that_share_a_place_differ(language: Language) -> None:
    for family in ("severity", "incident.state", "incident.type", "camera", "timeline.legend"):
        said = [catalogue(language)[f"ui.{key}"] for key in _FAMILIES[family]]
        assert len(set(said)) == len(said), family


def test_a_fact_of_a_check_is_filled() -> None:
    said = Texts("en").fact("server.signed_in", {"client": "Shop Lyon"})

    assert "Shop Lyon" in said


@pytest.mark.parametrize(("system", "language"), [("fr_FR", "fr"), ("en_GB", "en"), ("de_DE", "en")])
def test_the_system_chooses_the_language_unless_the_owner_did(
    system: str, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QLocale, "system", staticmethod(lambda: QLocale(system)))

    assert language_of(Settings()) == language
    assert language_of(Settings(language="fr")) == "fr"
