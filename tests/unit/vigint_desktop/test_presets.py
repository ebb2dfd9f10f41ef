"""Presets are data with a date; each has its sentence in every language."""

from vigint_core.domain.schedule import Mode
from vigint_core.domain.zone import ZoneKind
from vigint_core.texts import sentence
from vigint_desktop.presets import presets


def test_france_has_its_three_ways() -> None:
    french = {preset.id: preset for preset in presets() if preset.country == "FR"}

    assert {preset.mode for preset in french.values()} == {Mode.AI_OFF, Mode.AI_AFTER_HOURS, Mode.AI_ALWAYS}
    assert french["fr_self_checkout"].ai_kinds == {ZoneKind.SELF_CHECKOUT}


def test_each_is_explained_in_one_sentence() -> None:
    for preset in presets():
        for language in ("en", "fr"):
            assert sentence(language, f"ui.schedule.preset_name.{preset.id}")  # type: ignore[arg-type]
            assert sentence(language, f"ui.schedule.preset.{preset.id}").count(".") == 1  # type: ignore[arg-type]
