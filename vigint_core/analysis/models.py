"""The catalogue of models: names, prices by date, capabilities, retirements and chains, read from data.

Models die and prices change; both are a matter of ``resources/models.json``, never of code. That a model is listed
proves nothing: only a real call does. The owner's own file is laid over the shipped one (docs/models.md).
"""

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from vigint_core.analysis.question import MediaResolution
from vigint_core.domain.fault import Code, VigintError

LookName = Literal["first", "second", "probe"]
FILE_NAME: Final = "models.json"
"""What the owner's own catalogue is called, in the settings folder of the desktop."""
_MOST_BYTES: Final = 256 * 1024
_Usd = Annotated[Decimal, Field(gt=0, lt=1000, decimal_places=3)]
_Tokens = Annotated[int, Field(ge=1, le=10_000)]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Price(_Entry):
    """US dollars per million tokens, valid from a day on (UTC)."""

    valid_from: date = Field(alias="from")
    usd_per_million_in: _Usd
    usd_per_million_out: _Usd


class FrameTokens(_Entry):
    """What one sampled frame of a video counts as, in tokens, by the media resolution that is asked for."""

    low: _Tokens = 70
    medium: _Tokens = 70
    high: _Tokens = 280

    def of(self, resolution: MediaResolution) -> int:
        """Tokens of one frame."""
        return {"low": self.low, "medium": self.medium, "high": self.high}[resolution]


class ModelCard(_Entry):
    """What is known of one model.

    Attributes:
        prices: oldest first, at least one.
        thinking: the parameter that keeps its thinking low, in the provider's words; {} where it has none.
        frame_tokens: what a frame of a video counts as.
        reads_video, keeps_schema: whether it takes a video, and answers by a schema; a look needs both.
        retires: day on which the provider shuts it down, if announced.
        successor: the model that the provider recommends in its place.
    """

    name: str
    prices: Annotated[tuple[Price, ...], Field(min_length=1)]
    thinking: dict[str, str | int] = {}
    frame_tokens: FrameTokens = FrameTokens()
    reads_video: bool = True
    keeps_schema: bool = True
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
        chain: models in the order in which they are tried; the first one is the chosen one.
        prompt: version of the prompt, a file name in ``resources/prompts`` without its ending.
        fps: pictures a second the model samples; the clips have 2, so that none counts twice.
        thrifty_fps: the same while money is short.
    """

    chain: Annotated[tuple[str, ...], Field(min_length=1)]
    prompt: str
    fps: Annotated[float, Field(gt=0, le=24)]
    thrifty_fps: Annotated[float, Field(gt=0, le=24)]
    media_resolution: MediaResolution
    max_output_tokens: Annotated[int, Field(ge=64)]


class Quota(_Entry):
    """When the provider's daily quotas begin anew: at an hour of the clock in a time zone."""

    zone: str = "America/Los_Angeles"
    hour: Annotated[int, Field(ge=0, lt=24)] = 0


class Catalogue(_Entry):
    """All models and looks. ``read_on``: day on which prices and dates were last compared with the provider's pages."""

    read_on: date
    quota_resets: Quota = Quota()
    models: tuple[ModelCard, ...]
    looks: dict[LookName, LookPlan]

    @model_validator(mode="after")
    def _chains_are_known(self) -> "Catalogue":
        cards = {card.name: card for card in self.models}
        for look, plan in self.looks.items():
            if unknown := set(plan.chain) - set(cards):
                raise ValueError(f"the {look} look names models without a card: {sorted(unknown)}")
            unfit = [n for n in plan.chain if not (cards[n].reads_video and cards[n].keeps_schema)]
            if unfit and look != "probe":
                raise ValueError(f"the {look} look names models that can't do it: {unfit}")
        return self

    def card(self, name: str) -> ModelCard:
        """The card of a model. Raises KeyError for one that is not in the catalogue."""
        for card in self.models:
            if card.name == name:
                return card
        raise KeyError(name)

    @property
    def chosen(self) -> tuple[str, ...]:
        """The models that both looks want, each once."""
        return tuple(dict.fromkeys(self.looks[look].chain[0] for look in ("first", "second")))

    def retiring(self, day: date, within_days: int) -> tuple[ModelCard, ...]:
        """The chosen models that are to be shut down within so many days, or should be gone already."""
        cards = [self.card(name) for name in self.chosen]
        return tuple(card for card in cards if card.retires and (card.retires - day).days <= within_days)

    def choosing(self, model: str | None = None, prompt: str | None = None) -> "Catalogue":
        """The same with one model for both looks, or another prompt for the first one. Raises KeyError."""
        if model:
            self.card(model)
        changed = {}
        for look, plan in self.looks.items():
            update: dict[str, Any] = {"chain": (model,)} if model else {}
            changed[look] = plan.model_copy(update=update | ({"prompt": prompt} if prompt and look == "first" else {}))
        return self.model_copy(update={"looks": changed})


def _shipped() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(resources.files("resources").joinpath(FILE_NAME).read_text("utf-8"))
    return found


@cache
def shipped_catalogue() -> Catalogue:
    """The catalogue that comes with the program."""
    return Catalogue.model_validate(_shipped())


def owners_catalogue(file: Path | None) -> Catalogue:
    """The shipped catalogue with the owner's file laid over it; the shipped one where there is no such file.

    In the file a model replaces the one of its name, a look the one of its name field by field; what it does not name
    stays. Raises VigintError(AI_CATALOGUE_UNREADABLE).
    """
    if file is None:
        return shipped_catalogue()
    try:
        if file.stat().st_size > _MOST_BYTES:
            raise VigintError(Code.AI_CATALOGUE_UNREADABLE, f"{file.name}: larger than {_MOST_BYTES} bytes")
        own = json.loads(file.read_text("utf-8"))
        return Catalogue.model_validate(_laid_over(_shipped(), own))
    except FileNotFoundError:
        return shipped_catalogue()
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"])) or "the whole"
        raise VigintError(Code.AI_CATALOGUE_UNREADABLE, f"{file.name}: {where}: {first['msg']}") from None
    except (OSError, ValueError, TypeError) as error:
        raise VigintError(Code.AI_CATALOGUE_UNREADABLE, f"{file.name}: {type(error).__name__}") from None


def _laid_over(shipped: dict[str, Any], own: Any) -> dict[str, Any]:
    """``own`` over ``shipped``. Raises ValueError where its outermost form is another one."""
    if not isinstance(own, Mapping):
        raise ValueError("not an object")  # noqa: TRY004 - a wrong file, not a wrong call
    models = {card["name"]: card for card in shipped["models"]}
    models |= {
        str(card["name"]): card for card in own.get("models", []) if isinstance(card, Mapping) and "name" in card
    }
    looks = dict(shipped["looks"])
    for name, plan in dict(own.get("looks", {})).items():
        looks[name] = {**looks.get(name, {}), **dict(plan)}
    rest = {key: value for key, value in own.items() if key not in {"models", "looks"}}
    return {**shipped, **rest, "models": list(models.values()), "looks": looks}
