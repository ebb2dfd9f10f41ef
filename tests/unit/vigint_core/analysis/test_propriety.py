"""Words that describe a person instead of an act, in English and French, and things that only sound alike."""

import json
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigint_core.analysis.propriety import HIDDEN, cleaned


@pytest.mark.parametrize(
    "text",
    [
        "A young woman takes a bottle.",
        "The man at the shelf looks around.",
        "An elderly person sits down.",
        "A teenager runs out.",
        "A black man enters.",
        "A Muslim person prays.",
        "The person seems nervous.",
        "Une jeune femme prend une bouteille.",
        "Un homme cache un objet.",
        "Une personne âgée s'assied.",
        "Une dame regarde le rayon.",
        "Un adolescent sort en courant.",
        "La personne semble nerveuse.",
    ],
)
def test_what_describes_a_person_is_hidden_and_told(text: str) -> None:
    found, flagged = cleaned(text)
    assert flagged
    assert HIDDEN in found
    assert len(found) > len(HIDDEN)


@pytest.mark.parametrize(
    "text",
    [
        "A person puts a black bag into a white trolley.",
        "A second person takes an old box from the shelf.",
        "The person at the till scans two of three bottles.",
        "A hand moves a pair of men's shoes to children's toys.",
        "Smoke rises from the bin beside the exit.",
        "Une personne pose un sac noir sur le comptoir.",
        "Une deuxième personne prend une vieille boîte.",
        "La personne à la caisse rend la monnaie.",
        "A person in a black coat takes brown paper and a bottle of white wine.",
        "A shelf of shoes for children falls over.",
        "A blind is pulled down and the lights go out.",
        "A person falls, lies on the floor and does not get up.",
        "The mannequin is moved, the manual lies on the counter.",
        "Une personne en manteau noir prend du vin blanc au rayon hommes.",
        "Des chaussures pour enfants sont par terre, une personne tombe.",
        "Une étrange boîte est posée devant la caisse.",
    ],
)
def test_an_act_and_its_things_are_left_as_they_are(text: str) -> None:
    assert cleaned(text) == (text, False)


KINDS = {
    "age": [
        "An old person sits down.",
        "A 30-year-old customer pays.",
        "A person in their thirties pays.",
        "Un client de 30 ans paie.",
        "Une personne d’une trentaine d'années attend.",
        "Une vieille personne attend.",
    ],
    "sex": ["A male customer pays.", "Two men talk.", "A lady pays.", "Deux hommes parlent.", "Un monsieur paie."],
    "origin": [
        "An Asian customer pays.",
        "A dark-skinned person enters.",
        "A person with dark skin enters.",
        "Une personne noire entre.",
        "Un client maghrébin paie.",
        "Une personne de type européen entre.",
    ],
    "belief": [
        "A Jewish person enters.",
        "A person in a hijab pays.",
        "A veiled customer pays.",
        "Un client musulman paie.",
        "Une personne voilée entre.",
    ],
    "health": [
        "A disabled person waits.",
        "A blind person waits.",
        "A pregnant customer pays.",
        "The person looks ill.",
        "Une personne malade attend.",
        "Une cliente enceinte paie.",
        "Une personne ivre tombe.",
    ],
    "feelings": [
        "The person is angry.",
        "The customer looks worried.",
        "A person walks nervously.",
        "La personne est en colère.",
        "Le client a l'air inquiet.",
        "La personne a peur.",
    ],
}


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in KINDS.items() for text in texts])
def test_no_kind_of_description_passes_in_either_language(kind: str, text: str) -> None:
    found, flagged = cleaned(text)
    assert flagged, kind
    assert HIDDEN in found


def test_the_act_around_such_a_word_stays() -> None:
    assert cleaned("A young woman hides a bottle.")[0].endswith("hides a bottle.")


@given(text=st.text(max_size=400))
def test_what_is_left_is_never_flagged_again(text: str) -> None:
    found, _ = cleaned(text)
    assert cleaned(found) == (found, False)


def test_every_word_of_the_list_is_found() -> None:
    lists = json.loads(resources.files("resources").joinpath("propriety.json").read_text("utf-8"))
    plain = [word for word in lists["person"] + lists["alone"] if word.replace(" ", "").isalpha()]
    assert len(plain) > 10
    assert [word for word in plain if not cleaned(f"Then {word} again.")[1]] == []
