"""The server's doctor in words: one line a part and a link, the remedy below what is not well."""

import pytest

from server.cli.doctor import in_words, is_well
from server.cli.drill import Link
from server.services.health import PartState
from server.services.proofs import Finding
from vigint_core import texts
from vigint_core.domain.fault import Code
from vigint_core.domain.status import Health


def part(name: str, health: Health, code: Code | None = None, label: str = "") -> PartState:
    return PartState(name, Finding(health, code, label), 0.0, None)


WELL = part("ai", Health.OK)


def test_what_is_well_is_one_line_and_what_is_not_says_what_to_do() -> None:
    states = [part("database", Health.OK, label="sqlite"), part("ai", Health.DOWN, Code.AI_KEY_INVALID)]
    links = [Link("sign-in", Health.OK, 0.0123), Link("mail", Health.UNKNOWN, detail="left out")]

    cause, remedy = texts.cause("en", Code.AI_KEY_INVALID), texts.remedy("en", Code.AI_KEY_INVALID)
    assert in_words(states, links).splitlines() == [
        "database      ok              sqlite",
        "ai            down",
        f"              {cause} {remedy} (ai.key_invalid)",
        "",
        "sign-in       ok              0.01 s",
        "mail          unknown         left out",
    ]


def test_how_a_part_was_proven_stands_beside_what_it_is() -> None:
    mail = PartState("mail", Finding(Health.OK, None, "mail.shop.example", "proven by a sign-in"), 0.0, 5.0)

    assert in_words([mail], [Link("mail", Health.OK, 1.0)]).splitlines()[0] == (
        "mail          ok              mail.shop.example, proven by a sign-in"
    )


@pytest.mark.parametrize(
    ("states", "links", "well"),
    [
        ([WELL], [Link("sign-in", Health.OK, 1.0)], True),
        ([WELL, part("mail", Health.NOT_CONFIGURED)], [Link("mail", Health.NOT_CONFIGURED)], True),
        ([WELL], [Link("mail", Health.UNKNOWN)], True),
        ([WELL], [Link("mail", Health.DOWN)], False),
        ([WELL, part("disk", Health.DEGRADED)], [], False),
        ([part("ai", Health.NOT_CONFIGURED, Code.AI_NO_KEY)], [], False),
        ([], [], True),
    ],
)
def test_what_nobody_configured_is_no_illness_but_for_the_ai(
    states: list[PartState], links: list[Link], well: bool
) -> None:
    assert is_well(states, links) is well
