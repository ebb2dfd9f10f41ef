import json
from datetime import date
from importlib import resources

import pytest
from pydantic import ValidationError

from vigint_core.analysis.models import Catalogue, shipped_catalogue
from vigint_core.analysis.prompts import prompt_text


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
