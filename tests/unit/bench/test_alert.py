"""How an alert's time is counted and taken apart."""

from pathlib import Path

import pytest

from bench.acts import ActFilm
from bench.alert import row_of, spread

FILM = ActFilm(Path("act.mp4"), start_s=20.0, end_s=28.0)
NOTES = [
    {"kind": "began", "camera": "c1", "at_s": 1000.0},
    {"kind": "encoded", "camera": "c1", "end_s": 1021.0, "took_s": 0.5},
    {"kind": "encoded", "camera": "c1", "end_s": 1026.0, "took_s": 0.3},
    {"kind": "encoded", "camera": "c1", "end_s": 1031.0, "took_s": 0.4},
    {"kind": "alert", "camera": "c1", "at_s": 1029.5, "window_end_s": 1026.0, "cited_s": 1020.1},
    {"kind": "alert", "camera": "c2", "at_s": 1021.0, "window_end_s": 1020.0, "cited_s": 1020.1},
]
CALLS = [("c1", "w1", "first", 1.4), ("c1", "w2", "first", 1.5), ("c1", "w2", "second", 1.6)]


def test_an_alert_is_counted_from_three_moments_and_its_parts_add_up() -> None:
    row = row_of("c1", FILM, NOTES, CALLS)
    assert row is not None
    assert (row["since_start_s"], row["since_tellable_s"], row["since_end_s"]) == pytest.approx((9.5, 5.5, 1.5))
    parts = {name: row[name] for name in ("wait_s", "encode_s", "first_s", "second_s", "rest_s")}
    assert parts == pytest.approx({"wait_s": 2.0, "encode_s": 0.3, "first_s": 1.5, "second_s": 1.6, "rest_s": 0.1})
    assert row["cited_after_start_s"] == pytest.approx(0.1)


def test_an_act_without_an_alert_has_no_row() -> None:
    assert row_of("c1", FILM, [note for note in NOTES if note["kind"] != "alert"], CALLS) is None


def test_percentiles_are_of_what_was_measured() -> None:
    assert spread(float(number) for number in range(1, 21)) == {"median_s": 10.5, "p95_s": 19.0, "max_s": 20.0}
