import json
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from vigint_core.analysis.models import FILE_NAME, Catalogue, owners_catalogue, shipped_catalogue
from vigint_core.analysis.prompts import prompt_text
from vigint_core.domain.fault import Code, VigintError


def shipped() -> dict[str, object]:
    found = json.loads(resources.files("resources").joinpath("models.json").read_text("utf-8"))
    assert isinstance(found, dict)
    return found


def test_every_look_has_models_and_a_prompt() -> None:
    catalogue = shipped_catalogue()
    assert set(catalogue.looks) == {"first", "second", "probe"}
    for plan in catalogue.looks.values():
        assert all(catalogue.card(name).name == name for name in plan.chain)
        assert prompt_text(plan.prompt)


def test_the_looks_differ_in_model_and_the_second_has_something_to_fall_back_on() -> None:
    looks = shipped_catalogue().looks
    assert looks["first"].chain[0] == "gemini-3.5-flash-lite"
    assert looks["second"].chain[0] == "gemini-3.8-flash"
    assert all(len(plan.chain) > 1 for plan in looks.values())


def test_retirement_and_successor_are_known() -> None:
    old = shipped_catalogue().card("gemini-3.1-flash-lite")
    assert (old.retires, old.successor) == (date(2027, 5, 7), "gemini-3.5-flash-lite")


def test_an_unknown_model_has_no_card() -> None:
    with pytest.raises(KeyError):
        shipped_catalogue().card("gemini-1.5-flash")


def test_a_chain_over_a_model_without_a_card_is_refused() -> None:
    data = shipped()
    data["models"] = data["models"][1:]  # type: ignore[index]
    with pytest.raises(ValidationError, match="without a card"):
        Catalogue.model_validate_json(json.dumps(data))


def test_prices_out_of_order_are_refused() -> None:
    data = shipped()
    data["models"][1]["prices"].reverse()  # type: ignore[index]
    with pytest.raises(ValidationError, match="in order"):
        Catalogue.model_validate_json(json.dumps(data))


def own(folder: Path, content: Any) -> Path:
    file = folder / FILE_NAME
    file.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return file


NEW = {"name": "gemini-9", "prices": [{"from": "2027-01-01", "usd_per_million_in": "0.1", "usd_per_million_out": "1"}]}


def test_without_a_file_of_the_owner_the_shipped_catalogue_counts(tmp_path: Path) -> None:
    assert owners_catalogue(None) is shipped_catalogue()
    assert owners_catalogue(tmp_path / FILE_NAME) is shipped_catalogue()


def test_the_owners_file_adds_a_model_and_changes_a_look_and_leaves_the_rest(tmp_path: Path) -> None:
    found = owners_catalogue(own(tmp_path, {"models": [NEW], "looks": {"first": {"chain": ["gemini-9"]}}}))
    assert found.looks["first"].chain == ("gemini-9",)
    assert found.looks["first"].prompt == shipped_catalogue().looks["first"].prompt
    assert found.looks["second"] == shipped_catalogue().looks["second"]
    assert {card.name for card in shipped_catalogue().models} < {card.name for card in found.models}


def test_a_model_of_the_owner_replaces_the_one_of_its_name(tmp_path: Path) -> None:
    cheap = {**NEW, "name": "gemini-3.8-flash"}
    found = owners_catalogue(own(tmp_path, {"models": [cheap]}))
    assert len(found.card("gemini-3.8-flash").prices) == 1
    assert len(found.models) == len(shipped_catalogue().models)


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ("{", "JSONDecodeError"),
        ("[]", "ValueError"),
        ({"models": [{**NEW, "prices": []}]}, "prices"),
        ({"models": [{**NEW, "colour": "red"}]}, "colour"),
        ({"looks": {"first": {"chain": ["unheard-of"]}}}, "without a card"),
        ({"models": [{**NEW, "reads_video": False}], "looks": {"first": {"chain": ["gemini-9"]}}}, "can't do it"),
        ({"looks": {"first": {"fps": -1}}}, "fps"),
        ({"looks": 7}, "TypeError"),
        ("x" * 300_000, "larger"),
    ],
)
def test_a_file_that_can_t_be_used_is_named_with_the_place(tmp_path: Path, content: Any, place: str) -> None:
    with pytest.raises(VigintError) as caught:
        owners_catalogue(own(tmp_path, content))
    assert caught.value.code is Code.AI_CATALOGUE_UNREADABLE
    assert place in caught.value.detail


def test_choosing_takes_one_model_for_both_looks_or_another_prompt_for_the_first() -> None:
    shipped = shipped_catalogue()
    assert {plan.chain for plan in shipped.choosing("gemini-3.8-flash").looks.values()} == {("gemini-3.8-flash",)}
    other = shipped.choosing(prompt="own.txt")
    assert (other.looks["first"].prompt, other.looks["second"]) == ("own.txt", shipped.looks["second"])
    with pytest.raises(KeyError):
        shipped.choosing("unheard-of")


def test_a_chosen_model_that_is_about_to_go_is_told() -> None:
    found = shipped_catalogue().choosing("gemini-3.1-flash-lite")
    assert [card.name for card in found.retiring(date(2027, 4, 7), 30)] == ["gemini-3.1-flash-lite"]
    assert found.retiring(date(2027, 4, 6), 30) == ()
    assert shipped_catalogue().retiring(date(2027, 5, 7), 30) == ()
