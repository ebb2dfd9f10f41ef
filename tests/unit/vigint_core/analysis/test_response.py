import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigint_core.analysis.response import AnswerBody, answer_schema, read_answer
from vigint_core.domain.fault import Code
from vigint_core.domain.verdict import RULE_TYPES, Clear, IncidentType, NotAnalysed, Severity, Suspected


def body(**changes: Any) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "observations": [{"at_s": 3.5, "text": "A thing is put into a bag."}],
        "incident": True,
        "type": "concealment",
        "confidence": 0.8,
        "summary": "A person hides a thing in a bag.",
    }
    return {**plain, **changes}


def clear(**changes: Any) -> dict[str, Any]:
    return body(**{"incident": False, "type": "none", **changes})


def read(answer: Any, *, must_cite: bool = False) -> Any:
    return read_answer(json.dumps(answer), 10.0, must_cite=must_cite).outcome


def test_an_incident_is_a_suspicion_with_everything_it_said() -> None:
    outcome = read(body())
    assert isinstance(outcome, Suspected)
    verdict = outcome.verdict
    assert (verdict.type, verdict.severity, verdict.confidence) == (IncidentType.CONCEALMENT, Severity.HIGH, 0.8)
    assert [(o.at_s, o.text) for o in verdict.observations] == [(3.5, "A thing is put into a bag.")]


def test_no_incident_is_clear() -> None:
    outcome = read(clear())
    assert isinstance(outcome, Clear)
    assert outcome.summary == "A person hides a thing in a bag."


@pytest.mark.parametrize("text", ["", "   ", "no", "```json\n{}\n```", '{"incident": false', "\x00", '{"a": NaN}x'])
def test_what_is_no_json_is_not_analysed(text: str) -> None:
    assert read_answer(text, 10.0, must_cite=False).outcome == NotAnalysed(Code.AI_NOT_JSON)


@pytest.mark.parametrize(
    "answer",
    [
        {},
        [],
        None,
        "clear",
        clear(incident="false"),
        clear(incident=0),
        clear(incident=None),
        clear(confidence=1.5),
        clear(confidence="high"),
        clear(summary=""),
        clear(observations=None),
        clear(observations=[{"text": "no time"}]),
        clear(observations=[{"at_s": "0:03", "text": "a time in letters"}]),
        clear(observations=[{"at_s": 1, "text": "x"}] * 31),
        clear(type="shopping"),
        clear(type="concealment"),
        clear(severity="low"),
        body(severity="high"),
        body(type="none"),
        body(person_age=30),
        body(observations=[{"at_s": 1, "text": "x", "ethnicity": "y"}]),
        {key: value for key, value in body().items() if key != "confidence"},
    ],
)
def test_what_breaks_the_schema_or_contradicts_itself_is_not_analysed(answer: Any) -> None:
    outcome = read(answer)
    assert isinstance(outcome, NotAnalysed)
    assert outcome.reason is Code.AI_BREAKS_SCHEMA


def test_the_detail_names_the_place_and_never_what_stands_there() -> None:
    outcome = read(clear(confidence="Jane Doe, 34"))
    assert outcome.detail.startswith("confidence: ")
    secret = read({**clear(), "Jane Doe": 1})
    assert "Jane" not in outcome.detail + secret.detail


@pytest.mark.parametrize("at_s", [-0.1, 11.1, 1e9])
def test_an_incident_without_an_observation_in_the_clip_confirms_nothing(at_s: float) -> None:
    answer = body(observations=[{"at_s": at_s, "text": "x"}])
    second = read(answer, must_cite=True)
    assert isinstance(second, NotAnalysed)
    assert second.reason is Code.AI_NO_CITATION
    first = read(answer)
    assert isinstance(first, Suspected)
    assert first.verdict.observations == ()


def test_a_veto_needs_no_observation() -> None:
    assert isinstance(read(clear(observations=[]), must_cite=True), Clear)


