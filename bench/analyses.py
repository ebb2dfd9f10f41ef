"""``POST /v1/analyses`` over HTTP, arriving evenly: what the server adds around the provider's time, CPU, and memory.

``python -m bench.analyses PORT CLIP RATE COUNT AT_ONCE`` sends that many windows of that clip, the key coming on stdin,
and prints how long each took as JSON. Arrivals are an open loop: a late answer holds up nobody, and its time counts
from the moment at which its request was due. Only where AT_ONCE looks are under way, the next ones wait.
"""

import asyncio
import json
import subprocess
import sys
import tempfile
import time
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from bench.looks import padded
from bench.provider import provider
from bench.serving import Books, Serving, books, server
from bench.windows import pictures
from vigint_core.media.clip import encode_clips

RATE: Final = 20.0
PROVIDER_S: Final = 1.0
GOAL_MS: Final = 120.0
_QUICK_PROVIDER_S: Final = 0.2
_QUICK_RATE: Final = 40.0
_QUICK_AT_ONCE: Final = 32  # where only memory counts: on a busy machine it falls behind
_CLIP_BYTES: Final = 120 * 1024
_WARM: Final = 100
_WINDOW_S: Final = 10.0
_REST_S: Final = 65.0  # the server gives memory back once a minute; a quick run does not wait for it
_LONG: Final = 5000  # looks
_ROOT: Final = Path(__file__).parents[1]
_SPARE_S: Final = 120.0
_SLOWEST: Final = 12  # times what a run takes on a quiet machine
_HOST: Final = "127.0.0.1"
_BOUNDARY: Final = "bench-0123456789"


