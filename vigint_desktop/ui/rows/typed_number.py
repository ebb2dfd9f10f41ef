"""A camera's number as it is typed, digit by digit."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class TypedNumber:
    """Digits so far, where the cameras are numbered from 1 to ``most``. 0 stands for all cameras."""

    most: int
    digits: str = ""

    def and_then(self, digit: str) -> "TypedNumber":
        """With one more digit; one that would lead beyond the longest number begins a new one."""
        longer = self.digits + digit
        return replace(self, digits=longer if len(longer) <= len(str(self.most)) else digit)

    @property
    def number(self) -> int | None:
        """The number, or None before the first digit."""
        return int(self.digits) if self.digits else None

    @property
    def complete(self) -> bool:
        """Whether no further digit could make it the number of another camera: then nobody has to wait."""
        if self.number is None:
            return False
        return len(self.digits) >= len(str(self.most)) or self.number * 10 > self.most
