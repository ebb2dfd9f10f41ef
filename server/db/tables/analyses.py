"""Windows and the calls made for them."""

from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, false
from sqlalchemy.orm import Mapped, mapped_column

from server.db.tables.base import SERIAL, Base


class AnalysisRow(Base):
    """One window's account: claimed while it is looked at, answered afterwards.

    Attributes:
        fingerprint: SHA-256 of everything that was sent; the same id with another one is a conflict.
        claim: random mark of the request that is looking now, or "" when nobody is.
        claimed_until_s: a claim that is older is void: whoever made it is dead.
        answer: the ``AnalysisResponse`` as JSON, or None before the first answer.
        final: whether every look that was needed came to a verdict; if not, the window may be asked again.
        request: the ``AnalysisRequest`` as JSON, kept while durable work is done for the window.
        stage: which look the durable work is about (a ``Stage``), or "" when none is done.
        staged_s: Unix time when that work was begun, or None.
        attempt: how often durable work was begun for the window; part of its workflow's id.
    """

    __tablename__ = "analyses"
    __table_args__ = (
        Index("analyses_by_time", "client_id", "start_s"),
        Index("analyses_by_camera", "client_id", "camera_id", "end_s"),
        Index("analyses_by_stage", "staged_s"),
    )

    client_id: Mapped[str] = mapped_column(ForeignKey("clients.id"), primary_key=True)
    window_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    camera_id: Mapped[str] = mapped_column(String(64))
    camera_name: Mapped[str] = mapped_column(String(200))
    start_s: Mapped[float]
    end_s: Mapped[float]
    claim: Mapped[str] = mapped_column(String(64))
    claimed_until_s: Mapped[float]
    answer: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    final: Mapped[bool]
    request: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    stage: Mapped[str] = mapped_column(String(16), server_default="")
    staged_s: Mapped[float | None]
    attempt: Mapped[int] = mapped_column(server_default="0")


class CallRow(Base):
    """One call to a model and what it cost. Probes of the server itself belong to no client."""

    __tablename__ = "calls"
    __table_args__ = (Index("calls_by_time", "client_id", "at_s"),)

    id: Mapped[int] = mapped_column(SERIAL, primary_key=True)
    client_id: Mapped[str | None] = mapped_column(ForeignKey("clients.id"))
    window_id: Mapped[str | None] = mapped_column(String(64))
    camera_id: Mapped[str | None] = mapped_column(String(64))
    at_s: Mapped[float] = mapped_column(index=True)
    look: Mapped[str] = mapped_column(String(16))
    model: Mapped[str] = mapped_column(String(100))
    prompt_version: Mapped[str] = mapped_column(String(100))
    tokens_in: Mapped[int]
    tokens_out: Mapped[int]
    cost_micro_usd: Mapped[int] = mapped_column(BigInteger)
    latency_s: Mapped[float]
    error: Mapped[str | None] = mapped_column(String(64))
    tokens_video: Mapped[int] = mapped_column(server_default="0")
    tokens_cached: Mapped[int] = mapped_column(server_default="0")
    tokens_thought: Mapped[int] = mapped_column(server_default="0")
    unsettled_micro_usd: Mapped[int] = mapped_column(BigInteger, server_default="0")
    outcome: Mapped[str] = mapped_column(String(16), server_default="")
    flagged: Mapped[bool] = mapped_column(server_default=false())
    thrifty: Mapped[bool] = mapped_column(server_default=false())
