"""The hub: what a desk is told, in order and once, until it is too slow, loses its key, or the server stops."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest

from server.db.books.events import EVENTS_KEPT_S, Event, sweep_events
from server.db.database import Database
from server.db.tables import EventKind
from server.db.tenant import Tenant
from server.services import event_hub
from server.services.clients import Clients
from server.services.event_hub import Desk, EventHub
from server.services.metrics import Metrics
from server.services.refusals import RefusedError
from tests.fakes.clock import NOON_S, FakeClock
from vigint_core.domain.fault import Code, VigintError

QUICK_S = 0.005
FOR_EVER_S = 3600.0


class Shop:
    """A client with a key, and what happens to it."""

    def __init__(self, database: Database, clients: Clients, name: str) -> None:
        self.tenant = Tenant(database, clients.add(name).id)
        self.key_id = clients.add_key(name).id
        self._database = database

    def happens(self, *subjects: str, at_s: float = NOON_S) -> None:
        """Each subject is put, in a transaction of its own."""
        for subject in subjects:
            with self._database.writing() as session:
                self.tenant.events.append(session, EventKind.INCIDENT_PUT, subject, at_s, 3)


class Reader:
    """Reads a desk's stream."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._stream = desk.stream()
        self._text = ""

    async def block(self) -> dict[str, str]:
        """The next block of the stream, comments as ``{"": ""}``."""
        while "\n\n" not in self._text:
            async with asyncio.timeout(20):
                self._text += (await anext(self._stream)).decode()
        block, _, self._text = self._text.partition("\n\n")
        return dict(line.split(":", 1) for line in block.splitlines())

    async def event(self) -> tuple[str, str, str]:
        """Number, kind and subject of the next event; blocks without one are passed over."""
        while True:
            block = {name: told.strip() for name, told in (await self.block()).items()}
            if "event" in block:
                return block["id"], block["event"], json.loads(block["data"]).get("subject", "")

    async def ends(self) -> bool:
        """Whether nothing comes any more."""
        async with asyncio.timeout(20):
            return [each async for each in self._stream if each != b":\n\n"] == []


@pytest.fixture
def clients(database: Database, clock: FakeClock) -> Clients:
    return Clients(database, clock)


@pytest.fixture
def shop(database: Database, clients: Clients) -> Shop:
    return Shop(database, clients, "Shop")


@pytest.fixture
def hub(database: Database, clients: Clients) -> EventHub:
    return EventHub(database, clients, Metrics())


@asynccontextmanager
async def polling(hub: EventHub, beat_every_s: float = FOR_EVER_S) -> AsyncIterator[None]:
    task = asyncio.create_task(hub.run(QUICK_S, beat_every_s))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def reader(hub: EventHub, shop: Shop, after: int | None = None) -> Reader:
    return Reader(await hub.open(shop.tenant.client_id, shop.key_id, after))


