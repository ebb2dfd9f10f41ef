"""How answers are printed: JSON for programs, words and columns for people."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel


def tell(as_json: bool, value: BaseModel | Sequence[BaseModel], words: str) -> None:
    """Print an answer: for programs or for people."""
    print(json.dumps(_plain(value), ensure_ascii=False) if as_json else words)


def in_columns(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A line of heads and one a row, each column as wide as it needs; what could steer a terminal is taken out."""
    shown = [list(heads), *([safe(cell) for cell in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*shown, strict=True)]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in shown)
    return "\n".join(line.rstrip() for line in lines)


def safe(text: str) -> str:
    """A text as it may stand on the owner's terminal: names and words of desks are their choice, not ours."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)


def day(unix_s: float) -> str:
    """The day of a Unix time, UTC."""
    return datetime.fromtimestamp(unix_s, UTC).strftime("%Y-%m-%d")


def minute(unix_s: float | None) -> str:
    """The minute of a Unix time, UTC; a dash for never."""
    return "-" if unix_s is None else datetime.fromtimestamp(unix_s, UTC).strftime("%Y-%m-%d %H:%M UTC")


def _plain(value: BaseModel | Sequence[BaseModel]) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    return [each.model_dump(mode="json") for each in value]
