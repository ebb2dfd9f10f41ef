"""Takes words out of an answer that describe a person instead of an act.

The schema has no field for identity, age, sex, origin, belief, health or feelings, and the prompts forbid them; a model
may write them into a sentence all the same. Such words never reach the books: ``HIDDEN`` stands in their place, the act
around them stays, and the call is flagged, so that an owner sees which model or prompt does not obey. The words are
data (``resources/propriety.json``) in all languages at once, because an answer may come in another one than was asked
for. A list of words finds what it lists; it is a check on a rule, not its only guard.
"""

import json
import re
from functools import cache
from importlib import resources
from typing import Final

HIDDEN: Final = "[…]"


def cleaned(text: str) -> tuple[str, bool]:
    """The text without such words, and whether there were any."""
    found = _words().sub(lambda match: f"{match['keep'] or ''}{HIDDEN}", text)
    return found, found != text


@cache
def _words() -> re.Pattern[str]:
    lists: dict[str, list[str]] = json.loads(resources.files("resources").joinpath("propriety.json").read_text("utf-8"))
    person, neutral, alone = ("|".join(lists[name]) for name in ("person", "neutral", "alone"))
    trait = "|".join(lists["before_person"])
    return re.compile(
        # Colours and ages only beside a person (in French they follow): a black bag and an old box are things.
        rf"\b(?:(?:{alone})|(?:{trait})(?=[ -](?:{person}|{neutral})\b)|(?P<keep>(?:{neutral}) )(?:{trait})"
        # Goods of a department of the shop are things as well: men's shoes, children's toys.
        r"|(?<!for )(?<!pour )(?<!rayon )(?!(?:wo)?men['’]s|child(?:ren)?['’]s|kids['’]|ladies['’])"
        rf"(?:{person})(?: (?:{trait}))?)\b",
        re.IGNORECASE,
    )
