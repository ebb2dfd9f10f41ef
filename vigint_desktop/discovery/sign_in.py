"""User and password for one device."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SignIn:
    """As typed; both empty where none are needed. Shows no password when it is printed."""

    user: str
    password: str

    def __bool__(self) -> bool:
        return bool(self.user or self.password)

    def __repr__(self) -> str:
        return f"SignIn({self.user})"
