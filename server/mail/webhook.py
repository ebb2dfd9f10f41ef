"""Posts an alert to an address of the owner's: signed as Standard Webhooks are, within bounds, and nowhere else.

Redirects are not followed, and of an answer only its status is read.
"""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import httpx2

from server.mail.failures import UndeliverableError
from vigint_core import __version__
from vigint_core.domain.fault import Code, VigintError

WAIT_S: Final = 15.0
"""For all of it: who answers in ever more small parts must not keep the alerts of others waiting."""
_GONE: Final = 410


@dataclass(frozen=True, slots=True)
class Hook:
    """Where a webhook goes, and what it is signed with."""

    url: str
    key: bytes


def post(hook: Hook, hook_id: str, at_s: int, body: Mapping[str, Any], wait_s: float = WAIT_S) -> None:
    """Post ``body`` as JSON, signed for the Unix time ``at_s``. Blocks. Returns once it was taken (2xx).

    Raises VigintError(WEBHOOK_FAILED), UndeliverableError(WEBHOOK_GONE) for 410.
    """
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": f"VigInt/{__version__}",
        "Webhook-Id": hook_id,
        "Webhook-Timestamp": str(at_s),
        "Webhook-Signature": signed(hook.key, hook_id, at_s, content),
    }
    try:
        status = asyncio.run(_status(hook.url, content, headers, wait_s))
    except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
        raise VigintError(Code.WEBHOOK_FAILED, type(error).__name__) from error
    if status == _GONE:
        raise UndeliverableError(Code.WEBHOOK_GONE, f"answer {status}")
    if not 200 <= status < 300:
        raise VigintError(Code.WEBHOOK_FAILED, f"answer {status}")


async def _status(url: str, content: bytes, headers: Mapping[str, str], wait_s: float) -> int:
    """What the address answers within ``wait_s``, all in all."""
    async with (
        asyncio.timeout(wait_s),
        httpx2.AsyncClient(timeout=None, follow_redirects=False, trust_env=False) as client,
        client.stream("POST", url, content=content, headers=headers) as answer,
    ):
        return answer.status_code


def signed(key: bytes, hook_id: str, at_s: int, content: bytes) -> str:
    """The header ``Webhook-Signature``: over id, time and the very bytes of the body."""
    message = f"{hook_id}.{at_s}.".encode() + content
    return f"v1,{base64.b64encode(hmac.digest(key, message, hashlib.sha256)).decode()}"
