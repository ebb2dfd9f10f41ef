from vigint_core.domain.ids import CameraId, IncidentId
from vigint_core.domain.incident import Incident, IncidentState
from vigint_core.domain.verdict import IncidentType
from vigint_core.domain.window import Span
from vigint_core.policy.alarms import Alarm, raise_alarm
from vigint_core.policy.grouping import GroupingRule
from vigint_core.policy.rules import RuleKind

DOOR = CameraId("door")


def alarm(start_s: float, end_s: float, kind: RuleKind = RuleKind.MOVEMENT, *, fresh: bool = True) -> Alarm:
    return Alarm(DOOR, "Door", kind, "Something moves.", Span(start_s, end_s), fresh)


def raised(told: Alarm, *recent: Incident, name: str = "i9") -> Incident:
    return raise_alarm(GroupingRule(), recent, told, 100.0, IncidentId(name))


def test_what_a_rule_saw_is_confirmed_from_the_start() -> None:
    made = raised(alarm(10, 11))

    assert (made.source, made.state, made.type) == ("rule", IncidentState.CONFIRMED, IncidentType.INTRUSION)
    assert (made.confidence, made.act_s, made.span) == (1.0, 11, Span(10, 11))
    assert [seen.text for seen in made.observations] == ["Something moves."]


def test_what_goes_on_grows_the_incident_and_what_comes_soon_after_joins_it() -> None:
    first = raised(alarm(10, 11))
    goes_on = raised(alarm(10, 16, fresh=False), first)
    again = raised(alarm(40, 41), goes_on)

    assert (goes_on.id, goes_on.span, len(goes_on.observations)) == (first.id, Span(10, 16), 1)
    assert (again.id, again.span, len(again.observations)) == (first.id, Span(10, 41), 2)


def test_another_time_another_type_or_another_source_is_another_incident() -> None:
    first = raised(alarm(10, 11), name="i1")

    assert raised(alarm(90, 91), first).id == "i9"
    assert raised(alarm(12, 13, RuleKind.LOST), first).id == "i9"
    by_ai = Incident(**{**{name: getattr(first, name) for name in first.__slots__}, "source": "ai"})
    assert raised(alarm(12, 13), by_ai).id == "i9"


def test_what_goes_on_for_ten_minutes_is_told_again() -> None:
    first = raised(alarm(10, 609), name="i1")
    assert raised(alarm(10, 612, fresh=False), first).id == "i9"


def test_an_incident_does_not_grow_without_end() -> None:
    made = raised(alarm(10, 11))
    for number in range(200):
        made = raised(alarm(11 + number, 12 + number), made)
    assert len(made.observations) == 50
