"""What a call costs: integers only, from the provider's own token counts and the price of the day."""

from datetime import date

from vigint_core.analysis.models import ModelCard, Price


def cost_micro_usd(card: ModelCard, tokens_in: int, tokens_out: int, day: date) -> int:
    """Cost of one call in millionths of a US dollar, rounded up so that the books never tell too little.

    ``day`` is the UTC day of the call; before the first known price, that one counts. Raises ValueError for negative
    token counts.
    """
    if tokens_in < 0 or tokens_out < 0:
        raise ValueError("token counts are never negative")
    price = price_on(card, day)
    # A dollar per million tokens is one micro-dollar per token, so thousandths of it are whole numbers.
    thousandths = tokens_in * int(price.usd_per_million_in * 1000) + tokens_out * int(price.usd_per_million_out * 1000)
    return -(-thousandths // 1000)


def price_on(card: ModelCard, day: date) -> Price:
    """The price in force on a day."""
    in_force = [price for price in card.prices if price.valid_from <= day]
    return in_force[-1] if in_force else card.prices[0]
