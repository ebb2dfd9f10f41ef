"""User and password for one device on the network."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class SignIn:
    """As typed; both empty where none are needed. Shows no password when it is printed."""

    user: str = ""
    password: str = field(default="", repr=False)

    def __bool__(self) -> bool:
        return bool(self.user or self.password)
