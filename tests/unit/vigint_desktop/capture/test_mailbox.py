"""The mailbox: the newest value wins, and the loss is counted."""

from vigint_desktop.capture.mailbox import Mailbox


def test_what_was_put_is_taken_once() -> None:
    mailbox: Mailbox[int] = Mailbox()
    mailbox.put(1)
    assert mailbox.take() == 1
    assert mailbox.take() is None
    assert mailbox.superseded == 0


def test_the_newest_wins_and_the_overwritten_are_counted() -> None:
    mailbox: Mailbox[int] = Mailbox()
    for value in (1, 2, 3):
        mailbox.put(value)
    assert mailbox.take() == 3
    assert mailbox.superseded == 2
