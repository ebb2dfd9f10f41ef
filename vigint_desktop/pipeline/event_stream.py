"""Server-sent events, read as they come: the stream of one connection, and how another thread ends it."""

import codecs
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from vigint_core.domain.fault import Code
from vigint_desktop.pipeline.server_link import Endpoint, ServerError, ServerLink, named

QUIET_S: Final = 40.0
"""The server says something every 15 s; a line that brings nothing for so long is broken."""
_MOST_LINE: Final = 64 * 1024
_MEDIA_TYPE: Final = "text/event-stream"


@dataclass(frozen=True, slots=True)
class ServerEvent:
    """One event: its kind, and its text."""

    kind: str
    data: str


class EventStream:
    """One connection over which events come. Iterated by one thread; ``shut`` is for another.

    Attributes:
        last_id: with which a later stream goes on where this one ended.
    """

    def __init__(self, link: ServerLink, endpoint: Endpoint, path: str, last_id: str) -> None:
        """Connect, and go on after ``last_id``; "" begins with what happens now. Raises ServerError."""
        headers: Mapping[str, str] = {"Accept": _MEDIA_TYPE, **({"Last-Event-ID": last_id} if last_id else {})}
        self.last_id = last_id
        self._answer = link.listen(endpoint, path, headers, QUIET_S)
        media_type = self._answer.headers.get("Content-Type", "")
        if not media_type.startswith(_MEDIA_TYPE):
            self._answer.close()
            ours = media_type.startswith("application/json")
            raise ServerError(Code.SERVER_NOT_VIGINT, "no stream of events", self._answer.status_code, ours=ours)

    def __iter__(self) -> Iterator[ServerEvent | None]:
        """Events in order; None for a sign of life. Ends with the stream. Raises ServerError when the line breaks."""
        fields: dict[str, str] = {}
        for line in self._lines():
            if line:
                name, _, value = line.partition(":")
                value = value.removeprefix(" ")
                more = name == "data" and name in fields
                fields[name] = f"{fields[name]}\n{value}" if more else value
                continue
            self.last_id = fields.get("id", self.last_id)
            told = "data" in fields
            yield ServerEvent(fields.get("event", "message"), fields["data"]) if told else None
            fields = {}

    def shut(self) -> None:
        """Make the thread that reads come back soon. Callable from any thread, at any time."""
        with suppress(ValueError, RuntimeError, OSError):  # it is over already
            self._answer.raw.shutdown()

    def close(self) -> None:
        """Let go of the connection. Called by the thread that reads."""
        self._answer.close()

    def _lines(self) -> Iterator[str]:
        decoder, rest = codecs.getincrementaldecoder("utf-8")("replace"), ""
        for piece in self._pieces():
            *lines, rest = (rest + decoder.decode(piece)).split("\n")
            if len(rest) > _MOST_LINE:
                raise ServerError(Code.SERVER_NOT_VIGINT, "an event without end")
            for line in lines:
                yield line.removesuffix("\r")

    def _pieces(self) -> Iterator[bytes]:
        """Bytes as they come. Without chunks the library would wait for a whole piece: it is asked for single ones."""
        chunked = "chunked" in self._answer.headers.get("Transfer-Encoding", "")
        pieces = self._answer.iter_content(None if chunked else 1)
        try:
            with named():
                yield from pieces
        except OSError as error:
            raise ServerError(Code.SERVER_UNREACHABLE, type(error).__name__) from error
