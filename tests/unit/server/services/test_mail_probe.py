"""The task that proves the way to the mail server: soon, now and again, sooner where it may pass, never too often."""

import asyncio
from pathlib import Path

import pytest

from server.mail.smtp import MailServer, mail_server
from server.services import mail_probe as module
from server.services.mail_probe import EVERY_S, MailProbe, Way
from tests.fakes.alerting import alert_config
from tests.fakes.clock import FakeClock
from tests.fakes.mail_server import PASSWORD, USER, mail_house
from tests.fakes.waiting import wait_until
from vigint_core.domain.fault import Code, VigintError

AWAY = VigintError(Code.MAIL_UNREACHABLE, "TimeoutError")


def server_at(port: int, folder: Path, password: str = PASSWORD) -> MailServer:
    config = alert_config(
        folder, email_smtp_server="127.0.0.1", email_smtp_port=port, email_username=USER, email_password=password,
        email_security="none",
    )  # fmt: skip
    found = mail_server(config)
    assert found is not None
    return found


def test_it_waits_for_its_start_and_proves_without_a_mail(clock: FakeClock, tmp_path: Path) -> None:
    with mail_house(sign_in=True) as house:
        probe = MailProbe(server_at(house.port, tmp_path), clock)

        async def scene() -> None:
            begin = asyncio.Event()
            task = asyncio.create_task(probe.run(begin))
            await asyncio.sleep(0)
            assert house.named == 0
            begin.set()
            assert await asyncio.to_thread(house.wait_for_named, 1)
            assert await asyncio.to_thread(wait_until, lambda: probe.way.worked_s is not None)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

        asyncio.run(scene())
    assert house.arrived == []


def test_without_a_mail_server_it_is_over_at_once(clock: FakeClock) -> None:
    probe = MailProbe(None, clock)
    asyncio.run(probe.run(asyncio.Event()))

    assert probe.way == Way()


@pytest.mark.expects_log("not proven")
def test_what_was_found_is_held_with_since_when(clock: FakeClock, tmp_path: Path) -> None:
    begun_s = clock.wall()
    with mail_house(sign_in=True) as house:
        right, wrong = server_at(house.port, tmp_path), server_at(house.port, tmp_path, "wrong horse")
        probe = MailProbe(right, clock)
        probe.prove(right)
        assert (probe.way, probe.wait_s) == (Way(worked_s=begun_s), EVERY_S)
        for _ in range(2):
            clock.advance(10)
            probe.prove(wrong)
        assert probe.way == Way(begun_s, begun_s + 20, begun_s + 10, Code.MAIL_REFUSED_SIGN_IN, "answer 535")
        assert probe.wait_s == EVERY_S, "who is refused again and again is locked out"
        probe.prove(right)
        assert probe.way == Way(worked_s=begun_s + 20)


@pytest.mark.expects_log("not proven")
def test_what_may_pass_is_asked_again_sooner_and_ever_more_rarely(
    clock: FakeClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_server: MailServer) -> None:
        raise VigintError(Code.MAIL_UNREACHABLE, "TimeoutError")

    monkeypatch.setattr(module, "prove", away)
    server = server_at(1, tmp_path)
    probe = MailProbe(server, clock)
    waits = []
    for _ in range(7):
        probe.prove(server)
        waits.append(probe.wait_s)

    assert waits == [30.0, 60.0, 120.0, 240.0, 480.0, EVERY_S, EVERY_S]


@pytest.mark.expects_log("probe crashed")
@pytest.mark.expects_log("not proven")
def test_a_crash_of_the_probe_is_a_failed_proof(
    clock: FakeClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crashes(_server: MailServer) -> None:
        raise RuntimeError("nobody foresaw this")

    monkeypatch.setattr(module, "prove", crashes)
    server = server_at(1, tmp_path)
    probe = MailProbe(server, clock)
    probe.prove(server)
    assert (probe.way.code, probe.wait_s) == (Code.INTERNAL, 30.0)


@pytest.mark.expects_log("not proven")
def test_whoever_listens_hears_of_the_first_proof_and_of_each_recovery(
    clock: FakeClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[float] = []

    def hear() -> None:
        heard.append(clock.wall())
        raise VigintError(Code.SERVER_STORAGE)

    monkeypatch.setattr(module, "prove", lambda _server: None)
    server = server_at(1, tmp_path)
    probe, begun_s = MailProbe(server, clock), clock.wall()
    probe.listen(hear)
    for happens in (probe.note_mail, probe.note_mail, lambda: probe.note_failure(AWAY), probe.note_mail):
        happens()
        clock.advance(1)
    probe.note_failure(AWAY)
    probe.prove(server)

    assert heard == [begun_s, begun_s + 3, begun_s + 4]


@pytest.mark.expects_log("not proven")
def test_mails_say_of_the_way_what_a_proof_says_and_hold_none_back(clock: FakeClock, tmp_path: Path) -> None:
    probe = MailProbe(server_at(1, tmp_path), clock)
    probe.note_failure(VigintError(Code.MAIL_REFUSED, "550 no such user"))
    assert probe.way == Way()
    for _ in range(9):
        probe.note_failure(AWAY)
    assert (probe.way.code, probe.wait_s) == (Code.MAIL_UNREACHABLE, 30.0)


@pytest.mark.expects_log("not proven")
def test_a_mail_that_fails_on_the_way_has_it_proven_again_sooner(
    clock: FakeClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with mail_house(sign_in=True) as house:
        probe = MailProbe(server_at(house.port, tmp_path), clock)
        monkeypatch.setattr(MailProbe, "wait_s", property(lambda self: 0.01 if self.way.code else EVERY_S))

        async def scene() -> None:
            begin = asyncio.Event()
            begin.set()
            task = asyncio.create_task(probe.run(begin))
            assert await asyncio.to_thread(wait_until, lambda: probe.way.worked_s is not None)
            await asyncio.to_thread(probe.note_failure, AWAY)
            assert await asyncio.to_thread(house.wait_for_named, 2)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

        asyncio.run(scene())


@pytest.mark.expects_log("not proven")
def test_the_log_is_told_of_changes_alone(
    clock: FakeClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    met: list[Code | None] = [None, None, Code.MAIL_DEFERRED, Code.MAIL_DEFERRED, Code.MAIL_UNREACHABLE, None]

    def meets(_server: MailServer) -> None:
        code = met.pop(0)
        if code is not None:
            raise VigintError(code)

    monkeypatch.setattr(module, "prove", meets)
    server = server_at(1, tmp_path)
    probe = MailProbe(server, clock)
    for _ in range(6):
        probe.prove(server)

    told = [record.levelname for record in caplog.records if "proven" in record.getMessage()]
    assert told == ["INFO", "WARNING", "WARNING", "INFO"]
