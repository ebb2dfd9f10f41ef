"""A request's id is seen by whatever works for the request, and by nothing else."""

import asyncio

import pytest

from vigint_core.domain.request_id import bound_request_id, current_request_id, is_request_id, new_request_id


def test_outside_of_a_request_there_is_none() -> None:
    assert current_request_id() == ""


def test_tasks_and_threads_of_a_request_see_its_id_and_others_do_not() -> None:
    async def work(name: str) -> list[str]:
        with bound_request_id(name):
            await asyncio.sleep(0)
            return [current_request_id(), await asyncio.to_thread(current_request_id)]

    async def both() -> list[list[str]]:
        return await asyncio.gather(work("a"), work("b"))

    assert asyncio.run(both()) == [["a", "a"], ["b", "b"]]
    assert current_request_id() == ""


def test_bound_ids_nest() -> None:
    with bound_request_id("outer"):
        with bound_request_id("inner"):
            assert current_request_id() == "inner"
        assert current_request_id() == "outer"


def test_new_ids_are_well_formed_and_differ() -> None:
    first, second = new_request_id(), new_request_id()
    assert first != second
    assert is_request_id(first)


@pytest.mark.parametrize("text", ["", "a" * 65, "a b", "a\n", "a\r\nX-Evil: 1", "é", "a_b", "../x", '"', "\x00"])
def test_what_could_harm_a_log_or_a_header_is_no_id(text: str) -> None:
    assert not is_request_id(text)


@pytest.mark.parametrize("text", ["a", "A" * 64, "0f-9", new_request_id()])
def test_plain_ids_are_taken(text: str) -> None:
    assert is_request_id(text)
