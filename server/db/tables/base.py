"""What all tables stand on.

What belongs to a client has ``client_id`` in its primary key: the same id of two clients is two rows. Times are Unix
seconds, money is millionths of a US dollar.
"""

from typing import Final

from sqlalchemy import BigInteger, Integer
from sqlalchemy.orm import DeclarativeBase

SERIAL: Final = BigInteger().with_variant(Integer, "sqlite")
"""A number that the database counts up."""


class Base(DeclarativeBase):
    """Base of all tables."""