def measure(stream: Path, seconds: float = 60.0, many: int = 10_000) -> dict[str, Any]:
    """Milliseconds beyond the provider's second, CPU of the server a look, and its memory over ``many`` looks."""
    clip = padded(encode_clips(pictures(stream), ())[0], _CLIP_BYTES)
    with tempfile.TemporaryDirectory(prefix="vigint-bench-") as folder:
        file = Path(folder, "clip.mp4")
        file.write_bytes(clip)
        with provider(PROVIDER_S) as url, books() as kept, server(kept, _environment(url)) as ours:
            _sent(ours, kept, file, RATE, _WARM, _QUICK_AT_ONCE)
            count, cpu_s = round(RATE * seconds), ours.cpu_s
            took_s = _sent(ours, kept, file, RATE, count)
            cpu_ms = (ours.cpu_s - cpu_s) * 1000 / count
        with provider(_QUICK_PROVIDER_S) as url, books() as kept, server(kept, _environment(url)) as ours:
            _sent(ours, kept, file, _QUICK_RATE, many // 10, _QUICK_AT_ONCE)
            first_mib = _rested_mib(ours, many)
            _sent(ours, kept, file, _QUICK_RATE, many - many // 10, _QUICK_AT_ONCE)
            last_mib, peak_mib = _rested_mib(ours, many), _peak_mib(ours)
    added = sorted((each - PROVIDER_S) * 1000 for each in took_s)
    shares = {name: added[min(len(added) - 1, int(share * len(added)))] for name, share in _SHARES.items()}
    return {"looks": count, **shares, "cpu_ms": cpu_ms, "many": many, "mib": [first_mib, last_mib, peak_mib]}


_SHARES: Final = {"p50_ms": 0.5, "p95_ms": 0.95, "p99_ms": 0.99, "max_ms": 1.0}


def render(found: dict[str, Any]) -> str:
    """As people read it."""
    many, (first_mib, last_mib, peak_mib) = found["many"], found["mib"]
    times = "  ".join(f"{found[name]:6.1f}" for name in _SHARES)
    return "\n".join(
        [
            f"POST /v1/analyses on SQLite, {RATE:g} a second, {found['looks']} of 120 KiB around the provider's second",
            "  p50 ms  p95 ms  p99 ms  max ms  CPU ms a look",
            f"  {times}  {found['cpu_ms']:13.1f}   (p99 to reach: {GOAL_MS:g})",
            f"  memory after {many // 10} looks {first_mib:.0f} MiB, after {many} {last_mib:.0f}, most {peak_mib:.0f}",
        ]
    )


def _rested_mib(ours: Serving, many: int) -> float:
    """Its memory once what lies free in it is given back."""
    time.sleep(_REST_S if many >= _LONG else 0.0)
    return ours.rss_mib


def _peak_mib(ours: Serving) -> float:
    status = Path(f"/proc/{ours.pid}/status").read_text("utf-8")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def _environment(url: str) -> dict[str, str]:
    return {
        "GOOGLE_API_KEY": "stand-in-0123456789",
        "GOOGLE_GEMINI_BASE_URL": url,
        "VIGINT_KEY_LOOKS": "0",
        "VIGINT_KEY_BYTES_HOUR": "0",
        "VIGINT_MAX_LOOKS": "256",  # on a busy machine answers come late; none is refused
    }


def _sent(to: Serving, of: Books, clip: Path, rate: float, count: int, at_once: int | None = None) -> list[float]:
    """Seconds of every answer; without ``at_once`` as many looks are under way as there may be."""
    asked = (f"{to.port}", str(clip), f"{rate:g}", f"{count}", f"{at_once or count}")
    command = [sys.executable, "-m", "bench.analyses", *asked]
    patience_s = _SLOWEST * count / rate + _SPARE_S
    done = subprocess.run(
        command, cwd=_ROOT, input=of.key, capture_output=True, text=True, timeout=patience_s, check=False
    )
    if done.returncode:
        raise subprocess.CalledProcessError(done.returncode, command, stderr=done.stderr)
    took: list[float] = json.loads(done.stdout)
    return took


class _Sender:
    """Posts windows on connections that stay open, as many as there are looks under way."""

    def __init__(self, port: int, key: str, clip: bytes) -> None:
        self._port = port
        self._key = key
        self._clip = clip
        self._free: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def send(self, due_s: float) -> float:
        """Seconds from ``due_s`` (monotonic) to the whole answer. Raises ValueError unless the window was clear."""
        reader, writer = await self._connection()
        writer.write(self._request(uuid.uuid4().hex))
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        body = await reader.readexactly(int(length.split(b":")[1]))
        if not head.startswith(b"HTTP/1.1 200") or json.loads(body)["first"]["outcome"] != "clear":
            raise ValueError((head + body).decode())
        self._free.append((reader, writer))
        return time.monotonic() - due_s

    async def _connection(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """One that is open still: those that rested too long were closed by the server."""
        while self._free:
            reader, writer = self._free.pop()
            if not reader.at_eof():
                return reader, writer
            writer.close()
        return await asyncio.open_connection(_HOST, self._port)

    def close(self) -> None:
        """Give the connections back."""
        for _, writer in self._free:
            writer.close()

    def _request(self, window_id: str) -> bytes:
        end = datetime.now(UTC)
        start = end - timedelta(seconds=_WINDOW_S)
        told = {
            "window_id": window_id, "camera_id": "till-1", "camera_name": "Till 1", "start": start.isoformat(),
            "end": end.isoformat(), "context_start": start.isoformat(), "gate_peak": 3.0, "gate_active_share": 0.8,
        }  # fmt: skip
        parts = (
            f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="metadata"\r\n\r\n{json.dumps(told)}\r\n'
            f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="clip"; filename="c"\r\n'
            "Content-Type: video/mp4\r\n\r\n"
        ).encode()
        body = parts + self._clip + f"\r\n--{_BOUNDARY}--\r\n".encode()
        head = (
            f"POST /v1/analyses HTTP/1.1\r\nHost: {_HOST}\r\nX-API-Key: {self._key}\r\nIdempotency-Key: {window_id}\r\n"
            f"Content-Type: multipart/form-data; boundary={_BOUNDARY}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


async def _arrive(sender: _Sender, rate: float, count: int, at_once: int) -> list[float]:
    places = asyncio.Semaphore(at_once)

    async def look(due_s: float) -> float:
        try:
            return await sender.send(due_s)
        finally:
            places.release()

    begun_s = time.monotonic() + 0.1
    looks = []
    for number in range(count):
        due_s = begun_s + number / rate
        await asyncio.sleep(due_s - time.monotonic())
        await places.acquire()
        looks.append(asyncio.create_task(look(due_s)))
    took = await asyncio.gather(*looks)
    sender.close()
    return list(took)


if __name__ == "__main__":
    _port, _file, _rate, _count, _at_once = sys.argv[1:]
    _poster = _Sender(int(_port), sys.stdin.read().strip(), Path(_file).read_bytes())
    print(json.dumps(asyncio.run(_arrive(_poster, float(_rate), int(_count), int(_at_once)))))
