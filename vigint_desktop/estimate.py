"""``vigint-desktop estimate``: what a month of looks costs, by the catalogue's rules and prices. Not a bill."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from vigint_core.analysis.models import Catalogue, LookName, ModelCard, owners_catalogue
from vigint_core.analysis.pricing import cost_micro_usd, estimated_tokens_in
from vigint_core.analysis.prompts import Subject, data_text, system_text
from vigint_core.analysis.response import answer_schema
from vigint_core.domain.ids import WindowId
from vigint_core.policy.sampling import SamplingRule
from vigint_core.policy.workload import Movement, workload
from vigint_desktop.paths import Paths
from vigint_desktop.pipeline.watcher import CONTEXT_S

OUT_FIRST: Final = 120
"""Tokens of a first look's answer: three short observations and a summary are some 290 characters of JSON, about 100
tokens with all the punctuation; a fifth on top, as thinking is kept at its least but not always at nothing."""
OUT_SECOND: Final = 500
"""Of the second look: eight observations and a summary, some 200 tokens, and what thinking at a low level adds."""
MOST_FIRST_TOKENS: Final = 1600
"""What a first look at 10 s is to count as input at most (docs/lab.md)."""
TARGETS_USD: Final = {5.0: 85.0, 10.0: 45.0}
"""What a month is to cost at most, by stride in seconds: 8 cameras, 12 h a day, 5 % activity, both looks."""
_SECONDS_AN_HOUR: Final = 3600
_PRICES_AHEAD: Final = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class EstimateOrder:
    """What is to be estimated. Shares are 0 to 1.

    Attributes:
        hours: of every day during which the AI may look.
        activity: share of that time during which a camera's gate is open.
        suspicion: share of the windows that the first look finds suspicious: each costs a second look.
        typical_s: half of all activities are longer.
        models: of the first and of the second look; None for the catalogue's own.
    """

    cameras: int = 8
    hours: float = 12.0
    activity: float = 0.05
    stride_s: float = 5.0
    window_s: float = 10.0
    suspicion: float = 0.0025
    typical_s: float = 30.0
    days: int = 30
    models: tuple[str | None, str | None] = (None, None)

    @property
    def active_s(self) -> float:
        """Seconds of activity of all cameras in all days."""
        return self.cameras * self.days * self.hours * _SECONDS_AN_HOUR * self.activity


@dataclass(frozen=True, slots=True)
class Look:
    """One look: which model, at how many seconds, and what it is likely to count."""

    model: str
    clip_s: float
    tokens_in: int
    tokens_out: int


@dataclass(frozen=True, slots=True)
class Month:
    """What the days ahead cost in one way of sampling, in millionths of a US dollar, of all cameras."""

    stride_s: float
    adaptive: bool
    first_looks: int
    second_looks: int
    first_micro_usd: int
    second_micro_usd: int

    @property
    def micro_usd(self) -> int:
        """Both looks."""
        return self.first_micro_usd + self.second_micro_usd


@dataclass(frozen=True, slots=True)
class Estimate:
    """An estimate with all that it assumes.

    Attributes:
        months: the stride that was asked for, the same adaptive, and the strides that have a target.
        later: the same for as many days from each later date on which a price changes.
        otherwise: the same for activities of half and of twice the assumed length, by that length in seconds.
        mean_activity_s: what the assumed lengths of activities come to on average.
        retiring: models that are shut down within the days ahead, or before them.
    """

    order: EstimateOrder
    first_day: date
    first: Look
    second: Look
    months: tuple[Month, ...]
    later: tuple[tuple[date, tuple[Month, ...]], ...]
    otherwise: tuple[tuple[float, tuple[Month, ...]], ...]
    mean_activity_s: float
    retiring: tuple[ModelCard, ...]

    @property
    def saved_share(self) -> float:
        """What an adaptive stride saves of the cost at the stride that was asked for, 0 to 1."""
        fixed, adaptive = self.months[:2]
        return 1 - adaptive.micro_usd / fixed.micro_usd if fixed.micro_usd else 0.0

    @property
    def has_targets(self) -> bool:
        """Whether it is of the shop that the targets are of, however suspicious and with whichever models."""
        asked, usual = self.order, EstimateOrder()
        return (asked.cameras, asked.hours, asked.activity, asked.window_s, asked.days) == (
            usual.cameras, usual.hours, usual.activity, usual.window_s, usual.days,
        )  # fmt: skip


Loads = tuple[tuple[SamplingRule, int], ...]


class UnknownModelError(Exception):
    """A model that is not in the catalogue; the text names those that are."""


def of_this_machine(order: EstimateOrder, paths: Paths) -> Estimate:
    """From today on (UTC), with the owner's own file of models. Raises UnknownModelError, VigintError."""
    return estimate(order, owners_catalogue(paths.models_file), datetime.now(UTC).date())


