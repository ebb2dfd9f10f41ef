"""What a call costs, in integers only.

Beforehand the most it can cost by the catalogue's rules; afterwards what the provider's own token counts say at the
price of the day.
"""

import math
from datetime import date

from vigint_core.analysis.models import LookPlan, ModelCard, Price

_CHARACTERS_A_TOKEN = 4
"""Of European languages, by the provider's documentation; for estimates. No text has more tokens than bytes."""


def cost_micro_usd(card: ModelCard, tokens_in: int, tokens_out: int, day: date) -> int:
    """Cost of one call in millionths of a US dollar, rounded up so that the books never tell too little.

    ``day`` is the UTC day of the call; before the first known price, that one counts. Raises ValueError for negative
    token counts.
    """
    if tokens_in < 0 or tokens_out < 0:
        raise ValueError("token counts are never negative")
    return _cost(price_on(card, day), tokens_in, tokens_out)


def most_micro_usd(card: ModelCard, plan: LookPlan, text: str, clip_s: float, day: date) -> int:
    """The most that one call can cost: every frame, every byte of text as a token, the whole limit of the answer.

    ``text`` is all that is sent as text. The call may be booked on the next day, so the dearer of both prices counts.
    """
    tokens_in = len(text.encode()) + (frames(clip_s, plan.fps) + 1) * plan_tokens(card, plan)
    days = (day, date.fromordinal(day.toordinal() + 1))
    return max(_cost(price_on(card, each), tokens_in, plan.max_output_tokens) for each in days)


def estimated_tokens_in(card: ModelCard, plan: LookPlan, text: str, clip_s: float) -> int:
    """What a call is likely to count as input, by the catalogue's rules."""
    return math.ceil(len(text) / _CHARACTERS_A_TOKEN) + frames(clip_s, plan.fps) * plan_tokens(card, plan)


def plan_tokens(card: ModelCard, plan: LookPlan) -> int:
    """Tokens of one sampled frame at the plan's resolution."""
    return card.frame_tokens.of(plan.media_resolution)


def frames(clip_s: float, fps: float) -> int:
    """Frames that are sampled from a clip: one at its start, and one every ``1 / fps`` seconds."""
    return max(0, math.ceil(clip_s * fps - 1e-6)) if clip_s > 0 else 0


def price_on(card: ModelCard, day: date) -> Price:
    """The price in force on a day."""
    in_force = [price for price in card.prices if price.valid_from <= day]
    return in_force[-1] if in_force else card.prices[0]


def _cost(price: Price, tokens_in: int, tokens_out: int) -> int:
    # A dollar per million tokens is one micro-dollar per token, so thousandths of it are whole numbers.
    thousandths = tokens_in * int(price.usd_per_million_in * 1000) + tokens_out * int(price.usd_per_million_out * 1000)
    return -(-thousandths // 1000)
