"""Every sentence a person reads, by key and language, from ``resources/i18n/<language>/*.json``.

One catalogue serves the window, ``doctor``, the server's problem answers and ``/readyz``. Keys are dotted:
``fault.camera.silent.cause``; placeholders are ``{name}``.
"""

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Final, Literal

from vigint_core.domain.fault import Code

Language = Literal["en", "fr"]
LANGUAGES: Final[tuple[Language, ...]] = ("en", "fr")


@cache
def catalogue(language: Language) -> Mapping[str, str]:
    """All sentences of a language by key."""
    merged: dict[str, str] = {}
    for file in resources.files("resources").joinpath("i18n", language).iterdir():
        if file.name.endswith(".json"):
            merged.update(_flatten(json.loads(file.read_text("utf-8")), ""))
    return merged


def sentence(language: Language, key: str, **values: object) -> str:
    """The sentence for ``key`` with its placeholders filled. Raises KeyError for a key that nobody wrote."""
    return catalogue(language)[key].format(**values)


def cause(language: Language, code: Code) -> str:
    """What a fault means, in one sentence."""
    return catalogue(language)[f"fault.{code}.cause"]


def remedy(language: Language, code: Code) -> str:
    """What to do about a fault, in one sentence."""
    return catalogue(language)[f"fault.{code}.remedy"]


def _flatten(node: Mapping[str, object], prefix: str) -> dict[str, str]:
    flat: dict[str, str] = {}
    for name, value in node.items():
        key = f"{prefix}.{name}" if prefix else name
        if isinstance(value, Mapping):
            flat.update(_flatten(value, key))
        else:
            flat[key] = str(value)
    return flat
