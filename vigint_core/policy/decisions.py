"""What an incident's state is, from the second looks at its windows and from what its desk says.

Desk and server decide by the same rule, each with what it knows: the desk of its own incident (``policy/grouping.py``),
the server of what its desk told and of the second looks in its books. In whatever order those arrive, the end is the
same.
"""

from collections.abc import Collection
from typing import Final

from vigint_core.domain.incident import Decision, IncidentState

_LATER: Final = (
    IncidentState.SUSPECTED,
    IncidentState.UNCONFIRMED,
    IncidentState.VETOED,
    IncidentState.CONFIRMED,
)
"""As time goes by, about the same windows."""


def decided(decisions: Collection[Decision], told: IncidentState) -> IncidentState:
    """The state of an incident with one decision for each of its windows.

    Any confirmed makes it confirmed; all vetoed make it vetoed; while it is open, ``told`` stands.
    """
    if Decision.CONFIRMED in decisions:
        return IncidentState.CONFIRMED
    if decisions and all(each is Decision.VETOED for each in decisions):
        return IncidentState.VETOED
    return told


def latest_word(kept: IncidentState, told: IncidentState, grew: bool) -> IncidentState:
    """What a desk's word makes of the state that is kept.

    What was confirmed stays so. Of the same windows the later state counts, so that a repeat that was late undoes
    nothing; with a new window (``grew``) everything else is open again and the desk's word counts.
    """
    if grew and kept is not IncidentState.CONFIRMED:
        return told
    return max(kept, told, key=_LATER.index)
