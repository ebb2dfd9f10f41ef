"""Runs one command: configuration, books, then the command itself. Exit code 2 says: not configured for it."""

import argparse
import sys
from collections.abc import Callable, Mapping
from contextlib import closing
from typing import Final

from pydantic import ValidationError

from server.cli.clients import clients_command
from server.cli.doctor import doctor_command
from server.cli.incidents import incidents_command
from server.cli.jobs import jobs_command
from server.cli.keys import keys_command
from server.cli.listener import Listener, open_socket
from server.cli.recipients import recipients_command
from server.cli.remote import RunningServer, checked_url, secret_key
from server.cli.sites import sites_command
from server.cli.usage import usage_command
from server.config import Config, ConfigError, from_environment
from server.db.database import Database
from server.db.schema import HEAD, migrate
from server.logs import write_errors_alone, write_json_lines
from server.services.admin.office import Office
from server.services.admin.operations import Admin, SaidNoError
from server.services.parts import Parts, assemble
from vigint_core.domain.fault import Code, VigintError

_FOR_THE_OWNER: Final[Mapping[str, Callable[[argparse.Namespace, Admin], int]]] = {
    "clients": clients_command,
    "keys": keys_command,
    "sites": sites_command,
    "recipients": recipients_command,
    "usage": usage_command,
    "incidents": incidents_command,
    "jobs": jobs_command,
}
"""Commands that are done on the database or asked of a running server, whichever is named."""


def run(arguments: argparse.Namespace) -> int:
    """Run a command; returns the exit code. Expected failures are told in words on stderr."""
    write_errors_alone()
    try:
        if getattr(arguments, "server", None) is not None:
            return _run_there(arguments)
        return _run_configured(arguments, from_environment())
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 2
    except ValidationError as error:  # what was typed is nothing that can be asked for
        print(
            "\n".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()), file=sys.stderr
        )
        return 2
    except SaidNoError as error:
        print(error, file=sys.stderr)
        return 1
    except VigintError as error:
        print(f"{error.detail} ({error.code})", file=sys.stderr)
        return 1


def _run_there(arguments: argparse.Namespace) -> int:
    url = checked_url(arguments.server, insecure=arguments.insecure)
    with closing(RunningServer(url, secret_key())) as server:
        return _FOR_THE_OWNER[arguments.command](arguments, server)


def _run_configured(arguments: argparse.Namespace, config: Config) -> int:
    try:
        config.vigint_data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise VigintError(Code.SERVER_STORAGE, f"{config.vigint_data_dir}: {error.strerror}") from error
    database = Database(config.database)
    changed = migrate(database)
    if arguments.command == "migrate":
        database.close()
        print(f"The tables are {'now' if changed else 'already'} at revision {HEAD}.")
        return 0
    parts = assemble(config, database)
    if arguments.command == "serve":
        return _serve(parts)
    try:
        return _command(arguments, parts)
    finally:
        parts.close()


def _serve(parts: Parts) -> int:
    write_json_lines()
    config = parts.config
    Listener(parts, open_socket(config.host, config.port)).serve_until_told()
    return 0


def _command(arguments: argparse.Namespace, parts: Parts) -> int:
    command = _FOR_THE_OWNER.get(arguments.command)
    if command is None:
        return doctor_command(arguments, parts)
    return command(arguments, Office(parts))
