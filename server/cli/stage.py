"""Where the drill is played: a server in this process on a port of loopback, and a client that lives only for it.

The server stands on the same books, storage and mail as all others, so what the drill proves is true of them.
"""

import secrets
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final

from server.cli.listener import Listener, open_socket
from server.db.database import Database
from server.services.clients import Client
from server.services.examiner import Examiner
from server.services.keys import ApiKey
from server.services.parts import Parts, assemble
from vigint_core.analysis.examiner import Probe, Subject
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.verdict import Call, IncidentType, Judgement, Observation, Outcome, Severity, Suspected, Verdict

NAME: Final = "VigInt drill "
_OLD_S: Final = 3600.0  # a drill takes minutes; whoever has not cleared up after an hour was killed
_START_S: Final = 60.0
SUSPICION: Final = Suspected(
    Verdict(
        IncidentType.OTHER,
        Severity.HIGH,
        1.0,
        "A drill of vigint-server doctor: nothing happened.",
        (Observation(1.0, "A drawn block wanders over a drawn ground."),),
    )
)
"""What the drill makes of every look, so that all that follows a suspicion is played too."""


class Insistent:
    """An examiner that asks the real one, and suspects whatever it answers, for one client. Others get real answers.

    Attributes:
        looks: what the real one answered, and how many seconds it took, by ``"first"`` and ``"second"``.
    """

    def __init__(self, real: Examiner, client_id: str) -> None:
        self._real = real
        self._client_id = client_id
        self.looks: dict[str, tuple[Outcome, float]] = {}

    async def first_look(self, subject: Subject, clip: bytes) -> Judgement:
        """The first look alone."""
        begun_s = time.monotonic()
        judgement = await self._real.first_look(subject, clip)
        if not self._is_drill(subject):
            return judgement
        self.looks["first"] = (judgement.first, time.monotonic() - begun_s)
        return replace(judgement, first=SUSPICION)

    async def second_look(self, subject: Subject, context: bytes) -> tuple[Outcome, tuple[Call, ...]]:
        """The second look alone."""
        begun_s = time.monotonic()
        outcome, calls = await self._real.second_look(subject, context)
        if not self._is_drill(subject):
            return outcome, calls
        self.looks["second"] = (outcome, time.monotonic() - begun_s)
        return SUSPICION, calls

    async def probe(self) -> Probe:
        """Prove key and models."""
        return await self._real.probe()

    async def close(self) -> None:
        """Close the real one."""
        await self._real.close()

    def _is_drill(self, subject: Subject) -> bool:
        return subject.payer.site == self._client_id


@dataclass(frozen=True, slots=True)
class Stage:
    """A server that listens, and a client with a key.

    Attributes:
        parts: of the server.
        examiner: what its looks are made with.
    """

    url: str
    parts: Parts
    client: Client
    key: ApiKey
    examiner: Insistent


@contextmanager
def stage(parts: Parts) -> Iterator[Stage]:
    """Serve over the block. Afterwards the client is erased, with all that it had; so are those of drills before.

    Raises VigintError, also where something of the client can't be erased.
    """
    for other in parts.clients.all():
        if other.name.startswith(NAME) and parts.clock.wall() - other.created_s > _OLD_S:
            parts.erasure.client(other.id)
    client = parts.clients.add(NAME + secrets.token_hex(4))
    try:
        examiner = Insistent(parts.examiner, client.id)
        served = assemble(parts.config, Database(parts.config.database), examiner, parts.clock)
        with _serving(served) as url:
            yield Stage(url, served, client, parts.clients.add_key(client.name), examiner)
    finally:
        parts.erasure.client(client.id)


@contextmanager
def _serving(parts: Parts) -> Iterator[str]:
    sock = open_socket("127.0.0.1", 0)
    port = sock.getsockname()[1]
    listening = threading.Event()
    listener = Listener(parts, sock, listening.set, grace_s=1)
    with ThreadPoolExecutor(1, "drill-server") as pool:
        served = pool.submit(listener.serve_until_told)
        try:
            if not listening.wait(_START_S):
                raise VigintError(Code.SERVER_FAILED, "the server of the drill does not listen")
            yield f"http://127.0.0.1:{port}"
        finally:
            listener.should_exit = True
            served.result()