def test_times_just_past_the_end_are_moved_to_it_and_all_are_in_order() -> None:
    seen = [{"at_s": 10.9, "text": "last"}, {"at_s": 0, "text": "first"}]
    assert [o.at_s for o in read(body(observations=seen)).verdict.observations] == [0.0, 10.0]


def test_long_texts_are_cut_and_line_breaks_go() -> None:
    outcome = read(clear(summary="a\n" * 2000))
    assert len(outcome.summary) == 500
    assert "\n" not in outcome.summary


def test_the_schema_that_is_sent_says_the_same_as_the_one_that_is_read() -> None:
    schema = json.loads(json.dumps(answer_schema()))
    fields = schema["properties"]
    assert list(fields) == list(AnswerBody.model_fields) == schema["required"]
    assert next(iter(fields)) == "observations"
    assert fields["type"]["enum"] == [*(kind for kind in IncidentType if kind not in RULE_TYPES), "none"]
    assert schema["additionalProperties"] is False


@pytest.mark.parametrize("word", ["severity", "identity", "name", "age", "sex", "ethnicity", "emotion", "face"])
def test_the_schema_has_no_field_for_a_person_nor_for_how_urgent_it_is(word: str) -> None:
    assert f'"{word}"' not in json.dumps(answer_schema())


@pytest.mark.parametrize(
    ("kind", "confidence", "is_open", "expected"),
    [
        ("concealment", 0.7, True, Severity.MEDIUM),
        ("concealment", 0.9, None, Severity.HIGH),
        ("intrusion", 0.7, False, Severity.HIGH),
    ],
)
def test_how_urgent_it_is_follows_the_rule(
    kind: str, confidence: float, is_open: bool | None, expected: Severity
) -> None:
    text = json.dumps(body(type=kind, confidence=confidence))
    outcome = read_answer(text, 10.0, must_cite=True, is_open=is_open).outcome
    assert isinstance(outcome, Suspected)
    assert outcome.verdict.severity is expected


def test_words_that_describe_a_person_are_taken_out_and_the_answer_is_flagged() -> None:
    seen = [{"at_s": 2, "text": "A young woman hides a box."}]
    reading = read_answer(json.dumps(body(observations=seen)), 10.0, must_cite=True)
    assert reading.flagged
    assert isinstance(reading.outcome, Suspected)
    (observation,) = reading.outcome.verdict.observations
    assert "woman" not in observation.text
    assert "hides a box" in observation.text
    assert not read_answer(json.dumps(body()), 10.0, must_cite=True).flagged


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=50)
@given(changes=st.dictionaries(st.sampled_from(list(body())), json_values, min_size=1), must_cite=st.booleans())
def test_a_damaged_incident_never_becomes_clear(changes: dict[str, Any], must_cite: bool) -> None:
    outcome = read(body(**changes), must_cite=must_cite)
    if isinstance(outcome, Clear):  # only an answer that consistently says so
        assert changes["incident"] is False


@given(text=st.text())
def test_any_text_has_an_outcome_and_none_is_clear(text: str) -> None:
    assert isinstance(read_answer(text, 10.0, must_cite=False).outcome, NotAnalysed)


def test_a_model_that_tells_of_what_only_a_rule_can_know_breaks_the_schema() -> None:
    assert isinstance(read(body(type="camera_lost")), NotAnalysed)
    assert isinstance(read(body(type="other")), Suspected)


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(body())[:-1] + ', "incident": false, "type": "none"}',
        json.dumps(clear())[:-1] + ', "incident": false}',
        json.dumps(clear()).replace('{"at_s": 3.5', '{"at_s": 99, "at_s": 3.5'),
    ],
)
def test_an_answer_that_says_something_twice_contradicts_itself(text: str) -> None:
    outcome = read_answer(text, 10.0, must_cite=False).outcome
    assert outcome == NotAnalysed(Code.AI_BREAKS_SCHEMA, "answer: a name twice")
