"""What a window remembers is read back, or passed over."""

import pytest

from vigint_desktop.ui.widgets.window_place import part_of, parts_of, state_of


def test_what_is_remembered_is_read_back() -> None:
    parts = parts_of(state_of({"place": "abc", "wall": {"page": 2}}))

    assert parts["place"] == "abc"
    assert part_of(parts, "wall") == {"page": 2}
    assert part_of(parts, "place") == {}
    assert part_of(parts, "nothing") == {}


@pytest.mark.parametrize("state", [b"", b"\xff\xfe", b"[1]", b'{"version": 1, "place": "x"}', b"null", b"{"])
def test_what_makes_no_sense_is_nothing(state: bytes) -> None:
    assert parts_of(state) == {}
