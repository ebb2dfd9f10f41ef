"""A window is bound to what was true when it fell due."""

from dataclasses import FrozenInstanceError

import pytest

from tests.fakes.pictures import window
from vigint_core.domain.budget import Economy
from vigint_core.domain.window import Circumstances, Span


def test_nothing_is_left_out_and_nothing_is_known_around_unless_it_is_said() -> None:
    plain = window("w1")

    assert (plain.economy, plain.around, plain.zones) == (Economy.NONE, Circumstances(None, "", ""), ())


def test_a_shop_that_told_no_hours_is_not_taken_for_closed() -> None:
    assert Circumstances().is_open is None


def test_a_window_never_changes() -> None:
    with pytest.raises(FrozenInstanceError):
        window("w1").economy = Economy.LOCAL_ONLY  # type: ignore[misc]


def test_a_span_has_a_length() -> None:
    assert Span(3.0, 10.5).length_s == 7.5
