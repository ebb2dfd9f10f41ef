"""Every sentence people read exists in every language, and every fault has a cause and a remedy."""

import json
import re
import string
from importlib import resources
from itertools import chain

import pytest

from vigint_core import texts
from vigint_core.domain.fault import Code

_LONGEST = 90  # what fits on a tile's band and in the status bar's popup without a scroll bar


def _files(language: texts.Language) -> dict[str, dict[str, object]]:
    folder = resources.files("resources").joinpath("i18n", language)
    return {f.name: json.loads(f.read_text("utf-8")) for f in folder.iterdir() if f.name.endswith(".json")}


def _keys(node: object, prefix: str = "") -> list[str]:
    if not isinstance(node, dict):
        return [prefix]
    return list(chain.from_iterable(_keys(v, f"{prefix}.{k}" if prefix else k) for k, v in node.items()))


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("language", texts.LANGUAGES)
@pytest.mark.parametrize("code", Code)
def test_every_code_says_what_happened_and_what_to_do(code: Code, language: texts.Language) -> None:
    for spoken in (texts.cause(language, code), texts.remedy(language, code)):
        assert spoken.strip() == spoken
        assert spoken.endswith(".")
        assert len(spoken) <= _LONGEST, spoken
        assert not _placeholders(spoken)
        assert not any(other in spoken for other in Code if other is not Code.INTERNAL), "people read words, not codes"


@pytest.mark.parametrize("code", Code)
def test_the_french_sentence_is_not_the_english_one(code: Code) -> None:
    assert texts.cause("fr", code) != texts.cause("en", code)
    assert texts.remedy("fr", code) != texts.remedy("en", code)


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_no_fault_is_described_that_cannot_happen(language: texts.Language) -> None:
    described = {key.removeprefix("fault.").rsplit(".", 1)[0] for key in _keys(_files(language)["faults.json"])}

    assert described == set(Code)


def test_all_languages_have_the_same_keys_and_placeholders() -> None:
    english = texts.catalogue("en")
    for language in texts.LANGUAGES:
        other = texts.catalogue(language)
        assert other.keys() == english.keys()
        assert {k: _placeholders(v) for k, v in other.items()} == {k: _placeholders(v) for k, v in english.items()}


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_no_key_is_written_in_two_files(language: texts.Language) -> None:
    keys = list(chain.from_iterable(_keys(content) for content in _files(language).values()))

    assert sorted(keys) == sorted(set(keys))


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_typographic_signs_are_the_right_ones(language: texts.Language) -> None:
    straight = {key: text for key, text in texts.catalogue(language).items() if re.search(r"\w'\w", text)}

    assert not straight, "an apostrophe is ’"


def test_french_signs_of_two_parts_stand_off_by_a_space_that_does_not_break() -> None:
    wrong = {key: text for key, text in texts.catalogue("fr").items() if re.search(r"\w [:;?!]|\w[;?!](\s|$)", text)}

    assert not wrong


def test_a_sentence_is_filled_with_its_values(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "catalogue", lambda language: {"tile.stalled": "No picture for {seconds} s."})

    assert texts.sentence("en", "tile.stalled", seconds=12) == "No picture for 12 s."


def test_a_key_that_nobody_wrote_is_an_error() -> None:
    with pytest.raises(KeyError):
        texts.sentence("en", "fault.no.such.key")
