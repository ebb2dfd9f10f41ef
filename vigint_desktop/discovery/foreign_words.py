"""What devices on the network call themselves, made fit to be shown and kept."""

from typing import Final

MOST_CHARACTERS: Final = 120


def one_line(text: str) -> str:
    """The text in one line of at most ``MOST_CHARACTERS``, without anything that can't be printed."""
    printable = "".join(c if c.isprintable() else " " for c in text[: 10 * MOST_CHARACTERS])
    return " ".join(printable.split())[:MOST_CHARACTERS]
