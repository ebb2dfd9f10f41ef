"""Presets of plans by country: data with a date, never more than a starting point."""

from functools import cache
from importlib import resources
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from vigint_core.domain.schedule import Mode
from vigint_core.domain.zone import ZoneKind


class Preset(BaseModel):
    """One preset; its sentence is ``ui.schedule.preset.<id>``.

    Attributes:
        country: ISO 3166 code, or "" for everywhere.
        as_of: year and month of what it rests on.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(pattern=r"^[a-z_]+$")]
    country: Annotated[str, Field(pattern=r"^([A-Z]{2})?$")]
    as_of: Annotated[str, Field(pattern=r"^20\d\d-\d\d$")]
    mode: Mode
    ai_kinds: frozenset[ZoneKind]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    presets: tuple[Preset, ...]


@cache
def presets() -> tuple[Preset, ...]:
    """All of them, in the order in which they are shown."""
    return _File.model_validate_json(resources.files("resources").joinpath("presets.json").read_text("utf-8")).presets