def run(test: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(test())


def test_a_desk_begins_now_and_is_told_what_comes(hub: EventHub, shop: Shop) -> None:
    async def test() -> None:
        shop.happens("before")
        desk = await reader(hub, shop)
        async with polling(hub):
            with hub.following(desk.desk):
                assert await desk.block() == {"retry": " 1000", "id": " 1"}, "also who is told nothing can come back"
                shop.happens("i1", "i2")
                assert await desk.block() == {
                    "id": " 2",
                    "event": " incident.put",
                    "data": ' {"subject":"i1","at":"2027-01-15T08:00:00Z","version":3}',
                }
                assert await desk.event() == ("3", "incident.put", "i2")

    run(test)


def test_a_desk_that_comes_back_misses_nothing(hub: EventHub, shop: Shop) -> None:
    async def test() -> None:
        shop.happens("i1", "i2", "i3")
        desk = await reader(hub, shop, after=1)
        shop.happens("i4")  # between its reading and its listening
        async with polling(hub):
            with hub.following(desk.desk):
                assert await desk.block() == {"retry": " 1000", "id": " 1"}
                assert [await desk.event() for _ in range(3)] == [(f"{n}", "incident.put", f"i{n}") for n in (2, 3, 4)]

    run(test)


def test_a_desk_that_was_away_too_long_is_told_to_read_anew(database: Database, hub: EventHub, shop: Shop) -> None:
    async def test() -> None:
        shop.happens("i1", "i2", "i3")
        sweep_events(database, NOON_S + EVENTS_KEPT_S + 1)
        desk = await reader(hub, shop, after=1)
        assert await desk.block() == {"retry": " 1000", "id": " 3", "event": " reset", "data": " {}"}
        async with polling(hub):
            with hub.following(desk.desk):
                shop.happens("i4")
                assert await desk.event() == ("4", "incident.put", "i4")

    run(test)


def test_desks_of_one_client_at_different_places_are_each_told_once(hub: EventHub, shop: Shop) -> None:
    """The one that listens already has an event that the one that comes has not: it must not get it twice."""

    async def test() -> None:
        early = await reader(hub, shop)
        late = await reader(hub, shop)
        with hub.following(early.desk):
            async with polling(hub):
                shop.happens("i1")
                assert (await early.event())[2] == "i1"
                with hub.following(late.desk):
                    shop.happens("i2")
                    assert [(await late.event())[2] for _ in range(2)] == ["i1", "i2"]
                    assert (await early.event())[2] == "i2"

    run(test)


def test_clients_are_told_of_their_own_alone(database: Database, clients: Clients, hub: EventHub, shop: Shop) -> None:
    async def test() -> None:
        other = Shop(database, clients, "Other")
        mine, theirs = await reader(hub, shop), await reader(hub, other)
        async with polling(hub):
            with hub.following(mine.desk), hub.following(theirs.desk):
                other.happens("theirs")
                shop.happens("mine")
                assert (await mine.event(), await theirs.event()) == (
                    ("1", "incident.put", "mine"),
                    ("1", "incident.put", "theirs"),
                )

    run(test)


def test_a_desk_that_does_not_read_is_cut_off_and_goes_on_where_it_was(
    hub: EventHub, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_hub, "MOST_WAITING", 500)

    async def test() -> None:
        slow, quick = await reader(hub, shop), await reader(hub, shop)
        async with polling(hub):
            with hub.following(slow.desk), hub.following(quick.desk):
                for n in range(1, 8):
                    shop.happens(f"i{n}")
                    assert await quick.event() == (f"{n}", "incident.put", f"i{n}")
                got = []
                with suppress(StopAsyncIteration):
                    while True:
                        got.append(int((await slow.event())[0]))
        assert hub.cut_off == 1
        assert got == list(range(1, len(got) + 1)), "what it got has no gap"
        again = await reader(hub, shop, after=got[-1])
        assert [int((await again.event())[0]) for _ in range(7 - len(got))] == list(range(len(got) + 1, 8))

    run(test)


def test_silence_is_filled_and_who_loses_its_key_is_told_nothing_more(
    clients: Clients, clock: FakeClock, hub: EventHub, shop: Shop
) -> None:
    async def test() -> None:
        mine = await reader(hub, shop)
        ends = clients.add_key("Shop", expires_s=clock.wall() + 60)
        expiring = Reader(await hub.open(shop.tenant.client_id, ends.id, None))
        async with polling(hub, beat_every_s=QUICK_S):
            with hub.following(mine.desk), hub.following(expiring.desk):
                await mine.block()
                assert await mine.block() == {"": ""}, "a comment"
                await expiring.block()
                clock.advance(61)
                assert await expiring.ends()
                assert await mine.block() == {"": ""}
                clients.revoke(shop.key_id)
                assert await mine.ends()

    run(test)


def test_a_stop_ends_every_stream_and_those_that_come_later(hub: EventHub, shop: Shop) -> None:
    async def test() -> None:
        early, late = await reader(hub, shop), await reader(hub, shop)
        with hub.following(early.desk):
            await early.block()
            hub.stop()
            assert await early.ends()
        with hub.following(late.desk):
            await late.block()
            assert await late.ends()

    run(test)


class Failing:
    """Fails as the books do, three times, and then does its work."""

    def __init__(self, work: Callable[..., Any]) -> None:
        self.failures = 3
        self._work = work

    def __call__(self, *given: Any) -> Any:
        if self.failures:
            self.failures -= 1
            raise VigintError(Code.SERVER_STORAGE, "database: OperationalError")
        return self._work(*given)


@pytest.mark.expects_log("events not read")
def test_books_that_fail_for_a_while_are_told_once_and_nothing_is_lost(
    hub: EventHub, shop: Shop, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    failing = Failing(event_hub.newest_events)
    monkeypatch.setattr(event_hub, "newest_events", failing)

    async def test() -> None:
        desk = await reader(hub, shop)
        shop.happens("i1")
        async with polling(hub):
            with hub.following(desk.desk):
                assert await desk.event() == ("1", "incident.put", "i1")

    run(test)
    assert failing.failures == 0
    assert len([each for each in caplog.records if "events not read" in each.getMessage()]) == 1


@pytest.mark.expects_log("keys of event streams not checked")
def test_a_key_that_can_not_be_checked_is_good_until_it_can(
    clients: Clients, hub: EventHub, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing = Failing(clients.good_keys)
    monkeypatch.setattr(clients, "good_keys", failing)

    async def test() -> None:
        desk = await reader(hub, shop)
        clients.revoke(shop.key_id)
        async with polling(hub, beat_every_s=QUICK_S):
            with hub.following(desk.desk):
                await desk.block()
                assert await desk.ends()

    run(test)
    assert failing.failures == 0


def test_a_kind_of_a_newer_program_is_told_as_it_is() -> None:
    told = event_hub._event_bytes(Event(1, NOON_S, "camera.moved", "c1"))
    assert told == b'id: 1\nevent: camera.moved\ndata: {"subject":"c1","at":"2027-01-15T08:00:00Z"}\n\n'


@pytest.mark.parametrize(
    ("patched", "most", "code"),
    [("MOST_OF_KEY", 2, Code.LIMIT_STREAMS), ("most_open", lambda: event_hub.RESERVED + 2, Code.SERVER_BUSY)],
)
def test_there_is_an_end_to_the_streams_of_a_key_and_of_a_process(
    hub: EventHub, shop: Shop, monkeypatch: pytest.MonkeyPatch, patched: str, most: object, code: Code
) -> None:
    monkeypatch.setattr(event_hub, patched, most)

    async def test() -> None:
        first, second = await reader(hub, shop), await reader(hub, shop)
        with hub.following(first.desk):
            with hub.following(second.desk):
                with pytest.raises(RefusedError) as error:
                    await reader(hub, shop)
                assert (error.value.code, error.value.retry_after_s) == (code, 30.0)
            await reader(hub, shop)  # one has gone

    run(test)
