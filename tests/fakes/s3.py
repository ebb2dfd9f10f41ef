"""A real S3-compatible service for tests: moto's server on a loopback port, with one bucket for each who asks."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from typing import Any

import boto3
from moto.server import ThreadedMotoServer

REGION = "us-east-1"
_KEY_ID, _KEY = "test-key-id", "test-key"
_numbers = count(1)


@contextmanager
def s3_service() -> Iterator[str]:
    """Its address, ``http://127.0.0.1:port``, over the block."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield f"http://{host}:{port}"
    finally:
        server.stop()


def fresh_bucket(endpoint: str) -> str:
    """The name of a new, empty bucket."""
    name = f"vigint-{next(_numbers)}"
    s3_client(endpoint).create_bucket(Bucket=name)
    return name


def s3_client(endpoint: str) -> Any:
    """Another program's view of the service."""
    return boto3.client("s3", endpoint_url=endpoint, region_name=REGION, **_credentials())


def s3_environment(endpoint: str) -> Mapping[str, str]:
    """What the environment of a server says that keeps its files there."""
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_REGION": REGION,
        "AWS_ACCESS_KEY_ID": _KEY_ID,
        "AWS_SECRET_ACCESS_KEY": _KEY,
        "AWS_ALLOW_HTTP": "true",
    }


def _credentials() -> Mapping[str, str]:
    return {"aws_access_key_id": _KEY_ID, "aws_secret_access_key": _KEY}
