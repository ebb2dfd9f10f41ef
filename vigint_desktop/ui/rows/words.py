"""What the rows need of a language. ``vigint_desktop.ui.text.Texts`` is one; the layers keep the two apart."""

from typing import Protocol

from vigint_core.domain.fault import Code


class Words(Protocol):
    """Sentences by key."""

    def __call__(self, key: str, **values: object) -> str:
        """The sentence under ``ui.<key>``."""

    def cause(self, code: Code) -> str:
        """What a fault means."""

    def remedy(self, code: Code) -> str:
        """What to do about a fault."""
