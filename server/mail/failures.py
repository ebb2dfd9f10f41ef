"""What carriers of alerts raise beside VigintError, which means: another try may succeed."""

from vigint_core.domain.fault import VigintError


class UndeliverableError(VigintError):
    """It will not be taken, however often it is tried."""
