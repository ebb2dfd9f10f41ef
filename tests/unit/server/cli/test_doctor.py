"""The server's doctor in words: one line a part, the remedy below what is not well."""

from server.cli.doctor import in_words
from vigint_core.domain.fault import Code
from vigint_core.domain.status import Health
from vigint_core.wire import PartView, Readiness


def test_a_part_that_is_well_is_one_line_and_one_that_is_not_says_what_to_do() -> None:
    well = PartView(part="database", health=Health.OK, label="sqlite")
    ill = PartView(part="ai", health=Health.DOWN, code=Code.AI_NO_KEY, cause="There is no key.", remedy="Enter one.")
    view = Readiness(service="vigint", version="1", ready=True, parts=[well, ill])

    assert in_words(view).splitlines() == [
        "database  ok              sqlite",
        "ai        down",
        "          There is no key. Enter one. (ai.no_key)",
    ]
