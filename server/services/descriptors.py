"""How many files and connections the system lets this process have open at once."""

import os
from typing import Final

from server.logs import journal

_ENOUGH: Final = 65_536
_FEW: Final = 4096
"""Below it a server of many desks meets the limit; each has a stream of events, and connections beside it."""
_log = journal(__name__)

if os.name == "nt":  # which counts handles, and has no such limit

    def most_open() -> int:
        """How many may be open now."""
        return _ENOUGH

    def allow_more() -> None:
        """Nothing is to be done."""

else:
    import resource

    def most_open() -> int:
        """How many may be open now."""
        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        return _ENOUGH if soft == resource.RLIM_INFINITY else soft

    def allow_more() -> None:
        """Use what the system allows: what it begins with is meant for programs that know no better."""
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = _ENOUGH if hard == resource.RLIM_INFINITY else min(hard, _ENOUGH)
        if soft != resource.RLIM_INFINITY and soft < wanted:
            try:
                resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            except (OSError, ValueError) as error:
                _log.warning("no more open files than before", most=soft, error=type(error).__name__)
        if most_open() < _FEW:
            _log.warning("few files may be open at once: raise the limit (ulimit -n) for many desks", most=most_open())
