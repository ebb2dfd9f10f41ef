"""``python -m bench.provider SECONDS``: a provider that answers every question after the same time, and costs little.

What is measured is what we add around its time, so it must not add any itself: raw HTTP on one event loop, one answer
made beforehand ("nothing wrong"). Prints its address as one line; ended by its process id.
"""

import asyncio
import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from subprocess import DEVNULL, PIPE, Popen

_VERDICT = {
    "observations": [],
    "incident": False,
    "type": "none",
    "confidence": 0.9,
    "summary": "People walk about.",
}
_BODY = json.dumps(
    {
        "candidates": [
            {
                "content": {"role": "model", "parts": [{"text": json.dumps(_VERDICT)}]},
                "finishReason": "STOP",
                "index": 0,
            }
        ],
        "usageMetadata": {"promptTokenCount": 1300, "candidatesTokenCount": 60, "totalTokenCount": 1360},
        "modelVersion": "stand-in",
    }
).encode()
_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(_BODY) + _BODY
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)
_END = b"\r\n\r\n"


@contextmanager
def provider(seconds: float) -> Iterator[str]:
    """One that takes ``seconds`` an answer, in a process of its own, as its address."""
    command = [sys.executable, "-m", "bench.provider", f"{seconds:g}"]
    with Popen(command, stdout=PIPE, stderr=DEVNULL, text=True) as process:
        try:
            yield process.stdout.readline().strip() if process.stdout else ""
        finally:
            process.terminate()


class _Line(asyncio.Protocol):
    """One connection: reads a question to its last byte, and answers ``takes_s`` later."""

    def __init__(self, takes_s: float) -> None:
        self._takes_s = takes_s
        self._read = bytearray()
        self._wanted = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Somebody called."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """A piece of a question."""
        self._read += data
        if not self._wanted:
            end = self._read.find(_END)
            if end < 0:
                return
            length = _LENGTH.search(self._read, 0, end + 2)
            self._wanted = end + len(_END) + (int(length[1]) if length else 0)
        if len(self._read) >= self._wanted:
            del self._read[: self._wanted]
            self._wanted = 0
            asyncio.get_running_loop().call_later(self._takes_s, self._answer)

    def _answer(self) -> None:
        if isinstance(self._transport, asyncio.Transport) and not self._transport.is_closing():
            self._transport.write(_ANSWER)


async def _serve(takes_s: float) -> None:
    server = await asyncio.get_running_loop().create_server(lambda: _Line(takes_s), "127.0.0.1", 0)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(float(sys.argv[1])))
