"""Signing requests in on the event loop: the books are asked once for all keys that came at about the same time.

No key is kept for the next request: one that is revoked is worthless from the next request on.
"""

import anyio.to_thread

from server.services.clients import Clients, SignedIn
from server.services.gathering import Gathering
from server.services.keys import parse_key


class SignIns:
    """Signs in for the routes of one process."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        self._together = Gathering(clients.recognise)

    async def sign_in(self, key_text: str, address: str) -> SignedIn:
        """As ``Clients.sign_in``, for as many as come at once. Who fails does so alone, and is counted there."""
        key = parse_key(key_text)
        found = None if key is None else self._clients.recognise_at_hand(key) or await self._together.answer(key)
        if isinstance(found, SignedIn):
            return found
        return await anyio.to_thread.run_sync(self._clients.sign_in, key_text, address)
