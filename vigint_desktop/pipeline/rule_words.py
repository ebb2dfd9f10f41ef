"""A broken rule in a sentence, in the owner's language: it goes into the books and to the server as it was told."""

from vigint_core.texts import Language, sentence
from vigint_desktop.pipeline.messages import RuleBroken


def told_rule(language: Language, broken: RuleBroken) -> str:
    """What happened, and where."""
    where = "in_place" if broken.place else "anywhere"
    seconds = max(0, round(broken.span.length_s))
    return sentence(language, f"ui.rule.{broken.kind}.{where}", place=broken.place, seconds=seconds)
