"""Who the server works for, and who may."""

from sqlalchemy import JSON, BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from server.db.tables.base import Base


class ClientRow(Base):
    """Somebody the server works for.

    Attributes:
        time_zone: an IANA name; days and months of usage are those of that zone.
        language: "en" or "fr"; what its recipients are told in unless they want another one.
        keep: for how many days its incidents are kept, as far as it says so itself: ``OWN_NAMES`` of
            ``policy/keeping.py`` and their days.
        last_event: number of its newest event; whoever counts it up holds the row until the event is committed.
    """

    __tablename__ = "clients"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    created_s: Mapped[float]
    time_zone: Mapped[str] = mapped_column(String(64), server_default="UTC")
    language: Mapped[str] = mapped_column(String(8), server_default="en")
    last_event: Mapped[int] = mapped_column(BigInteger, server_default="0")
    keep: Mapped[dict[str, float]] = mapped_column(JSON, server_default="{}")


class KeyRow(Base):
    """A key of a client; of its secrets only the hashes are kept.

    Attributes:
        scopes: words of ``vigint_core.domain.scope`` with spaces between them.
        last_used_s: when it last signed in, exact to a minute; None for never.
        old_digest: hash of the secret before the last rotation, good until ``old_until_s``.
        most_...: its own limits (``server/services/limits.py``); None for the server's, 0 for none.
    """

    __tablename__ = "api_keys"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    client_id: Mapped[str] = mapped_column(ForeignKey("clients.id"), index=True)
    digest: Mapped[str] = mapped_column(String(64))
    created_s: Mapped[float]
    revoked_s: Mapped[float | None]
    scopes: Mapped[str] = mapped_column(String(200))
    expires_s: Mapped[float | None]
    last_used_s: Mapped[float | None]
    old_digest: Mapped[str | None] = mapped_column(String(64))
    old_until_s: Mapped[float | None]
    most_requests_minute: Mapped[int | None] = mapped_column(BigInteger)
    most_bytes_hour: Mapped[int | None] = mapped_column(BigInteger)
    most_looks: Mapped[int | None] = mapped_column(BigInteger)
    most_spend_day: Mapped[int | None] = mapped_column(BigInteger)
    most_spend_month: Mapped[int | None] = mapped_column(BigInteger)


class FailedSignInRow(Base):
    """How often sign-ins with one key's id, or from one address, failed since ``window_s``."""

    __tablename__ = "failed_sign_ins"

    mark: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int]
    window_s: Mapped[float] = mapped_column(index=True)
