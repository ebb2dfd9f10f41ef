"""Incidents: what their desks say, what the second looks decide and what people make of them, in one place.

``PUT`` and the step after a second look go through the same fold, so it does not matter which of the two comes first.
"""

import base64
import binascii
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from server.db.books.incidents import Change, Standing, Told, reviewed_at
from server.db.tenant import Tenant
from server.services.refusals import RefusedError
from vigint_core.domain.fault import Code
from vigint_core.domain.incident import Decision
from vigint_core.policy.decisions import decided, latest_word
from vigint_core.ports import Clock
from vigint_core.wire import IncidentBody, IncidentView, WireOutcome, WireReview


def fold(told: Told) -> Standing:
    """How an incident stands, from its desk's word and the second looks at its windows.

    A second look that confirms with a graver verdict makes it graver; none makes it milder.
    """
    word = told.body.state if told.kept is None else latest_word(told.kept.state, told.body.state, told.grew)
    graver = (each.severity for each in told.seconds if each and each.outcome == "suspected" and each.severity)
    severity = max((told.body.severity, *graver), key=lambda each: each.rank)
    return Standing(decided([_decision(each) for each in told.seconds], word), severity)


def _decision(second: WireOutcome | None) -> Decision:
    if second is None or second.outcome == "not_analysed":
        return Decision.PENDING
    return Decision.CONFIRMED if second.outcome == "suspected" else Decision.VETOED


class Incidents:
    """Every change of an incident."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def put(self, tenant: Tenant, incident_id: str, body: IncidentBody) -> Change:
        """Keep an incident as its desk sees it now. What second looks and people decided stays."""
        return tenant.incidents.put(incident_id, body, fold, self._clock.wall())

    def decide(self, tenant: Tenant, window_id: str) -> Sequence[Change]:
        """After a second look was written: every incident of that window, as it stands now.

        May be done again at any time, and then tells the same incidents, unchanged: a worker that died after it had
        decided must still come to tell people.
        """
        return tenant.incidents.decide(window_id, fold, self._clock.wall())

    def review(
        self, tenant: Tenant, incident_id: str, matches: Callable[[int], bool], said: Mapping[str, Any], by: str
    ) -> IncidentView:
        """Lay what a person says (fields of ``WireReview``) over what was said before. ``by`` is the id of their key.

        Raises VigintError: REQUEST_NOT_FOUND, REQUEST_VERSION_CONFLICT where ``matches`` refuses the version.
        """
        now_s = self._clock.wall()

        def laid_over(before: WireReview) -> WireReview:
            after = before.model_copy(update=dict(said))
            return after if after == before else after.model_copy(update={"by": by, "at": reviewed_at(now_s)})

        return tenant.incidents.review(incident_id, matches, laid_over, now_s)

    def one(self, tenant: Tenant, incident_id: str) -> IncidentView:
        """One incident with its history. Raises RefusedError(REQUEST_NOT_FOUND)."""
        found = tenant.incidents.one(incident_id)
        if found is None:
            raise RefusedError(Code.REQUEST_NOT_FOUND)
        return found


def cursor_after(last: tuple[float, str]) -> str:
    """``Page.last`` as a text that means nothing to whoever gets it."""
    opened_s, incident_id = last
    return base64.urlsafe_b64encode(f"{opened_s!r} {incident_id}".encode()).decode().rstrip("=")


def read_cursor(text: str) -> tuple[float, str]:
    """``Wanted.after``, from what ``cursor_after`` made. Raises RefusedError(REQUEST_INVALID) for anything else."""
    try:
        told = base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True).decode()
        opened, _, incident_id = told.partition(" ")
        opened_s = float(opened)
    except (binascii.Error, ValueError):
        opened_s, incident_id = math.nan, ""
    if not math.isfinite(opened_s) or not incident_id:
        raise RefusedError(Code.REQUEST_INVALID, particulars=("query.cursor: is none of ours",))
    return opened_s, incident_id
