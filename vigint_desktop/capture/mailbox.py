"""One slot between a worker and whoever looks: the newest value wins, and what was never looked at is counted."""

import threading
from typing import Generic, TypeVar

T = TypeVar("T")


class Mailbox(Generic[T]):
    """A slot for one value. Thread-safe; neither side ever waits for the other.

    Attributes:
        superseded: values that were overwritten before anybody took them.
    """

    def __init__(self) -> None:
        self.superseded = 0
        self._value: T | None = None
        self._lock = threading.Lock()

    def put(self, value: T) -> None:
        """Leave a value; one that still lies there is replaced and counted."""
        with self._lock:
            self._put(value)

    def take(self) -> T | None:
        """Take the newest value; None when there is nothing new."""
        with self._lock:
            value, self._value = self._value, None
            return value

    def _put(self, value: T) -> None:
        """As ``put``, under the lock."""
        if self._value is not None:
            self.superseded += 1
        self._value = value
