"""Faults: what can go wrong, each with one code. Cause and remedy in words stand in ``resources/i18n``.

An adapter maps its library's exception to a ``VigintError`` with a code, redacts it and lets it go; a worker catches it
once in its outermost frame and reports a ``Fault``.
"""

from dataclasses import dataclass
from enum import StrEnum


class Code(StrEnum):
    """Every fault the programs can name. ``part.what``: the part owns the remedy."""

    CAMERA_UNREACHABLE = "camera.unreachable"
    CAMERA_UNAUTHORIZED = "camera.unauthorized"
    CAMERA_NOT_FOUND = "camera.not_found"
    CAMERA_NO_DEVICE = "camera.no_device"
    CAMERA_NOT_VIDEO = "camera.not_video"
    CAMERA_EMPTY = "camera.empty"
    CAMERA_NO_VIDEO_STREAM = "camera.no_video_stream"
    CAMERA_UNSUPPORTED = "camera.unsupported"
    CAMERA_TRUNCATED = "camera.truncated"
    CAMERA_SILENT = "camera.silent"
    CAMERA_LOST = "camera.lost"
    CAMERA_TRANSPORT = "camera.transport"
    CAMERA_REFUSED = "camera.refused"
    CAMERA_STUCK = "camera.stuck"
    CAMERA_FAILED = "camera.failed"
    CAMERA_FROZEN = "camera.frozen"
    CAMERA_BLACK = "camera.black"
    CAMERA_COVERED = "camera.covered"
    CAMERA_SHAPE_CHANGED = "camera.shape_changed"
    CAMERA_MAIN_LOST = "camera.main_lost"
    CAMERA_SUB_LOST = "camera.sub_lost"

    DISCOVERY_NO_NETWORK = "discovery.no_network"
    DISCOVERY_NOT_ONVIF = "discovery.not_onvif"
    DISCOVERY_NO_STREAM = "discovery.no_stream"

    AI_NO_KEY = "ai.no_key"
    AI_OFF = "ai.off"
    AI_KEY_INVALID = "ai.key_invalid"
    AI_KEY_WRONG_KIND = "ai.key_wrong_kind"
    AI_BILLING = "ai.billing"
    AI_FORBIDDEN = "ai.forbidden"
    AI_PARAMETER_REFUSED = "ai.parameter_refused"
    AI_MODEL_RETIRED = "ai.model_retired"
    AI_RATE_LIMITED = "ai.rate_limited"
    AI_QUOTA_EXHAUSTED = "ai.quota_exhausted"
    AI_OVERLOADED = "ai.overloaded"
    AI_TIMEOUT = "ai.timeout"
    AI_UNREACHABLE = "ai.unreachable"
    AI_EMPTY_ANSWER = "ai.empty_answer"
    AI_ANSWER_TRUNCATED = "ai.answer_truncated"
    AI_BLOCKED = "ai.blocked"
    AI_NOT_JSON = "ai.not_json"
    AI_BREAKS_SCHEMA = "ai.breaks_schema"
    AI_NOT_PROVEN = "ai.not_proven"
    AI_NO_CITATION = "ai.no_citation"
    AI_MODEL_REPLACED = "ai.model_replaced"
    AI_MODEL_RETIRING = "ai.model_retiring"
    AI_CATALOGUE_UNREADABLE = "ai.catalogue_unreadable"
    AI_NOT_RECORDED = "ai.not_recorded"

    BUDGET_FEWER_FRAMES = "budget.fewer_frames"
    BUDGET_LONGER_STRIDE = "budget.longer_stride"
    BUDGET_HIGH_VALUE_ONLY = "budget.high_value_only"
    BUDGET_LOCAL_ONLY = "budget.local_only"
    BUDGET_SPENT = "budget.spent"

    SERVER_STARTING = "server.starting"
    SERVER_UNREACHABLE = "server.unreachable"
    SERVER_TIMEOUT = "server.timeout"
    SERVER_FAILED = "server.failed"
    SERVER_NOT_VIGINT = "server.not_vigint"
    SERVER_BUSY = "server.busy"
    SERVER_DIED = "server.died"
    SERVER_STORAGE = "server.storage"
    SERVER_FILES = "server.files"
    STORAGE_FULL = "server.storage_full"
    SERVER_WORK_STOPPED = "server.work_stopped"
    SERVER_ERASING_FAILED = "server.erasing_failed"

    AUTH_MISSING_KEY = "auth.missing_key"
    AUTH_INVALID_KEY = "auth.invalid_key"
    AUTH_FORBIDDEN = "auth.forbidden"
    AUTH_KEY_EXPIRED = "auth.key_expired"
    AUTH_KEY_IN_ADDRESS = "auth.key_in_address"
    AUTH_TOO_MANY = "auth.too_many"

    LIMIT_REQUESTS = "limit.requests"
    LIMIT_BYTES = "limit.bytes"
    LIMIT_LOOKS = "limit.looks"
    LIMIT_SPEND = "limit.spend"
    LIMIT_STREAMS = "limit.streams"

    CLIP_TOO_LARGE = "clip.too_large"
    CLIP_TOO_LONG = "clip.too_long"
    CLIP_NOT_VIDEO = "clip.not_video"
    CLIP_NOT_PICTURE = "clip.not_picture"
    REQUEST_INVALID = "request.invalid"
    REQUEST_CONFLICT = "request.conflict"
    REQUEST_NOT_FOUND = "request.not_found"
    REQUEST_PRECONDITION_MISSING = "request.precondition_missing"
    REQUEST_VERSION_CONFLICT = "request.version_conflict"
    REVIEW_CONTESTED = "review.contested"
    REVIEW_NO_INCIDENT = "review.no_incident"
    LINK_NO_ADDRESS = "link.no_address"
    LINK_TOO_MANY = "link.too_many"
    INTERNAL = "internal"

    MAIL_NOT_CONFIGURED = "mail.not_configured"
    MAIL_UNREACHABLE = "mail.unreachable"
    MAIL_UNTRUSTED = "mail.untrusted"
    MAIL_NO_ENCRYPTION = "mail.no_encryption"
    MAIL_REFUSED_SIGN_IN = "mail.refused_sign_in"
    MAIL_DEFERRED = "mail.deferred"
    MAIL_SENDER_REFUSED = "mail.sender_refused"
    MAIL_REFUSED = "mail.refused"
    WEBHOOK_FAILED = "webhook.failed"
    WEBHOOK_GONE = "webhook.gone"
    WEBHOOK_UNSAFE = "webhook.unsafe"

    PIPELINE_OVERLOAD = "pipeline.overload"
    PIPELINE_STOPPED = "pipeline.stopped"
    PIPELINE_NO_PICTURES = "pipeline.no_pictures"
    PIPELINE_ENCODE_FAILED = "pipeline.encode_failed"
    PIPELINE_CLIP_FAILED = "pipeline.clip_failed"
    PIPELINE_CLIP_DAMAGED = "pipeline.clip_damaged"
    PIPELINE_CLIP_GONE = "pipeline.clip_gone"
    PIPELINE_CLIP_EMPTY = "pipeline.clip_empty"
    PIPELINE_CLIP_UNSUPPORTED = "pipeline.clip_unsupported"
    PIPELINE_SAVING = "pipeline.saving"
    PIPELINE_STRIDE = "pipeline.stride"
    PIPELINE_RECORDING_FAILED = "pipeline.recording_failed"
    PIPELINE_SNAPSHOT_FAILED = "pipeline.snapshot_failed"

    STORE_FAILED = "store.failed"
    STORE_IN_USE = "store.in_use"
    DISK_FULL = "store.disk_full"
    SETTINGS_UNREADABLE = "settings.unreadable"
    CAMERA_LIST_UNREADABLE = "camera_list.unreadable"
    CAMERA_LIST_NEWER = "camera_list.newer"
    CAMERA_LIST_NOT_WRITTEN = "camera_list.not_written"
    SECRETS_UNPROTECTED = "secrets.unprotected"
    WORKER_CRASHED = "worker.crashed"


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is wrong now. ``(source, code)`` is its identity: a repeat updates it.

    Attributes:
        source: who reports it: a camera id, or ``"server"``, ``"ai"``, ``"store"``, ...
        detail: redacted technical text, may be empty; people get the sentences of the catalogue.
        at_s: Unix time of the first report.
        subject: what to call the source in a sentence: a camera's name, a server's address; may be empty.
    """

    code: Code
    source: str
    detail: str
    at_s: float
    subject: str = ""


class VigintError(Exception):
    """Base of all errors that leave an adapter. Its text holds no secret."""

    def __init__(self, code: Code, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else str(code))
        self.code = code
        self.detail = detail