def estimate(order: EstimateOrder, catalogue: Catalogue, first_day: date) -> Estimate:
    """What ``order.days`` days from ``first_day`` (UTC) on cost. Raises UnknownModelError."""
    cards = (_card(catalogue, "first", order.models[0]), _card(catalogue, "second", order.models[1]))
    looks = (
        _look(cards[0], catalogue, "first", order.window_s),
        _look(cards[1], catalogue, "second", order.window_s + CONTEXT_S),
    )
    pairs = tuple(zip(cards, looks, strict=True))
    loads = _loads(order)

    def months_from(day: date, loads: Loads = loads) -> tuple[Month, ...]:
        return tuple(_month(order, rule, windows, pairs, day) for rule, windows in loads)

    return Estimate(
        order=order,
        first_day=first_day,
        first=looks[0],
        second=looks[1],
        months=months_from(first_day),
        later=tuple((day, months_from(day)) for day in _price_changes(cards, first_day)),
        otherwise=tuple(
            (typical_s, months_from(first_day, _loads(replace(order, typical_s=typical_s))))
            for typical_s in (order.typical_s / 2, order.typical_s * 2)
        ),
        mean_activity_s=workload(SamplingRule(), _movement(order)).mean_s,
        retiring=tuple(
            card
            for card in (cards if cards[0] != cards[1] else cards[:1])
            if card.retires and card.retires < first_day + timedelta(order.days)
        ),
    )


def _card(catalogue: Catalogue, look: LookName, name: str | None) -> ModelCard:
    try:
        return catalogue.card(name or catalogue.looks[look].chain[0])
    except KeyError as error:
        known = ", ".join(card.name for card in catalogue.models)
        raise UnknownModelError(f"the model {name!r} is unknown; known are {known}") from error


def _look(card: ModelCard, catalogue: Catalogue, look: LookName, clip_s: float) -> Look:
    """A look at a camera without opening hours, zones and notes."""
    plan = catalogue.looks[look]
    subject = Subject(WindowId(""), "Camera", 0.0, clip_s, 0.0, utc_offset_s=0)
    schema = json.dumps(answer_schema(), separators=(",", ":"))
    text = f"{system_text(plan.prompt, 'en')}\n{data_text(subject, 0.0)}\n{schema}"
    tokens_out = min(OUT_FIRST if look == "first" else OUT_SECOND, plan.max_output_tokens)
    return Look(card.name, clip_s, estimated_tokens_in(card, plan, text, clip_s), tokens_out)


def _rules(order: EstimateOrder) -> list[SamplingRule]:
    asked = SamplingRule(order.window_s, order.stride_s, preroll_s=min(3.0, order.window_s / 2))
    others = [replace(asked, stride_s=stride_s) for stride_s in TARGETS_USD if stride_s != order.stride_s]
    return [asked, replace(asked, adaptive=True), *others]


def _movement(order: EstimateOrder) -> Movement:
    return Movement(order.activity, order.typical_s, suspicion=order.suspicion)


def _loads(order: EstimateOrder) -> Loads:
    """Windows in all days, by rule."""
    movement = _movement(order)
    return tuple((rule, round(workload(rule, movement).windows * order.active_s)) for rule in _rules(order))


def _month(
    order: EstimateOrder, rule: SamplingRule, windows: int, looks: Sequence[tuple[ModelCard, Look]], first_day: date
) -> Month:
    days = [first_day + timedelta(number) for number in range(order.days)]
    counts = (windows, round(windows * order.suspicion))
    costs = [
        round(sum(cost_micro_usd(c, look.tokens_in * count, look.tokens_out * count, day) for day in days) / len(days))
        for (c, look), count in zip(looks, counts, strict=True)
    ]
    return Month(rule.stride_s, rule.adaptive, *counts, *costs)


def _price_changes(cards: Iterable[ModelCard], first_day: date) -> list[date]:
    """Days within a year on which a price of one of the models changes, after the first day."""
    days = {price.valid_from for card in cards for price in card.prices}
    return sorted(day for day in days if first_day < day <= first_day + _PRICES_AHEAD)


def as_json(found: Estimate) -> dict[str, Any]:
    """The whole estimate for programs; money is millionths of a US dollar."""
    return {
        "order": asdict(found.order),
        "first_day": found.first_day.isoformat(),
        "looks": {"first": asdict(found.first), "second": asdict(found.second)},
        "mean_activity_s": round(found.mean_activity_s, 2),
        "months": [_month_json(month, found.order.cameras) for month in found.months],
        "adaptive_saves": round(found.saved_share, 4),
        "later": [
            {"from": day.isoformat(), "months": [_month_json(month, found.order.cameras) for month in months]}
            for day, months in found.later
        ],
        "otherwise": [
            {"typical_s": typical_s, "months": [_month_json(month, found.order.cameras) for month in months]}
            for typical_s, months in found.otherwise
        ],
        "targets": [dict(zip(("what", "found", "most", "reached"), row, strict=True)) for row in targets(found)],
        "retiring": [card.name for card in found.retiring],
        "assumptions": assumptions(found),
    }


def _month_json(month: Month, cameras: int) -> dict[str, Any]:
    return {
        **asdict(month),
        "micro_usd": month.micro_usd,
        "micro_usd_per_camera": round(month.micro_usd / cameras),
    }


