"""Usage as text: columns for people, and CSV whose numbers are whole."""

import csv
import io
from datetime import datetime

import pytest

from server.cli.usage import in_rows, in_words
from vigint_core.wire import UsageBy, WireSums, WireUsage, WireUsageLine

SHOP = "Shop Lyon"
HUGE = 2**53 + 23  # a float can not hold it
LINES = [
    WireUsageLine(name="2026-11-27", calls=3, failed=1, tokens_in=2600, tokens_out=240, cost_micro_usd=9_690),
    WireUsageLine(name="2026-11-28", calls=1, cost_micro_usd=HUGE, unsettled_micro_usd=4_321),
]
TOTAL = WireSums(
    calls=4, failed=1, tokens_in=2600, tokens_out=240, cost_micro_usd=HUGE + 9_690, unsettled_micro_usd=4321
)


def usage(lines: list[WireUsageLine], by: UsageBy = "day", total: WireSums = TOTAL) -> WireUsage:
    return WireUsage(
        month="2026-11",
        time_zone="Europe/Paris",
        start=datetime.fromisoformat("2026-11-01T00:00+01:00"),
        end=datetime.fromisoformat("2026-12-01T00:00+01:00"),
        by=by,
        lines=lines,
        total=total,
    )


def test_people_read_columns_and_a_total_to_the_last_millionth() -> None:
    head, names, *lines = in_words(SHOP, usage(LINES)).splitlines()

    assert head == "Shop Lyon: 2026-11 (Europe/Paris), 2026-11-01 00:00 +0100 up to 2026-12-01 00:00 +0100"
    assert names.split("  ")[0].strip() == "day"
    assert [line.split() for line in lines] == [
        ["2026-11-27", "3", "1", "2600", "0", "0", "240", "0", "0.009690", "0.000000"],
        ["2026-11-28", "1", "0", "0", "0", "0", "0", "0", "9007199254.741015", "0.004321"],
        ["total", "4", "1", "2600", "0", "0", "240", "0", "9007199254.750705", "0.004321"],
    ]
    assert len({len(line) for line in (names, *lines)}) == 1, "numbers end below each other"


def test_no_call_is_said() -> None:
    assert in_words(SHOP, usage([], total=WireSums())).endswith("\nNo call was made.")


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (WireUsageLine(name="till-2", label="Till 2"), "Till 2 (till-2)  "),
        (WireUsageLine(name="till-2", label="\x1b[2JTill\n2"), "\ufffd[2JTill\ufffd2 (till-2)  "),
        (WireUsageLine(name="till-2"), "till-2  "),
        (WireUsageLine(name=""), "-  "),
    ],
)
def test_a_camera_is_shown_by_its_name(line: WireUsageLine, shown: str) -> None:
    assert in_words(SHOP, usage([line], "camera")).splitlines()[2].startswith(shown)


def test_csv_has_a_row_a_line_with_whole_numbers_and_no_sum() -> None:
    head, *rows = in_rows(SHOP, usage(LINES))

    assert head == [
        "client", "month", "time_zone", "day", "calls", "failed", "tokens_in", "tokens_video", "tokens_cached",
        "tokens_out", "tokens_thought", "cost_micro_usd", "unsettled_micro_usd",
    ]  # fmt: skip
    assert rows == [
        ["Shop Lyon", "2026-11", "Europe/Paris", "2026-11-27", 3, 1, 2600, 0, 0, 240, 0, 9_690, 0],
        ["Shop Lyon", "2026-11", "Europe/Paris", "2026-11-28", 1, 0, 0, 0, 0, 0, 0, HUGE, 4_321],
    ]
    for place, name in enumerate(head):
        if name in WireSums.model_fields:
            assert sum(int(row[place]) for row in rows) == getattr(TOTAL, str(name))


def test_csv_carries_a_cameras_name_whatever_it_is() -> None:
    label = '=HYPERLINK("x"), "Tür"\nnebenan'
    written = io.StringIO()
    csv.writer(written).writerows(in_rows(SHOP, usage([WireUsageLine(name="-till", label=label)], "camera")))
    head, row = csv.reader(io.StringIO(written.getvalue()))

    assert head[3:5] == ["camera", "camera_name"]
    assert row[3:5] == ["'-till", f"'{label}"], "a table calculation must not take a name for a formula"
