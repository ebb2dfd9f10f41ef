"""What a month costs: the targets, and every figure against a count by hand."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from vigint_core.analysis.models import Catalogue, Price, shipped_catalogue
from vigint_desktop.cli import main
from vigint_desktop.estimate import (
    MOST_FIRST_TOKENS,
    TARGETS_USD,
    Estimate,
    EstimateOrder,
    UnknownModelError,
    as_json,
    as_text,
    estimate,
    targets,
)

NOVEMBER = date(2026, 11, 1)
LITE, FLASH = "gemini-3.5-flash-lite", "gemini-3.8-flash"


def made(order: EstimateOrder | None = None, day: date = NOVEMBER) -> Estimate:
    return estimate(order or EstimateOrder(), shipped_catalogue(), day)


@pytest.fixture(scope="module")
def usual() -> Estimate:
    return made()


def test_the_targets_are_reached_by_today_s_prices(usual: Estimate) -> None:
    assert usual.first.tokens_in <= MOST_FIRST_TOKENS
    by_stride = {month.stride_s: month for month in usual.months if not month.adaptive}
    for stride_s, most_usd in TARGETS_USD.items():
        assert by_stride[stride_s].micro_usd <= most_usd * 1e6
        assert by_stride[stride_s].second_looks > 0


def test_a_target_that_a_later_price_breaks_is_not_hidden() -> None:
    dear = Price.model_validate({"from": "2027-03-01", "usd_per_million_in": "9", "usd_per_million_out": "9"})
    shipped = shipped_catalogue()
    cards = [card.model_copy(update={"prices": (card.prices[0], dear)}) for card in shipped.models]
    found = estimate(EstimateOrder(), shipped.model_copy(update={"models": tuple(cards)}), NOVEMBER)

    assert [reached for *_, reached in targets(found)] == [True, True, True, False, False]
    assert "prices from 2027-03-01 on:" in as_text(found)
    assert as_text(found).count("NOT REACHED  $ for 30 days from 2027-03-01") == 2


def test_money_is_looks_times_tokens_times_price(usual: Estimate) -> None:
    month = usual.months[0]
    first_usd = month.first_looks * (usual.first.tokens_in * 0.30 + usual.first.tokens_out * 2.50) / 1e6
    second_usd = month.second_looks * (usual.second.tokens_in * 0.75 + usual.second.tokens_out * 3.75) / 1e6

    assert month.first_micro_usd / 1e6 == pytest.approx(first_usd, abs=0.001)
    assert month.second_micro_usd / 1e6 == pytest.approx(second_usd, abs=0.001)
    assert month.second_looks == round(month.first_looks * 0.0025)
    # 8 cameras, 30 days, 12 h, 5 %: 518,400 s of activity; a little more than one window every 5 s of it
    assert 103_680 < month.first_looks < 106_000


def test_each_day_has_its_own_price() -> None:
    order = EstimateOrder(days=10)
    old, new = made(order, date(2026, 12, 1)).months[0], made(order, date(2027, 1, 1)).months[0]
    half = made(order, date(2026, 12, 27)).months[0]

    assert new.second_micro_usd == pytest.approx(2 * old.second_micro_usd, abs=2)
    assert half.second_micro_usd == pytest.approx(1.5 * old.second_micro_usd, abs=2)
    assert {old.first_micro_usd, half.first_micro_usd} == {new.first_micro_usd}


def test_pictures_and_words_are_what_a_look_counts(usual: Estimate) -> None:
    assert (usual.first.model, usual.first.clip_s) == (LITE, 10.0)
    assert (usual.second.model, usual.second.clip_s) == (FLASH, 25.0)
    words = (usual.first.tokens_in - 10 * 70, usual.second.tokens_in - 50 * 280)  # a picture and two pictures a second
    assert all(500 < tokens < 900 for tokens in words)


def test_an_adaptive_stride_saves_and_costs_no_less_than_no_overlap_at_all(usual: Estimate) -> None:
    fixed, adaptive, without = usual.months

    assert (fixed.adaptive, adaptive.adaptive, without.stride_s) == (False, True, 10.0)
    assert without.micro_usd < adaptive.micro_usd < fixed.micro_usd
    assert usual.saved_share == pytest.approx(1 - adaptive.micro_usd / fixed.micro_usd)
    assert 0.2 < usual.saved_share < 0.5


def test_more_suspicion_saves_less_and_costs_more(usual: Estimate) -> None:
    wary = made(EstimateOrder(suspicion=0.05))

    assert wary.saved_share < usual.saved_share
    assert wary.months[0].micro_usd > usual.months[0].micro_usd


def test_without_suspicion_there_is_no_second_look() -> None:
    assert {(m.second_looks, m.second_micro_usd) for m in made(EstimateOrder(suspicion=0)).months} == {(0, 0)}


@pytest.mark.parametrize("change", [{"cameras": 16}, {"hours": 24.0}, {"days": 60}])
def test_twice_the_shop_costs_twice(usual: Estimate, change: dict[str, float]) -> None:
    doubled = estimate(replace(EstimateOrder(), **change), _old_prices(), NOVEMBER)  # type: ignore[arg-type]

    assert doubled.months[0].micro_usd == pytest.approx(2 * usual.months[0].micro_usd, rel=0.01)


def _old_prices() -> Catalogue:
    """The shipped catalogue without what changes later."""
    shipped = shipped_catalogue()
    cards = tuple(card.model_copy(update={"prices": card.prices[:1]}) for card in shipped.models)
    return shipped.model_copy(update={"models": cards})


def test_targets_are_of_one_shop_only() -> None:
    bigger = made(EstimateOrder(cameras=9))

    assert [what for what, *_ in targets(bigger)] == ["tokens of a first look"]
    assert "The targets for money are of 8 cameras" in as_text(bigger)
    assert targets(made(EstimateOrder(window_s=20))) == []


def test_other_models_and_one_that_retires() -> None:
    found = made(EstimateOrder(models=("gemini-3.1-flash-lite", None)), date(2027, 5, 1))

    assert found.first.model == "gemini-3.1-flash-lite"
    assert "gemini-3.1-flash-lite is shut down on 2027-05-07; after it: gemini-3.5-flash-lite" in as_text(found)
    assert as_json(found)["retiring"] == ["gemini-3.1-flash-lite"]


def test_an_unknown_model_is_named_with_those_that_are_known() -> None:
    with pytest.raises(UnknownModelError, match=f"'gemini-1' is unknown; known are {LITE}, {FLASH}"):
        made(EstimateOrder(models=(None, "gemini-1")))


def test_everything_assumed_is_told(usual: Estimate) -> None:
    text = as_text(usual)

    for figure in ("5 % of 12 h", "30 s or longer", "0.25 %", "120 tokens", "500 (eight", "four characters"):
        assert figure in text, figure


def test_json_is_the_whole_estimate(usual: Estimate) -> None:
    told = json.loads(json.dumps(as_json(usual)))

    assert told["order"]["cameras"] == 8
    assert told["months"][0]["micro_usd"] == usual.months[0].micro_usd
    assert told["months"][0]["micro_usd_per_camera"] == round(usual.months[0].micro_usd / 8)
    assert [each["from"] for each in told["later"]] == ["2027-01-01"]
    assert [each["typical_s"] for each in told["otherwise"]] == [15.0, 60.0]
    assert len(told["assumptions"]) == 6


def test_the_command_prints_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["estimate", "--data-dir", str(tmp_path), "--cameras", "2", "--stride", "20", "--days", "7"]
    assert main(words) == 0
    assert "2 cameras, 12 h a day, 5 % activity, 7 days" in capsys.readouterr().out

    assert main([*words, "--json", "--suspicion", "1", "--typical", "10"]) == 0
    order = json.loads(capsys.readouterr().out)["order"]
    assert (order["stride_s"], order["suspicion"], order["typical_s"]) == (20.0, 0.01, 10.0)


def test_the_owner_s_prices_count(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    price = [{"from": "2020-01-01", "usd_per_million_in": "1", "usd_per_million_out": "1"}]
    own = {"models": [{"name": "mine", "prices": price}]}
    (tmp_path / "models.json").write_text(json.dumps(own), "utf-8")
    words = ["estimate", "--data-dir", str(tmp_path), "--model-first", "mine", "--model-second", "mine", "--json"]
    assert main(words) == 0
    told = json.loads(capsys.readouterr().out)
    tokens = told["looks"]["first"]["tokens_in"] + told["looks"]["first"]["tokens_out"]
    assert told["months"][0]["first_micro_usd"] == told["months"][0]["first_looks"] * tokens

    (tmp_path / "models.json").write_text("{", "utf-8")
    assert main(words) == 1
    assert "ai.catalogue_unreadable" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        ["--cameras", "0"],
        ["--cameras", "many"],
        ["--activity", "0"],
        ["--activity", "101"],
        ["--hours", "25"],
        ["--stride", "nan"],
        ["--window", "1"],
        ["--suspicion", "-1"],
        ["--days", "0"],
        ["--model-first", "gemini-1"],
    ],
)
def test_words_that_make_no_sense(words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["estimate", "--data-dir", str(tmp_path), *words])
    assert left.value.code == 2
    assert "usage" in capsys.readouterr().err
