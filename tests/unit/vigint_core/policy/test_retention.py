"""What goes when a folder is full: the oldest, as many as needed, not one more."""

from hypothesis import given
from hypothesis import strategies as st

from vigint_core.policy.retention import Kept, surplus

folders = st.lists(
    st.builds(Kept, st.text(max_size=8), st.integers(0, 10_000), st.floats(0, 2e9)), unique_by=lambda file: file.name
)


def total(files: list[Kept]) -> int:
    return sum(file.size for file in files)


@given(folders, st.integers(0, 50_000))
def test_what_stays_fits(files: list[Kept], most_bytes: int) -> None:
    gone = set(surplus(files, most_bytes))
    assert total([file for file in files if file.name not in gone]) <= most_bytes


@given(folders, st.integers(0, 50_000))
def test_not_one_more_goes_than_needed(files: list[Kept], most_bytes: int) -> None:
    *needed, last = surplus(files, most_bytes) or [None]
    without_the_last = [file for file in files if file.name not in needed]
    assert last is None or total(without_the_last) > most_bytes


@given(folders, st.integers(0, 50_000))
def test_the_oldest_go_first(files: list[Kept], most_bytes: int) -> None:
    gone = surplus(files, most_bytes)
    since_s = {file.name: file.since_s for file in files}
    stays = [file.since_s for file in files if file.name not in gone]
    assert [since_s[name] for name in gone] == sorted(since_s[name] for name in gone)
    assert not gone or not stays or since_s[gone[-1]] <= min(stays)


def test_while_there_is_room_nothing_goes() -> None:
    files = [Kept("a", 60, 1.0), Kept("b", 40, 2.0)]
    assert surplus(files, 100) == []
    assert surplus(files, 99) == ["a"]
