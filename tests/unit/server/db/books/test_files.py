"""The books of files: one whole file a place, one upload a place, and a way back to every byte."""

from dataclasses import replace

import pytest

from server.db.books.files import Chosen, FileBook, FileEntry, FileFacts, Part, leftovers, stored_bytes
from server.db.database import Database
from server.db.tables import ClientRow, FileKind, FileState
from server.db.tenant import Tenant
from tests.fakes.clock import NOON_S
from tests.fakes.kept import incident_row, window_row
from vigint_core.domain.fault import VigintError

DAY_S = 86_400.0
FACTS = FileFacts(500, "video/mp4", "a" * 64)


def furnish(database: Database, client_id: str) -> None:
    with database.writing() as session:
        session.add(incident_row(client_id, "i1"))
        session.add(window_row(client_id, "w1"))


@pytest.fixture
def book(database: Database, tenant: Tenant) -> FileBook:
    furnish(database, tenant.client_id)
    return tenant.files


def new(file_id: str, kind: FileKind = FileKind.ALERT, state: FileState = FileState.WRITING) -> FileEntry:
    subject_id = "i1" if kind.of_incident else "w1"
    path = f"c/{file_id}/whole"
    return FileEntry("", file_id, kind, subject_id, "", path, 0, "", "", NOON_S, state, 0, ())


def whole(book: FileBook, file_id: str, facts: FileFacts = FACTS, kind: FileKind = FileKind.ALERT) -> FileEntry:
    assert book.begin(new(file_id, kind)) is not None
    done = book.complete(file_id, facts, NOON_S)
    assert done is not None
    return done.file


def test_a_file_knows_its_camera_by_what_it_belongs_to(book: FileBook) -> None:
    for kind, camera_id in {
        FileKind.ALERT: "till",
        FileKind.STILL: "till",
        FileKind.WINDOW: "door",
        FileKind.CONTEXT: "door",
    }.items():
        assert whole(book, f"f-{kind}", kind=kind).camera_id == camera_id


@pytest.mark.parametrize("kind", FileKind)
def test_nothing_is_begun_for_what_is_not_there(book: FileBook, kind: FileKind) -> None:
    assert book.begin(replace(new("f1", kind), subject_id="nobodys")) is None
    assert book.has_subject("nobodys", kind) is False
    assert book.has_subject("i1", kind) is kind.of_incident


def test_another_client_s_files_are_not_found(book: FileBook, database: Database, other: Tenant) -> None:
    whole(book, "f1")
    furnish(database, other.client_id)
    theirs = other.files
    assert theirs.get("f1") is None
    assert theirs.find("i1", FileKind.ALERT) is None
    assert theirs.of_incident("i1") == []
    assert theirs.give_up(Chosen()) == []
    assert theirs.abandon("f1") == []
    assert theirs.complete("f1", FACTS, NOON_S) is None
    theirs.forget("f1")
    theirs.clear_parts("f1")
    assert book.get("f1") is not None


def test_there_is_one_upload_in_parts_a_place(book: FileBook) -> None:
    first = book.begin(new("f1", state=FileState.ARRIVING))
    assert first is not None
    assert book.begin(new("f2", state=FileState.ARRIVING)) == first
    assert book.begin(new("f3", FileKind.STILL, FileState.ARRIVING)) != first
    assert book.find("i1", FileKind.ALERT) is None
    assert book.find("i1", FileKind.ALERT, FileState.ARRIVING) == first


def test_parts_come_in_order(book: FileBook) -> None:
    book.begin(new("f1", state=FileState.ARRIVING))
    assert book.add_part("f1", 0, Part("p1", 10), NOON_S) is True
    assert book.add_part("f1", 0, Part("p2", 10), NOON_S) is False
    assert book.add_part("f1", 9, Part("p2", 10), NOON_S) is False
    assert book.add_part("f1", 10, Part("p3", 5), NOON_S) is True
    assert book.add_part("f2", 0, Part("p4", 5), NOON_S) is False
    arriving = book.find("i1", FileKind.ALERT, FileState.ARRIVING)
    assert arriving is not None
    assert (arriving.received, arriving.parts) == (15, (Part("p1", 10), Part("p3", 5)))


def test_a_file_that_is_whole_takes_no_part_and_is_not_abandoned(book: FileBook) -> None:
    file = whole(book, "f1")
    assert book.add_part("f1", 500, Part("p1", 10), NOON_S) is False
    assert book.abandon("f1") == []
    assert book.complete("f1", FACTS, NOON_S) is None
    assert book.get("f1") == file


def test_a_whole_file_ends_the_one_before_and_the_upload(book: FileBook) -> None:
    before = whole(book, "f1")
    book.begin(new("f2", state=FileState.ARRIVING))
    book.begin(new("f3"))
    done = book.complete("f3", replace(FACTS, sha256="b" * 64), NOON_S)
    assert done is not None
    assert (done.changed, [each.id for each in done.gone]) == (True, [before.id, "f2"])
    assert book.find("i1", FileKind.ALERT) == done.file
    assert book.find("i1", FileKind.ALERT, FileState.ARRIVING) is None


def test_the_same_content_keeps_the_one_before(book: FileBook) -> None:
    before = whole(book, "f1")
    book.begin(new("f2"))
    done = book.complete("f2", FACTS, NOON_S)
    assert done is not None
    assert (done.changed, done.file, [each.id for each in done.gone]) == (False, before, ["f2"])


def test_only_what_is_gone_is_forgotten(book: FileBook) -> None:
    whole(book, "f1")
    book.forget("f1")
    assert book.get("f1") is not None
    assert [each.id for each in book.give_up(Chosen(file_id="f1"))] == ["f1"]
    book.forget("f1")
    assert book.give_up(Chosen()) == []


def test_leftovers_are_what_nobody_finishes(book: FileBook, database: Database) -> None:
    def left(at_s: float, most: int = 10) -> set[str]:
        return {each.id for each in leftovers(database, at_s, DAY_S, most)}

    whole(book, "whole")
    book.begin(new("writing", FileKind.STILL))
    book.begin(new("joined", FileKind.CONTEXT, FileState.ARRIVING))
    book.add_part("joined", 0, Part("p1", 5), NOON_S)
    book.complete("joined", FACTS, NOON_S)
    book.begin(new("gone", FileKind.WINDOW))
    book.abandon("gone")
    assert left(NOON_S + 1) == {"gone", "joined"}
    assert left(NOON_S + DAY_S + 1) == {"gone", "joined", "writing"}
    assert len(left(NOON_S + DAY_S + 1, 2)) == 2
    book.clear_parts("joined")
    assert left(NOON_S + 1) == {"gone"}


def test_what_is_stored_counts_whole_files_and_what_arrived(book: FileBook, database: Database, other: Tenant) -> None:
    assert stored_bytes(database) == 0
    furnish(database, other.client_id)
    whole(book, "f1")
    whole(other.files, "f2", FileFacts(7, "image/jpeg", "c" * 64), FileKind.STILL)
    book.begin(new("f3", FileKind.CONTEXT, FileState.ARRIVING))
    book.add_part("f3", 0, Part("p1", 30), NOON_S)
    assert stored_bytes(database) == 537


def test_a_client_with_files_can_not_be_forgotten_by_mistake(
    book: FileBook, database: Database, tenant: Tenant
) -> None:
    """Its bytes would lie in the storage for ever."""
    whole(book, "f1")
    with pytest.raises(VigintError, match=r"IntegrityError|ForeignKeyViolation"), database.writing() as session:
        session.delete(session.get(ClientRow, tenant.client_id))
