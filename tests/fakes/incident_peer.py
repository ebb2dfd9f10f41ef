"""A server of incidents on loopback, in memory: it lists, tells, takes reviews and has files, as ours does."""

import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

from tests.fakes.clock import NOON_S
from tests.fakes.http_peer import Asked, HttpPeer, Reply, problem
from vigint_core.domain.fault import Code
from vigint_core.domain.incident import IncidentState
from vigint_core.domain.verdict import IncidentType, Severity
from vigint_core.wire import IncidentView, WireObservation, WireReview

NOT_FOUND = problem(404, Code.REQUEST_NOT_FOUND)
_JSON = {"Content-Type": "application/json"}


def at(unix_s: float) -> datetime:
    """A Unix time, as the wire has it."""
    return datetime.fromtimestamp(unix_s, UTC)


def view(name: str, opened_s: float = NOON_S, review: WireReview | None = None) -> IncidentView:
    """An incident of some desk, opened 12 s after it began."""
    return IncidentView(
        id=name,
        camera_id="door",
        camera_name="Door",
        type=IncidentType.CONCEALMENT,
        severity=Severity.HIGH,
        state=IncidentState.CONFIRMED,
        source="ai",
        confidence=0.75,
        summary="conceals a bottle",
        observations=[WireObservation(at_s=4.0, text="a bottle goes into a bag")],
        start=at(opened_s - 12),
        end=at(opened_s - 2),
        act=at(opened_s - 8),
        opened=at(opened_s),
        window_ids=["w1"],
        review=review or WireReview(),
    )


class IncidentPeer(HttpPeer):
    """Answers from what a test has put into it.

    Attributes:
        views: incidents by id.
        files: bytes by incident and kind.
        says: answers by the beginning of ``"GET /v1/incidents/i1"``, instead of its own.
        meddles: what somebody else says of an incident between a reading and the next ``PATCH``, each once.
    """

    def __init__(self) -> None:
        super().__init__()
        self.views: dict[str, IncidentView] = {}
        self.files: dict[tuple[str, str], bytes] = {}
        self.says: dict[str, Reply] = {}
        self.meddles: list[WireReview] = []

    @property
    def paths(self) -> list[str]:
        """What was asked, without queries: ``"GET /v1/incidents"``."""
        return [f"{asked.method} {asked.path.partition('?')[0]}" for asked in self.asked]

    @property
    def since(self) -> list[str]:
        """Since when each list was asked for, as it was written."""
        lists = (parse_qs(urlsplit(asked.path).query) for asked in self.asked)
        return [query["since"][0] for query in lists if "since" in query]

    def put(self, *views: IncidentView) -> None:
        """Keep incidents over those of before."""
        self.views.update((each.id, each) for each in views)

    def next_reply(self, asked: Asked) -> Reply:
        """What a request gets."""
        with self._changed:
            self.asked.append(asked)
            self._changed.notify_all()
        line = f"{asked.method} {asked.path}"
        for beginning, reply in self.says.items():
            if line.startswith(beginning):
                return reply
        return self._own_reply(asked)

    def _own_reply(self, asked: Asked) -> Reply:
        _, _, _, name, *rest = [*urlsplit(asked.path).path.split("/"), ""]
        if not name:
            return self._list(asked)
        if rest[0] == "files":
            return self._file(asked, self.files.get((name, rest[1])))
        kept = self.views.get(name)
        if kept is None:
            return NOT_FOUND
        if asked.method == "PATCH":
            return self._review(asked, kept)
        return Reply(200, kept.model_dump_json().encode(), {**_JSON, "ETag": f'"{kept.version}"'})

    def _list(self, asked: Asked) -> Reply:
        query = {name: values[0] for name, values in parse_qs(urlsplit(asked.path).query).items()}
        since, start = datetime.fromisoformat(query["since"]), int(query.get("cursor", 0))
        newest = sorted((v for v in self.views.values() if v.opened >= since), key=lambda v: v.opened, reverse=True)
        end = start + int(query["limit"])
        page = ",".join(each.model_dump_json() for each in newest[start:end])
        cursor = f'"{end}"' if end < len(newest) else "null"
        return Reply(200, f'{{"incidents":[{page}],"next_cursor":{cursor}}}'.encode(), _JSON)

    def _review(self, asked: Asked, kept: IncidentView) -> Reply:
        if self.meddles:
            kept = kept.model_copy(update={"review": self.meddles.pop(0), "version": kept.version + 1})
            self.put(kept)
        if asked.headers["If-Match"] != f'"{kept.version}"':
            return problem(412, Code.REQUEST_VERSION_CONFLICT)
        said = {**kept.review.model_dump(), **json.loads(asked.body)["review"], "at": at(NOON_S)}
        changed = kept.model_copy(update={"review": WireReview(**said), "version": kept.version + 1})
        self.put(changed)
        return Reply(200, changed.model_dump_json().encode(), _JSON)

    def _file(self, asked: Asked, content: bytes | None) -> Reply:
        if content is None:
            return NOT_FOUND
        mark = {"ETag": f'"{hashlib.sha256(content).hexdigest()}"'}
        told = re.fullmatch(r"bytes=(\d+)-(\d+)", asked.headers.get("Range", ""))
        if told is None:
            return Reply(200, content, mark)
        part = content[int(told[1]) : int(told[2]) + 1]
        where = f"bytes {told[1]}-{int(told[1]) + len(part) - 1}/{len(content)}"
        return Reply(206, part, {**mark, "Content-Range": where})


@contextmanager
def incident_peer() -> Iterator[IncidentPeer]:
    """A peer over the block."""
    peer = IncidentPeer()
    peer.start()
    try:
        yield peer
    finally:
        peer.stop()
