"""What a run of the lab came to, as a table for people and as one JSON document."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from vigint_core.domain.fault import Code, VigintError
from vigint_core.texts import cause
from vigint_desktop.lab.labels import Material
from vigint_desktop.lab.run import Variant
from vigint_desktop.lab.score import SLACK_S, Fate, Outing, Score

_HEADS: Final = (
    "model", "prompt", "found", "recall", "right alerts", "precision", "false/h", "windows", "failed", "cost $",
    "s median", "s p95",
)  # fmt: skip
_FATES: Final = {
    Fate.UNDECIDED: "not decided: a look at it failed",
    Fate.GATE_CLOSED: "missed: the gate was closed, nobody looked",
    Fate.CLEAR: "missed: judged clear",
    Fate.VETOED: "missed: suspected, then vetoed by the second look",
    Fate.ELSEWHERE: "missed: alerted, but cites other moments",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """Everything that a run is to tell.

    Attributes:
        scores: of each variant, in the order that was asked for.
        unread: why a clip could not be read, by its name.
        first_look: suspicions of the first look were measured, not confirmed alerts.
        source: where the answers came from.
    """

    material: Material
    scores: Sequence[tuple[Variant, Score]]
    unread: Mapping[str, VigintError]
    first_look: bool
    source: str

    @property
    def failures(self) -> list[str]:
        """What was not looked at, in words; empty where everything was."""
        said = [f"{name}: not read. {cause('en', error.code)} ({error})" for name, error in self.unread.items()]
        for variant, score in self.scores:
            for (look, code), count in sorted(score.not_analysed.items()):
                said.append(f"{_names(variant)}: {count} {look} looks not analysed, {code}: {cause('en', code)}")
        return said


def as_text(outcome: Outcome) -> str:
    """The table, and beneath it every miss and every false alarm."""
    footage_s = max((score.footage_s for _, score in outcome.scores), default=0.0)
    incidents = max((len(score.outings) for _, score in outcome.scores), default=0)
    alert = "suspicion of the first look" if outcome.first_look else "confirmed incident"
    clips = len(outcome.material.clips) - len(outcome.unread)
    lines = [
        f"{clips} clips, {footage_s / 3600:.4f} h, {incidents} labelled incidents; answers: {outcome.source}",
        f"An alert is a {alert}; right when a moment it cites lies in a labelled incident, give or take {SLACK_S:g} s.",
        "",
        *_table([_HEADS, *(_row(variant, score) for variant, score in outcome.scores)]),
        "",
        *_details(outcome),
    ]
    if outcome.material.unlabelled:
        lines.append(f"not labelled, so not looked at: {', '.join(outcome.material.unlabelled)}")
    return "\n".join(lines)


def as_json(outcome: Outcome) -> dict[str, Any]:
    """The same and more, for programs. Times are seconds of a clip, money is millionths of a US dollar."""
    return {
        "alerts_are": "suspected" if outcome.first_look else "confirmed",
        "answers": outcome.source,
        "slack_s": SLACK_S,
        "clips": [clip.name for clip in outcome.material.clips],
        "unlabelled": list(outcome.material.unlabelled),
        "unread": {name: error.code for name, error in outcome.unread.items()},
        "results": [_result(variant, score) for variant, score in outcome.scores],
    }


def _result(variant: Variant, score: Score) -> dict[str, Any]:
    return {
        "models": {"first": variant.models[0], "second": variant.models[1]},
        "prompts": {"first": variant.prompts[0], "second": variant.prompts[1]},
        "footage_s": round(score.footage_s, 3),
        "unseen_s": round(score.unseen_s, 3),
        "incidents": len(score.outings),
        **{fate.value: score.count(fate) for fate in Fate},
        "recall": score.recall,
        "alerts": [asdict(alert) for alert in score.alerts],
        "right_alerts": score.right,
        "precision": score.precision,
        "false_alarms_an_hour": score.false_alarms_an_hour,
        "unconfirmed": score.unconfirmed,
        "vetoed_incidents": score.vetoed,
        "windows": score.windows,
        "not_analysed": _by_look(score.not_analysed),
        "calls": score.calls,
        "tokens_in": score.tokens_in,
        "tokens_out": score.tokens_out,
        "cost_micro_usd": score.cost_micro_usd,
        "unsettled_micro_usd": score.unsettled_micro_usd,
        "answers_that_described_a_person": score.flagged,
        "latency_s": {look: asdict(waits) for look, waits in score.waits.items()},
        "outings": [asdict(outing) for outing in score.outings],
    }


def _by_look(counts: Mapping[tuple[str, Code], int]) -> dict[str, dict[str, int]]:
    return {
        look: {code: count for (each, code), count in sorted(counts.items()) if each == look}
        for look in ("first", "second")
    }


def _row(variant: Variant, score: Score) -> tuple[str, ...]:
    first = score.waits["first"]
    return (
        " > ".join(dict.fromkeys(variant.models)),
        _prompt(variant),
        f"{score.count(Fate.FOUND)}/{score.decided}" + _more(score.count(Fate.UNDECIDED), "undecided"),
        _percent(score.recall),
        f"{score.right}/{len(score.alerts)}" + _more(score.unconfirmed, "unconfirmed"),
        _percent(score.precision),
        _number(score.false_alarms_an_hour, 1),
        str(score.windows),
        str(sum(score.not_analysed.values())),
        f"{score.cost_micro_usd / 1e6:.6f}",
        _number(first.median_s, 2),
        _number(first.p95_s, 2),
    )


def _details(outcome: Outcome) -> Iterable[str]:
    for variant, score in outcome.scores:
        for outing in score.outings:
            if outing.fate is not Fate.FOUND:
                yield f"{_names(variant)}: {_place(outing)} {_FATES[outing.fate]}"
        for alert in score.alerts:
            if not alert.right:
                cited = ", ".join(f"{at_s:.1f}" for at_s in alert.cited_s) or "nothing"
                told = f"false alarm ({alert.kind}), cites {cited} s: {alert.summary}"
                yield f"{_names(variant)}: {alert.clip_name} {told}"


def _place(outing: Outing) -> str:
    span = outing.incident.span
    return f"{outing.clip_name} {span.start_s:.1f} to {span.end_s:.1f} s"


def _names(variant: Variant) -> str:
    return f"{' > '.join(dict.fromkeys(variant.models))}, {_prompt(variant)}"


def _prompt(variant: Variant) -> str:
    prompt = variant.prompts[0]
    return Path(prompt).name if prompt.endswith(".txt") else prompt


def _more(count: int, what: str) -> str:
    return f" +{count} {what}" if count else ""


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.0%}"


def _number(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:.{digits}f}"


def _table(rows: Sequence[Sequence[str]]) -> Iterable[str]:
    """Columns as wide as they need to be; words to the left, numbers to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADS))]
    for row in rows:
        cells = [
            cell.ljust(width) if column < 2 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(cells).rstrip()
