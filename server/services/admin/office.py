"""Does what the owner asks for at the database that this process is connected to."""

from collections.abc import Callable
from typing import Any

from pydantic import ValidationError

from server.services.admin.erasing import Eraser
from server.services.admin.incidents import Cases
from server.services.admin.jobs import Jobs
from server.services.admin.operations import (
    CLIENTS_ADD,
    CLIENTS_ERASE,
    CLIENTS_KEEP,
    CLIENTS_LIST,
    CLIENTS_SET,
    INCIDENTS_ERASE,
    INCIDENTS_LINKS,
    INCIDENTS_LIST,
    INCIDENTS_LOCK,
    INCIDENTS_REVOKE_LINK,
    INCIDENTS_SHOW,
    JOBS_CANCEL,
    JOBS_LIST,
    JOBS_RETRY,
    KEYS_ADD,
    KEYS_LIMITS,
    KEYS_LIST,
    KEYS_REVOKE,
    KEYS_ROTATE,
    RECIPIENTS_ADD,
    RECIPIENTS_LIST,
    RECIPIENTS_REMOVE,
    RECIPIENTS_SECRET,
    RECIPIENTS_SET,
    SITES_ADD,
    SITES_ASSIGN,
    SITES_CAMERAS,
    SITES_ERASE_CAMERA,
    SITES_LIST,
    SITES_REMOVE,
    SITES_RENAME,
    USAGE,
    A,
    Operation,
    R,
    SaidNoError,
)
from server.services.admin.people import People
from server.services.admin.places import Places
from server.services.admin.registry import Registry
from server.services.clients import StateError, TakenError, UnknownError
from server.services.parts import Parts
from server.services.recipients import WishError


class Office:
    """``Admin`` on the database. Thread-safe; every operation blocks."""

    def __init__(self, parts: Parts) -> None:
        self._handlers: dict[str, Callable[[Any], Any]] = {}
        self._take_clients_and_keys(Registry(parts))
        self._take_sites_and_cases(Places(parts), Cases(parts))
        self._take_people_and_jobs(People(parts), Jobs(parts.database))
        self._take_erasing(Eraser(parts))

    def do(self, operation: Operation[A, R], asked: A) -> R:
        """Do it. Raises SaidNoError with the reason in words, and VigintError."""
        try:
            answer: R = self._handlers[operation.name](asked)
        except UnknownError as error:
            raise SaidNoError(str(error), "unknown") from error
        except (TakenError, StateError) as error:
            raise SaidNoError(str(error), "conflict") from error
        except WishError as error:
            raise SaidNoError(str(error), "invalid") from error
        except ValidationError as error:
            raise SaidNoError(error.errors()[0]["msg"], "invalid") from None
        return answer

    @property
    def operations(self) -> frozenset[str]:
        """Names of all that can be done."""
        return frozenset(self._handlers)

    def _on(self, operation: Operation[A, R], handler: Callable[[A], R]) -> None:
        self._handlers[operation.name] = handler

    def _take_clients_and_keys(self, registry: Registry) -> None:
        self._on(CLIENTS_ADD, registry.add_client)
        self._on(CLIENTS_SET, registry.change_client)
        self._on(CLIENTS_LIST, registry.clients)
        self._on(KEYS_ADD, registry.add_key)
        self._on(KEYS_LIST, registry.keys)
        self._on(KEYS_ROTATE, registry.rotate)
        self._on(KEYS_REVOKE, registry.revoke)
        self._on(KEYS_LIMITS, registry.limit)

    def _take_sites_and_cases(self, places: Places, cases: Cases) -> None:
        self._on(SITES_ADD, places.add)
        self._on(SITES_LIST, places.all)
        self._on(SITES_RENAME, places.rename)
        self._on(SITES_REMOVE, places.remove)
        self._on(SITES_CAMERAS, places.cameras)
        self._on(SITES_ASSIGN, places.assign)
        self._on(USAGE, cases.usage)
        self._on(INCIDENTS_LIST, cases.all)
        self._on(INCIDENTS_SHOW, cases.show)
        self._on(INCIDENTS_LOCK, cases.lock)
        self._on(INCIDENTS_LINKS, cases.links)
        self._on(INCIDENTS_REVOKE_LINK, cases.revoke_link)

    def _take_erasing(self, eraser: Eraser) -> None:
        self._on(CLIENTS_KEEP, eraser.keep)
        self._on(CLIENTS_ERASE, eraser.client)
        self._on(SITES_ERASE_CAMERA, eraser.camera)
        self._on(INCIDENTS_ERASE, eraser.incident)

    def _take_people_and_jobs(self, people: People, jobs: Jobs) -> None:
        self._on(RECIPIENTS_ADD, people.add)
        self._on(RECIPIENTS_LIST, people.all)
        self._on(RECIPIENTS_SET, people.change)
        self._on(RECIPIENTS_SECRET, people.renew_secret)
        self._on(RECIPIENTS_REMOVE, people.remove)
        self._on(JOBS_LIST, jobs.all)
        self._on(JOBS_RETRY, jobs.retry)
        self._on(JOBS_CANCEL, jobs.cancel)
