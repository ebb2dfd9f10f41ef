"""The examiner of a drill asks the real one, and insists on a suspicion for its own client alone."""

import asyncio

from server.cli.stage import SUSPICION, Insistent
from tests.fakes.examiner import CLEAR, ScriptedExaminer
from vigint_core.analysis.examiner import Subject
from vigint_core.domain.budget import Payer
from vigint_core.domain.ids import WindowId


def subject(client_id: str) -> Subject:
    return Subject(WindowId("w1"), "Drill", 10.0, 16.0, 8.0, payer=Payer(client_id, "drill"))


def looked_at(examiner: Insistent, client_id: str) -> tuple[object, object]:
    async def look() -> tuple[object, object]:
        judgement = await examiner.first_look(subject(client_id), b"")
        outcome, _ = await examiner.second_look(subject(client_id), b"")
        return judgement.first, outcome

    return asyncio.run(look())


def test_it_insists_for_its_own_client_and_knows_what_was_really_answered() -> None:
    examiner = Insistent(ScriptedExaminer(first=CLEAR, second=CLEAR), "drill")
    assert looked_at(examiner, "drill") == (SUSPICION, SUSPICION)
    assert {look: outcome for look, (outcome, _) in examiner.looks.items()} == {"first": CLEAR, "second": CLEAR}


def test_others_get_the_real_answer() -> None:
    examiner = Insistent(ScriptedExaminer(first=CLEAR, second=CLEAR), "drill")
    assert looked_at(examiner, "shop") == (CLEAR, CLEAR)
    assert examiner.looks == {}