def targets(found: Estimate) -> list[tuple[str, float, float, bool]]:
    """What was to be reached: what, the figure, the most that it may be, and whether it is."""
    rows: list[tuple[str, float, float, bool]] = []
    if found.order.window_s == EstimateOrder().window_s:
        tokens = found.first.tokens_in
        rows.append(("tokens of a first look", tokens, MOST_FIRST_TOKENS, tokens <= MOST_FIRST_TOKENS))
    if not found.has_targets:
        return rows
    for day, months in ((found.first_day, found.months), *found.later):
        for month in sorted(months, key=lambda month: month.stride_s):
            most = TARGETS_USD.get(month.stride_s)
            if most is not None and not month.adaptive:
                usd = month.micro_usd / 1e6
                what = f"$ for {found.order.days} days from {day} at a {month.stride_s:g} s stride"
                rows.append((what, round(usd, 2), most, usd <= most))
    return rows


def assumptions(found: Estimate) -> list[str]:
    """Everything that was assumed, and why."""
    order, windows = found.order, found.months[0].first_looks
    each_day = windows * order.suspicion / order.days / order.cameras
    return [
        f"The gate of each camera is open {order.activity * 100:g} % of {order.hours:g} h on {order.days} days.",
        (
            f"Half of all activities last {order.typical_s:g} s or longer; on average {found.mean_activity_s:.0f} s "
            "(log-normal, spread 1). This is a guess for a shop: your own timeline shows yours (--typical). Shorter "
            "ones cost more, as each has a first and a last window; windows are made by the program's own rule."
        ),
        (
            f"{order.suspicion * 100:g} % of all windows are suspicious, {each_day:.1f} a camera and day, each with a "
            "second look: a first look is to report only acts that it can cite, and nobody reads many alerts a day."
        ),
        (
            f"Answers have {found.first.tokens_out} tokens (three observations, a summary, the least thinking) and "
            f"{found.second.tokens_out} (eight observations, a summary, a little thinking)."
        ),
        (
            "Text counts a token for four characters, a sampled picture what the catalogue says. The camera has no "
            "opening hours, zones or notes; 500 characters of notes are 125 tokens more a look."
        ),
        "No call fails or is made twice, no budget leaves anything out. The provider's own count is the bill.",
    ]


def as_text(found: Estimate) -> str:
    """The estimate for people."""
    order = found.order
    where = f"{order.cameras} cameras, {order.hours:g} h a day, {order.activity * 100:g} % activity"
    lines = [
        f"{where}, {order.days} days from {found.first_day}, windows of {order.window_s:g} s",
        "",
        _look_line("first look", found.first),
        _look_line("second look", found.second),
        "",
        f"{'stride':<15}{'first looks':>12}{'$':>9}{'second looks':>14}{'$':>9}{'$ in all':>10}{'$ a camera':>12}",
        *(_month_line(month, order.cameras) for month in found.months),
        f"An adaptive stride saves {found.saved_share:.0%} at {order.stride_s:g} s: windows stop overlapping once an",
        "activity has had two of them, unless something was suspected in the last minute.",
    ]
    for day, months in found.later:
        lines += ["", f"prices from {day} on:", *(_month_line(month, order.cameras) for month in months)]
    for typical_s, months in found.otherwise:
        said = ", ".join(f"{_name(month)} ${month.micro_usd / 1e6:.2f}" for month in months)
        lines += ["", f"were half of all activities {typical_s:g} s or longer: {said}"]
    lines += [f"{card.name} is shut down on {card.retires}; {_after(card)}" for card in found.retiring]
    lines += ["", *_target_lines(found), "", "Assumed:", *(f"- {said}" for said in assumptions(found))]
    return "\n".join(lines)


def _look_line(name: str, look: Look) -> str:
    return f"{name:<12} {look.model}: {look.clip_s:g} s, {look.tokens_in} tokens in, {look.tokens_out} out"


def _month_line(month: Month, cameras: int) -> str:
    money = [value / 1e6 for value in (month.first_micro_usd, month.second_micro_usd, month.micro_usd)]
    return (
        f"{_name(month):<15}{month.first_looks:>12}{money[0]:>9.2f}{month.second_looks:>14}{money[1]:>9.2f}"
        f"{money[2]:>10.2f}{money[2] / cameras:>12.2f}"
    )


def _name(month: Month) -> str:
    return f"{month.stride_s:g} s{', adaptive' if month.adaptive else ''}"


def _after(card: ModelCard) -> str:
    return f"after it: {card.successor}" if card.successor else "the provider names none after it"


def _target_lines(found: Estimate) -> Iterable[str]:
    for what, value, most, reached in targets(found):
        yield f"{'reached' if reached else 'NOT REACHED':<12} {what}: {value:g}, at most {most:g}"
    if not found.has_targets:
        yield "The targets for money are of 8 cameras, 12 h, 5 % activity, windows of 10 s and 30 days."
