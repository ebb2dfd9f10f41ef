"""Amounts of money as people read and type them. Millionths of a US dollar, or dollars, in; words out."""

import re
from decimal import Decimal
from typing import Final

from vigint_desktop.ui.rows.words import Words

_MICRO: Final = 1_000_000
_CENT: Final = 10_000
_ASIDE: Final = re.compile(r"(?i)\s|us\$?|\$|['’]")  # what may stand beside the digits: spaces, a sign, an apostrophe
_PLAIN: Final = re.compile(r"(?=\.?\d)(?P<whole>\d{0,12})(?:\.(?P<part>\d{1,6})0*)?")


def usd(micro: int, words: Words) -> str:
    """What was spent: ``$3.20``, to the cent; what is less than a cent and more than nothing says so."""
    if 0 < micro < _CENT:
        return words("budget.under", amount=_dollars(Decimal(_CENT) / _MICRO, 2, words))
    return _dollars(Decimal(micro) / _MICRO, 2, words)


def limit(micro: int, words: Words) -> str:
    """A limit exactly as it was set: ``$20``, ``$2.50``."""
    return words("budget.usd", amount=_grouped(Decimal(micro) / _MICRO, words))


def typed(dollars: float | None, words: Words) -> str:
    """A limit as it stands in its field; "" for none."""
    return "" if dollars is None else _grouped(Decimal(str(dollars)), words)


def read(text: str, words: Words) -> float | None:
    """Dollars that somebody typed, None for an empty field. Raises ValueError for what is no amount.

    Both a point and a comma are understood. The one that is not the language's own, with three digits after it,
    separates thousands, as does its own sign for that: ``1,000`` is a thousand in English and one in French.
    """
    bare = _ASIDE.sub("", text)
    if not bare:
        return None
    own = words("budget.point")
    other = "," if own == "." else "."
    if not bare.startswith("0"):
        bare = re.sub(rf"(?<=\d){re.escape(other)}(?=\d{{3}}(?!\d))", "", bare)
    found = _PLAIN.fullmatch(bare.replace(own, ".").replace(other, "."))
    if found is None:
        raise ValueError(text)
    return float(f"{found['whole'] or '0'}.{found['part'] or '0'}")


def _dollars(amount: Decimal, places: int, words: Words) -> str:
    return words("budget.usd", amount=_signs(f"{amount:,.{places}f}", words))


def _grouped(amount: Decimal, words: Words) -> str:
    """No decimals where there are none, else at least two."""
    part = f"{amount:.6f}".partition(".")[2].rstrip("0")
    return _signs(f"{amount:,.{max(len(part), 2) if part else 0}f}", words)


def _signs(english: str, words: Words) -> str:
    whole, point, part = english.partition(".")
    return whole.replace(",", words("budget.group")) + (words("budget.point") if point else "") + part
