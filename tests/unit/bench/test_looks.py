"""How looks are counted: beyond the provider's time, in milliseconds, the best round with all others beside it."""

import pytest

from bench.looks import PROVIDER_S, best, figures, padded
from tests.fakes.films import film, shown
from vigint_core.media.clip import film as mp4_of


def test_what_the_provider_took_is_left_out() -> None:
    told = {"latency_s": [PROVIDER_S + number / 1000 for number in range(100)], "cpu_s_a_look": 0.004}
    assert figures(told) == pytest.approx({"p50_ms": 50, "p95_ms": 95, "p99_ms": 99, "max_ms": 99, "cpu_ms": 4})


def test_the_round_with_the_least_p99_counts_and_none_is_hidden() -> None:
    rounds = [{"p99_ms": 30.0, "cpu_ms": 2.0}, {"p99_ms": 20.0, "cpu_ms": 3.0}]
    assert best(rounds) == {"p99_ms": 20.0, "cpu_ms": 3.0, "p99_of_all_ms": [30.0, 20.0]}


def test_a_padded_clip_has_the_size_asked_for_and_shows_the_same() -> None:
    clip = mp4_of(film())
    larger = padded(clip, len(clip) + 5000)
    assert len(larger) == len(clip) + 5000
    assert shown(larger) == shown(clip)


def test_a_clip_is_never_made_smaller() -> None:
    with pytest.raises(ValueError, match="already"):
        padded(b"12345678", 8)
