"""``vigint-desktop lab``: from what was typed to a table: material, models, prompts, key, run, score."""

import asyncio
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from vigint_core.analysis.gemini import GeminiModel
from vigint_core.analysis.models import Catalogue, owners_catalogue
from vigint_core.analysis.prompts import system_text
from vigint_core.domain.fault import Code, VigintError
from vigint_core.texts import LANGUAGES
from vigint_desktop import secrets
from vigint_desktop.lab.labels import LabError, Material, read_material
from vigint_desktop.lab.record import Record, Recorder, today
from vigint_desktop.lab.run import Answers, Results, Variant, Ways, run
from vigint_desktop.lab.score import score
from vigint_desktop.lab.tables import Outcome, as_json, as_text
from vigint_desktop.options import Options
from vigint_desktop.secrets import WithEnvironment, open_secrets


class UsageError(Exception):
    """The command line makes no sense: what, and what would."""


@dataclass(frozen=True, slots=True)
class LabOrder:
    """What the command line asks for.

    Attributes:
        labels: one file, or a folder of label files; None for those beside the clips.
        models: none for the catalogue's own two.
        prompts: of the first look: versions, or files that end in ``.txt``; none for the catalogue's own.
        record, replay: a file to keep the answers in, or to take them from; not both.
        data_dir: whose key and catalogue of models count; None for the user's own.
    """

    clips: Path
    labels: Path | None = None
    models: tuple[str, ...] = ()
    prompts: tuple[str, ...] = ()
    record: Path | None = None
    replay: Path | None = None
    data_dir: Path | None = None
    ways: Ways = field(default_factory=Ways)


def measure(order: LabOrder) -> Outcome:
    """Run what was ordered and score it. Tells on stderr how far it is.

    Raises UsageError: an unknown model or prompt; LabError: clips, labels or a record that can't be read or written;
    VigintError: no key, or one that can't be used.
    """
    options = Options(data_dir=order.data_dir)
    variants = _variants(order, owners_catalogue(options.paths.models_file))
    material = read_material(order.clips, order.labels)
    with _answers(order, options) as answers:
        results = asyncio.run(run(material.clips, variants, answers, order.ways, _progress))
    source = f"recorded on {answers.day}, {order.replay}" if answers.day else "asked now"
    return _outcome(order, material, variants, results, source)


def print_outcome(outcome: Outcome, *, json_wanted: bool) -> int:
    """Print it; what was not looked at goes to stderr as well. Returns the exit code: 1 if there is any such thing."""
    print(json.dumps(as_json(outcome), ensure_ascii=False) if json_wanted else as_text(outcome))
    for line in outcome.failures:
        print(line, file=sys.stderr)
    return 1 if outcome.failures else 0


def _outcome(
    order: LabOrder, material: Material, variants: tuple[Variant, ...], results: Results, source: str
) -> Outcome:
    labels = {clip.name: clip.incidents for clip in material.clips if clip.name in results.lengths_s}
    footage_s = sum(results.lengths_s.values())
    scores = [
        (variant, score(results.judged[variant.name], labels, footage_s, first_look=order.ways.first_look))
        for variant in variants
    ]
    return Outcome(material, scores, results.unread, order.ways.first_look, source)


def _variants(order: LabOrder, catalogue: Catalogue) -> tuple[Variant, ...]:
    """Every model with every prompt, each once."""
    known = [card.name for card in catalogue.models]
    for model in order.models:
        if model not in known:
            raise UsageError(f"the model {model!r} is unknown; known are {', '.join(known)}")
    for prompt in order.prompts:
        _check_prompt(prompt)
    pairs = dict.fromkeys((model, prompt) for model in order.models or (None,) for prompt in order.prompts or (None,))
    return tuple(Variant.of(catalogue, model, prompt) for model, prompt in pairs)


def _check_prompt(prompt: str) -> None:
    try:
        for language in LANGUAGES:
            system_text(prompt, language)
    except OSError as error:
        raise UsageError(f"there is no prompt {prompt!r}: a version such as first_look.v3, or a .txt file") from error
    except (KeyError, ValueError) as error:
        raise UsageError(
            f"the prompt {prompt!r} can't be filled in: only ${{language}} is, and $ is written $$"
        ) from error


@contextmanager
def _answers(order: LabOrder, options: Options) -> Iterator[Answers]:
    if order.replay is not None:
        record = Record.read(order.replay)
        yield Answers(lambda variant: record.of(variant.name), record.day)
        return
    gemini = GeminiModel(_key(options))
    if order.record is None:
        yield Answers(lambda _: gemini)
        return
    with Recorder(order.record, today()) as recorder:
        yield Answers(lambda variant: recorder.of(variant.name, gemini))


def _key(options: Options) -> str:
    """The key of the environment, or else of the secret store. Raises VigintError(AI_NO_KEY, STORE_FAILED)."""
    service = secrets.service_for(options.data_dir)
    store = WithEnvironment(lambda: open_secrets(options.paths.secrets_file, service), os.environ)
    key = store.get(secrets.GEMINI_KEY).strip()
    if not key:
        raise VigintError(Code.AI_NO_KEY, "set GOOGLE_API_KEY, or answer from a record with --replay")
    return key


def _progress(said: str) -> None:
    print(said, file=sys.stderr, flush=True)


__all__ = ["LabError", "LabOrder", "UsageError", "Ways", "measure", "print_outcome"]
