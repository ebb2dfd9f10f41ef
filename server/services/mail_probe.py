"""Goes the way of a mail without one, so that a wrong password is known before there is something to tell.

Each process does it for itself: a sign-in a quarter of an hour costs nobody anything, and what one of several machines
can't reach the others may. Mails that this process hands in say as much of the way as a proof.
"""

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import anyio.to_thread

from server.logs import journal
from server.mail.smtp import MailServer, prove
from server.services.prober import first_of
from vigint_core.domain.fault import Code, VigintError
from vigint_core.policy.retry import BackOff
from vigint_core.ports import Clock

EVERY_S: Final = 900.0
"""Between two proofs while all is well."""
_AGAIN: Final = BackOff(first_s=30.0, factor=2.0, most_s=EVERY_S, jitter=0.0)
OF_WAY: Final = frozenset(
    {Code.MAIL_UNREACHABLE, Code.MAIL_UNTRUSTED, Code.MAIL_NO_ENCRYPTION, Code.MAIL_REFUSED_SIGN_IN}
)
"""What can be wrong with the way. A proof can't speak for the sender: many servers look at it with a recipient only."""
_RARELY: Final = frozenset({Code.MAIL_REFUSED_SIGN_IN})
"""A name that is refused again and again is locked out by many servers, together with the address it comes from."""
_log = journal(__name__)


@dataclass(frozen=True, slots=True)
class Way:
    """What is known of the way to the mail server. Times are Unix seconds, None for never.

    Attributes:
        worked_s: when it was proven last.
        failed_s, since_s: when the last proof failed, and the first of those that failed in a row; None while it works.
        code, detail: of what it failed; None and "" while it works.
    """

    worked_s: float | None = None
    failed_s: float | None = None
    since_s: float | None = None
    code: Code | None = None
    detail: str = ""


class MailProbe:
    """Holds the last proof, and a task that makes the next one. Thread-safe.

    Attributes:
        server: what is proven; None where no mail is configured, and then nothing is ever asked.
    """

    def __init__(self, server: MailServer | None, clock: Clock) -> None:
        self.server = server
        self._clock = clock
        self._lock = threading.Lock()
        self._way = Way()
        self._failures = 0
        self._on_recovery: Callable[[], None] = lambda: None
        self._on_failure: Callable[[], None] = lambda: None

    def listen(self, on_recovery: Callable[[], None]) -> None:
        """Call ``on_recovery``, on any thread, when the way works for the first time, or again after a failure."""
        self._on_recovery = on_recovery

    @property
    def way(self) -> Way:
        """What is known now."""
        with self._lock:
            return self._way

    @property
    def wait_s(self) -> float:
        """Seconds from the last proof to the next one."""
        with self._lock:
            if not self._failures or self._way.code in _RARELY:
                return EVERY_S
            return _AGAIN.delay_s(self._failures, 0.0)

    async def run(self, begin: asyncio.Event) -> None:
        """Wait for ``begin``, then prove, again and again; ends by being cancelled, and at once without a server."""
        server = self.server
        if server is None:
            return
        await begin.wait()
        failed, loop = asyncio.Event(), asyncio.get_running_loop()

        def wake() -> None:
            loop.call_soon_threadsafe(failed.set)

        self._on_failure = wake
        try:
            while True:
                await anyio.to_thread.run_sync(self.prove, server, abandon_on_cancel=True)
                failed.clear()
                await first_of(failed, self.wait_s)
                if failed.is_set():
                    await asyncio.sleep(self.wait_s)
        finally:
            self._on_failure = lambda: None

    def prove(self, server: MailServer) -> None:
        """One proof. Blocks for as long as the mail server takes for its answers, each within bounds."""
        met = self._met(server)
        if met is None:
            self.note_mail()
            return
        self._fail(met)
        with self._lock:
            self._failures += 1

    def note_failure(self, error: VigintError) -> None:
        """A mail came to nothing. If the way is what failed, it is proven again sooner."""
        if error.code not in OF_WAY:
            return
        self._fail(error)
        with self._lock:
            first, self._failures = self._failures == 0, max(1, self._failures)
        if first:
            self._on_failure()

    def note_mail(self) -> None:
        """A mail, or its way without one, was taken."""
        now_s = self._clock.wall()
        with self._lock:
            first, recovered = self._way.worked_s is None, self._failures > 0
            self._way, self._failures = Way(worked_s=now_s), 0
        if first or recovered:
            _log.info("mail server proven")
            self._tell()

    @staticmethod
    def _met(server: MailServer) -> VigintError | None:
        """What a proof fails of. Outermost frame of this worker: what nobody foresaw is a failed proof, too."""
        try:
            prove(server)
        except VigintError as error:
            return error
        except Exception:  # noqa: BLE001 - the outermost frame of a worker
            _log.exception("mail probe crashed")
            return VigintError(Code.INTERNAL)
        return None

    def _tell(self) -> None:
        try:
            self._on_recovery()
        except VigintError as error:  # what waits is tried again in its own time
            _log.info("what waits for the mail server is not hurried", code=error.code, detail=error.detail)

    def _fail(self, error: VigintError) -> None:
        now_s = self._clock.wall()
        with self._lock:
            before = self._way
            self._way = replace(
                before, failed_s=now_s, since_s=before.since_s or now_s, code=error.code, detail=error.detail
            )
        if before.code is not error.code:
            _log.warning("mail server not proven", code=error.code, detail=error.detail)
