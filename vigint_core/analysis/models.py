"""The catalogue of models: names, prices by date, capabilities, retirements and chains, read from data.

Models die and prices change; both are a matter of ``resources/models.json``, never of code. That a model is listed
proves nothing: only a real call does.
"""

from datetime import date
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from vigint_core.analysis.question import MediaResolution

LookName = Literal["first", "second", "probe"]
_Usd = Annotated[Decimal, Field(gt=0, lt=1000, decimal_places=3)]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Price(_Entry):
    """US dollars per million tokens, valid from a day on (UTC)."""

    valid_from: date = Field(alias="from")
    usd_per_million_in: _Usd
    usd_per_million_out: _Usd


class ModelCard(_Entry):
    """What is known of one model.

    Attributes:
        prices: oldest first, at least one.
        thinking: the parameter that keeps its thinking low, in the provider's words; {} where it has none.
        retires: day on which the provider shuts it down, if announced.
        successor: the model that the provider recommends in its place.
    """

    name: str
    prices: Annotated[tuple[Price, ...], Field(min_length=1)]
    thinking: dict[str, str | int] = {}
    retires: date | None = None
    successor: str | None = None

    @model_validator(mode="after")
    def _in_order(self) -> "ModelCard":
        days = [price.valid_from for price in self.prices]
        if days != sorted(set(days)):
            raise ValueError(f"{self.name}: prices must be in order of their dates")
        return self


class LookPlan(_Entry):
    """How one kind of look is asked.

    Attributes:
        chain: models in the order in which they are tried.
        prompt: version of the prompt, a file name in ``resources/prompts`` without its ending.
        fps: pictures a second the model samples; the clips have 2, so that none counts twice and none is left out.
    """

    chain: Annotated[tuple[str, ...], Field(min_length=1)]
    prompt: str
    fps: Annotated[float, Field(gt=0, le=24)]
    media_resolution: MediaResolution
    max_output_tokens: Annotated[int, Field(ge=64)]


class Catalogue(_Entry):
    """All models and looks. ``read_on``: day on which prices and dates were last compared with the provider's pages."""

    read_on: date
    models: tuple[ModelCard, ...]
    looks: dict[LookName, LookPlan]

    @model_validator(mode="after")
    def _chains_are_known(self) -> "Catalogue":
        names = {card.name for card in self.models}
        for look, plan in self.looks.items():
            if unknown := set(plan.chain) - names:
                raise ValueError(f"the {look} look names models without a card: {sorted(unknown)}")
        return self

    def card(self, name: str) -> ModelCard:
        """The card of a model. Raises KeyError for one that is not in the catalogue."""
        for card in self.models:
            if card.name == name:
                return card
        raise KeyError(name)


@cache
def shipped_catalogue() -> Catalogue:
    """The catalogue that comes with the program."""
    return Catalogue.model_validate_json(resources.files("resources").joinpath("models.json").read_text("utf-8"))
