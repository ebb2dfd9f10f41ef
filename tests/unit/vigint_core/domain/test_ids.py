"""Identities: fresh ones never meet, a camera's name always gives the same one."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from vigint_core.domain.ids import camera_id_from_name, new_incident_id, new_window_id
from vigint_core.wire import Identity


def test_fresh_ids_differ() -> None:
    assert len({new_window_id() for _ in range(100)} | {new_incident_id() for _ in range(100)}) == 200


@pytest.mark.parametrize(
    ("name", "identity"),
    [
        ("Door", "door"),
        ("  Till 2 ", "till-2"),
        ("Entrée côté rue", "entree-cote-rue"),
        ("Aisle 3 / wine & spirits", "aisle-3-wine-spirits"),
        ("DOOR!", "door"),
    ],
)
def test_a_plain_name_is_its_own_id(name: str, identity: str) -> None:
    assert camera_id_from_name(name) == identity


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("カメラ 1", "ドア 1"),
        ("Склад", "Касса"),
        ("A very long name of a camera above the first till", "A very long name of a camera above the first tills"),
        ("Straße", "Strae"),
    ],
)
def test_names_that_would_look_alike_are_kept_apart(one: str, other: str) -> None:
    assert camera_id_from_name(one) != camera_id_from_name(other)


@pytest.mark.parametrize("name", ["", "   ", "\t\n"])
def test_a_camera_needs_a_name(name: str) -> None:
    with pytest.raises(ValueError, match="needs a name"):
        camera_id_from_name(name)


@given(st.text(min_size=1).filter(str.strip))
def test_any_name_gives_an_id_that_is_a_file_name_and_passes_the_wire(name: str) -> None:
    identity = camera_id_from_name(name)

    assert re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?", identity)
    assert identity == camera_id_from_name(name) == camera_id_from_name(f" {name} ")
    assert TypeAdapter(Identity).validate_python(identity) == identity
