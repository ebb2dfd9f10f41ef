from dataclasses import replace

import pytest

from tests.fakes.pictures import window
from vigint_core.domain.budget import Economy
from vigint_core.domain.fault import Code
from vigint_core.domain.window import Span
from vigint_desktop.pipeline.messages import WindowRef


def test_a_reference_keeps_the_identity_and_both_times_of_a_window() -> None:
    whole = window("w1", start_s=1000.0)

    ref = WindowRef.of(whole)

    assert (ref.id, ref.camera_id, ref.camera_name, ref.span) == ("w1", "door", "Door", whole.span)
    assert ref.mono_span == Span(1000.0, 1009.5)


def test_a_window_without_pictures_has_a_time_all_the_same() -> None:
    blind = replace(window("w1", start_s=1000.0), pictures=())

    assert WindowRef.of(blind).mono_span == Span(1000.0, 1010.0)


@pytest.mark.parametrize(
    ("economy", "saved"),
    [
        (Economy.NONE, None),
        (Economy.FEWER_FRAMES, None),  # whether fewer were sampled, only the judge knows
        (Economy.LONGER_STRIDE, Code.BUDGET_LONGER_STRIDE),
        (Economy.HIGH_VALUE_ONLY, Code.BUDGET_LONGER_STRIDE),
    ],
)
def test_a_reference_knows_what_the_budget_changed_about_its_window(economy: Economy, saved: Code | None) -> None:
    assert WindowRef.of(replace(window("w1"), economy=economy)).saved is saved
