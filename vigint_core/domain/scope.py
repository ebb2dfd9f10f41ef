"""What a key of our server allows."""

from enum import StrEnum


class Scope(StrEnum):
    """One thing that a key allows. A desk needs every one of them."""

    ANALYSE = "analyse"
    INCIDENTS_READ = "incidents:read"
    INCIDENTS_WRITE = "incidents:write"
    USAGE_READ = "usage:read"
