"""Figures stay small and true."""

import math
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigint_desktop.figures import CpuMeter, Distribution, process_started_s


def test_nothing_added_is_no_number() -> None:
    assert Distribution().summary() == {"p50": None, "p99": None, "max": None}


def test_the_summary_is_scaled() -> None:
    distribution = Distribution()
    distribution.add(0.25)

    assert distribution.summary(scale=1000) == {"p50": 250.0, "p99": 250.0, "max": 250.0}


@given(st.lists(st.floats(1e-4, 1e6), min_size=1, max_size=200), st.floats(0, 1))
def test_a_quantile_is_good_to_five_percent(values: list[float], share: float) -> None:
    distribution = Distribution()
    for value in values:
        distribution.add(value)
    true = sorted(values)[max(1, math.ceil(share * len(values))) - 1]

    found = distribution.quantile(share)

    assert found is not None
    assert true * 0.999 <= found <= true * 1.051
    assert found <= distribution.largest == max(values)
    assert distribution.count == len(values)


@given(st.lists(st.floats(0, 1e-4), min_size=1))
def test_numbers_below_the_least_bucket_are_at_most_that(values: list[float]) -> None:
    distribution = Distribution()
    for value in values:
        distribution.add(value)

    assert distribution.quantile(0.5) == max(values)


def test_threads_lose_no_number() -> None:
    distribution = Distribution()
    threads = [threading.Thread(target=lambda: [distribution.add(n) for n in range(2000)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert distribution.count == 8000


def test_the_meter_counts_work_and_not_waiting() -> None:
    meter = CpuMeter()
    begun_s = time.thread_time()
    with meter:
        sum(range(200_000))
    used_s = time.thread_time() - begun_s
    after_work_s = meter.total_s
    begun_s = time.thread_time()
    with meter:
        threading.Event().wait(0.2)
    used_waiting_s = time.thread_time() - begun_s

    assert 0 < after_work_s <= used_s
    assert 0 <= meter.total_s - after_work_s <= used_waiting_s
    assert used_waiting_s < 0.2, "this thread did not wait: the check above would prove nothing"


def test_this_process_began_in_the_past() -> None:
    assert process_started_s() == pytest.approx(process_started_s(), abs=5.0)
    assert process_started_s() < time.monotonic()
