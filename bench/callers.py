"""Desks that call a server, as cheaply as a socket allows: ``python -m bench.callers``.

``requests PORT PATH CONNECTIONS SECONDS`` asks for one path as fast as it is answered, on connections that stay
open; ``desks PORT COUNT`` opens that many streams of events and says ``ready``, then, after a line on stdin,
reports one incident and says how long each desk took to learn of it. Both print JSON. The key is
``VIGINT_API_KEY``.
"""

import asyncio
import json
import os
import sys
import time
from typing import Any, Final

_WARM_S: Final = 1.0
_HOST: Final = "127.0.0.1"
_OPENING_AT_ONCE: Final = 20


def _head(method: str, path: str, key: str, more: str = "") -> bytes:
    return f"{method} {path} HTTP/1.1\r\nHost: {_HOST}\r\nX-API-Key: {key}\r\n{more}\r\n".encode()


async def _answer(reader: asyncio.StreamReader) -> None:
    """Read one whole answer. Raises ValueError unless it is 200."""
    head = await reader.readuntil(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        raise ValueError(head.decode())
    length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    await reader.readexactly(int(length.split(b":")[1]))


async def _requests(port: int, path: str, key: str, connections: int, seconds: float) -> dict[str, Any]:
    """How many answers came, and how long each took in seconds; the first second is left out."""
    asked = _head("GET", path, key)
    begin_s = time.monotonic() + _WARM_S
    took: list[float] = []

    async def ask() -> None:
        reader, writer = await asyncio.open_connection(_HOST, port)
        while (sent_s := time.monotonic()) < begin_s + seconds:
            writer.write(asked)
            await _answer(reader)
            if sent_s >= begin_s:
                took.append(time.monotonic() - sent_s)
        writer.close()
        await writer.wait_closed()

    await asyncio.gather(*(ask() for _ in range(connections)))
    return {"per_s": len(took) / seconds, "took_s": sorted(took)}


async def _desks(port: int, key: str, count: int) -> dict[str, Any]:
    """Seconds from the report of an incident to each desk's knowing of it, and to its answer."""
    gate = asyncio.Semaphore(_OPENING_AT_ONCE)
    open_ones = []

    async def begin() -> None:
        async with gate:
            reader, writer = await asyncio.open_connection(_HOST, port)
            writer.write(_head("GET", "/v1/events", key))
            await reader.readuntil(b"retry: ")
            await reader.readuntil(b"\n\n")
            open_ones.append((reader, writer))

    await asyncio.gather(*(begin() for _ in range(count)))
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    reported_s = time.monotonic()

    async def learn(reader: asyncio.StreamReader) -> float:
        await reader.readuntil(b"incident.put")
        return time.monotonic() - reported_s

    learning = asyncio.gather(*(learn(reader) for reader, _ in open_ones))
    answered_s = await _report(port, key) - reported_s
    learned = sorted(await learning)
    for _, writer in open_ones:
        writer.close()
    return {"answered_s": answered_s, "learned_s": learned}


async def _report(port: int, key: str) -> float:
    at = "2026-11-22T13:31:50Z"
    body = json.dumps(
        {
            "camera_id": "till-2", "camera_name": "Till 2", "type": "concealment", "severity": "high",
            "state": "suspected", "source": "ai", "confidence": 0.9, "summary": "", "observations": [], "start": at,
            "end": at, "act": at, "opened": at, "window_ids": ["w1"],
        }
    ).encode()  # fmt: skip
    reader, writer = await asyncio.open_connection(_HOST, port)
    told = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    writer.write(_head("PUT", "/v1/incidents/i1", key, told) + body)
    await _answer(reader)
    writer.close()
    return time.monotonic()


def main(way: str, *given: str) -> None:
    """Run one way of calling."""
    key = os.environ["VIGINT_API_KEY"]
    if way == "requests":
        port, path, connections, seconds = given
        print(json.dumps(asyncio.run(_requests(int(port), path, key, int(connections), float(seconds)))))
    else:
        port, count = given
        print(json.dumps(asyncio.run(_desks(int(port), key, int(count)))))


if __name__ == "__main__":
    main(*sys.argv[1:])
