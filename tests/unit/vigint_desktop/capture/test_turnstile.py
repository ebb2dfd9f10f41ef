"""The turnstile: so many at a time and no more, in order, the shown first, and the hidden never last for ever."""

import threading
from collections.abc import Callable

from tests.fakes.waiting import wait_until
from vigint_desktop.capture.turnstile import Turnstile

SMALL, LARGE = 640 * 360, 1920 * 1080


class Guests:
    """Threads that pass a turnstile when they are told to.

    Attributes:
        inside: who is through now, in the order in which they came; passed: all who were.
    """

    def __init__(self, turnstile: Turnstile) -> None:
        self.inside: list[str] = []
        self.passed: list[str] = []
        self._turnstile = turnstile
        self._leave = {name: threading.Event() for name in "abcdefghijklmnopqrstuvwxyz"}
        self._threads: list[threading.Thread] = []

    def come(self, name: str, pixels: int = LARGE, *, shown: bool = True) -> None:
        """One more; returns when it is inside or waits."""
        arrived = threading.Event()

        def pass_through() -> None:
            turn = self._turnstile.turn(pixels, shown=shown)
            arrived.set()
            with turn:
                self.inside.append(name)
                self.passed.append(name)
                assert self._leave[name].wait(30)
                self.inside.remove(name)

        waiting = self._turnstile.waiting
        before = len(self.passed) + waiting
        thread = threading.Thread(target=pass_through, name=f"guest {name}")
        thread.start()
        self._threads.append(thread)
        assert arrived.wait(30)
        assert wait_until(lambda: len(self.passed) + self._turnstile.waiting > before, every_s=0.002)

    def go(self, name: str) -> None:
        """Leave; returns when it has."""
        self._leave[name].set()
        assert wait_until(lambda: name not in self.inside and name in self.passed, every_s=0.002)

    def all_go(self) -> None:
        """The end."""
        for event in self._leave.values():
            event.set()
        for thread in self._threads:
            thread.join(30)


def with_guests(most: int, check: Callable[[Guests], None], most_small: int = 1) -> None:
    guests = Guests(Turnstile(most, most_small))
    try:
        check(guests)
    finally:
        guests.all_go()


def settles(guests: Guests, *names: str) -> bool:
    return wait_until(lambda: guests.inside == list(names), every_s=0.002)


def test_so_many_at_a_time_in_the_order_in_which_they_came() -> None:
    def check(guests: Guests) -> None:
        for name in "abcde":
            guests.come(name)
        assert guests.inside == ["a", "b"]
        guests.go("a")
        assert settles(guests, "b", "c")
        guests.go("c")
        assert settles(guests, "b", "d")

    with_guests(2, check)


def test_small_pictures_take_turns_and_let_large_ones_by() -> None:
    def check(guests: Guests) -> None:
        guests.come("a", SMALL)
        guests.come("b", SMALL)
        guests.come("c", LARGE)
        assert guests.inside == ["a", "c"]
        guests.go("c")
        guests.go("a")
        assert settles(guests, "b")

    with_guests(2, check)


def test_a_picture_of_unknown_size_counts_as_large() -> None:
    def check(guests: Guests) -> None:
        guests.come("a", 0)
        guests.come("b", 0)
        assert guests.inside == ["a", "b"]

    with_guests(2, check)


def test_cameras_on_screen_go_first() -> None:
    def check(guests: Guests) -> None:
        guests.come("a")
        guests.come("b", shown=False)
        guests.come("c")
        guests.go("a")
        assert settles(guests, "c")
        guests.go("c")
        assert settles(guests, "b")

    with_guests(1, check)


def test_a_hidden_camera_gets_its_turn_in_a_crowd() -> None:
    def check(guests: Guests) -> None:
        guests.come("z")
        guests.come("y", shown=False)
        for name in "abcdefghijklm":
            guests.come(name)
        for name in "zabcdefgh":
            guests.go(name)
        assert wait_until(lambda: "y" in guests.passed, every_s=0.002)
        assert len(guests.passed) <= 10

    with_guests(1, check)


def test_an_error_gives_the_turn_back() -> None:
    turnstile = Turnstile(1, 1)
    for _ in range(3):
        try:
            with turnstile.turn(SMALL, shown=True):
                raise KeyError
        except KeyError:
            continue
    with turnstile.turn(SMALL, shown=True):
        assert turnstile.waiting == 0
