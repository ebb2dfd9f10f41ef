"""An error that a service means for the client who asked, with how it is to be told over HTTP."""

from vigint_core.domain.fault import Code, VigintError


class RefusedError(VigintError):
    """A request is refused.

    Attributes:
        status: HTTP status when it is not the usual one of the code, else None.
        retry_after_s: when asking again makes sense, else None.
        particulars: which parts of the request were wrong, without their values.
    """

    def __init__(
        self,
        code: Code,
        detail: str = "",
        *,
        status: int | None = None,
        retry_after_s: float | None = None,
        particulars: tuple[str, ...] = (),
    ) -> None:
        super().__init__(code, detail)
        self.status = status
        self.retry_after_s = retry_after_s
        self.particulars = particulars
