"""``usage``: what a client's calls of a month used, for people, for a table calculation, for programs."""

import argparse
import csv
import sys
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from server.cli.printing import safe
from server.services.admin.bodies import UsageWanted
from server.services.admin.operations import USAGE, Admin
from vigint_core.wire import WireSums, WireUsage, WireUsageLine

_SUMS: Final = tuple(WireSums.model_fields)
_HEADS: Final = (
    "calls", "failed", "tokens in", "of video", "cached", "tokens out", "thought", "cost USD", "unsettled USD"
)  # fmt: skip
_MICRO: Final = 1_000_000


def usage_command(arguments: argparse.Namespace, admin: Admin) -> int:
    """``usage --client NAME [--month 2026-11] [--by ...] [--csv | --json]``."""
    usage = admin.do(USAGE, UsageWanted(client=arguments.client, month=arguments.month, by=arguments.by))
    if arguments.json:
        print(usage.model_dump_json(indent=2))
    elif arguments.csv:
        csv.writer(sys.stdout, lineterminator="\n").writerows(in_rows(arguments.client, usage))
    else:
        print(in_words(arguments.client, usage))
    return 0


def in_rows(client: str, usage: WireUsage) -> list[list[str | int]]:
    """A head and one row a line, money in whole millionths of a US dollar. No sum: whoever adds rows would count twice.

    What could be taken for a formula gets an apostrophe, as table calculations write it themselves.
    """
    named = ["camera", "camera_name"] if usage.by == "camera" else [usage.by]
    rows: list[list[str | int]] = [["client", "month", "time_zone", *named, *_SUMS]]
    for line in usage.lines:
        name = [line.name, line.label] if usage.by == "camera" else [line.name]
        texts = [client, usage.month, usage.time_zone, *name]
        rows.append([*map(_plain, texts), *(getattr(line, field) for field in _SUMS)])
    return rows


def in_words(client: str, usage: WireUsage) -> str:
    """A head, the lines in columns, and their sum."""
    head = f"{safe(client)}: {usage.month} ({usage.time_zone}), {_moment(usage.start)} up to {_moment(usage.end)}"
    if not usage.lines:
        return f"{head}\nNo call was made."
    rows = [
        (usage.by, *_HEADS),
        *((_name(line), *_cells(line)) for line in usage.lines),
        ("total", *_cells(usage.total)),
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join([head, *(_in_columns(row, widths) for row in rows)])


def _in_columns(row: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = zip(row, widths, strict=True)
    return "  ".join([first[0].ljust(first[1]), *(text.rjust(width) for text, width in others)])


def _cells(sums: WireSums) -> list[str]:
    return [
        _usd(getattr(sums, field)) if field.endswith("_micro_usd") else str(getattr(sums, field)) for field in _SUMS
    ]


def _name(line: WireUsageLine) -> str:
    label = safe(line.label)
    return f"{label} ({line.name})" if label else line.name or "-"


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M %z}"


def _usd(micro: int) -> str:
    """Whole arithmetic: a float would lose a millionth in large sums."""
    return f"{micro // _MICRO}.{micro % _MICRO:06}"


def _plain(text: str) -> str:
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
