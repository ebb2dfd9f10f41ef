"""Runs one command: configuration, books, then the command itself. Exit code 2 says: not configured for it."""

import argparse
import sys

from server.cli.accounts import clients_command
from server.cli.doctor import doctor_command
from server.cli.keys import keys_command
from server.cli.listener import Listener, open_socket
from server.cli.usage import usage_command
from server.config import Config, ConfigError, from_environment
from server.db.database import Database
from server.db.schema import HEAD, migrate
from server.logs import write_json_lines
from server.services.clients import StateError, TakenError, UnknownError
from server.services.parts import Parts, assemble
from vigint_core.domain.fault import Code, VigintError


def run(arguments: argparse.Namespace) -> int:
    """Run a command; returns the exit code. Expected failures are told in words on stderr."""
    try:
        return _run_configured(arguments, from_environment())
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 2
    except (StateError, TakenError, UnknownError) as error:
        print(error, file=sys.stderr)
        return 1
    except VigintError as error:
        print(f"{error.detail} ({error.code})", file=sys.stderr)
        return 1


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
    match arguments.command:
        case "clients":
            return clients_command(arguments, parts.clients)
        case "keys":
            return keys_command(arguments, parts.clients, parts.clock)
        case "usage":
            return usage_command(arguments, parts)
        case _:
            return doctor_command(arguments, parts)
