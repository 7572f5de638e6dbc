"""The record of a consent for other systems: the structure of ISO/IEC TS 27560, and no made-up term."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from jsonschema_rs import Draft202012Validator, meta

from registry.consents.models.acts import get_act
from registry.consents.models.asking import Consent, get_consent
from registry.consents.rules.acts import ActKind
from registry.consents.rules.signing import InvalidReason
from registry.consents.usecases.correcting import invalidate_act
from registry.people.models.persons import get_person
from registry.programmes.rules import NoticeKind
from registry.proofs import check_bundle
from registry.proofs.rules.terms import TERMS as MEANINGS
from registry.proofs.usecases.exporting import record_of_consent
from registry.trail.canonical import canonical
from registry.trail.entries import SYSTEM
from tests.consents.conftest import AGREEMENT, OWN, C, S, Town, confirm_everything
from tests.proofs.bundles.dpv_terms import TERMS

SCHEMA = json.loads((Path(check_bundle.__file__).parent / "consent-record.schema.json").read_text())
PREFIXED = re.compile(r"(?:dpv|dct|pd):\w+")


def consent(town: Town, signer: str, notice: NoticeKind, about: str) -> Consent:
    with town.registry.reading(SYSTEM) as work:
        return get_consent(work.connection, town.school, town.consent(signer, notice, about).id)


def record(town: Town, of: Consent, *, together: bool = False) -> dict[str, object]:
    """Write a record and hold it to the schema and to the list of terms."""
    with town.work() as work:
        made = record_of_consent(work, of, together=together)
    validator = Draft202012Validator(SCHEMA, validate_formats=True)
    assert [str(one.message) for one in validator.iter_errors(made)] == []
    assert set(PREFIXED.findall(canonical(made).decode())) <= TERMS
    return json.loads(canonical(made))


def states(made: dict[str, object]) -> list[str]:
    return [one["event_state"] for one in events(made)]


def events(made: dict[str, object]) -> list[dict[str, object]]:
    return made["events"]  # type: ignore[return-value]


def texts(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for part in value.values():
            yield from texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from texts(part)
    elif isinstance(value, str):
        yield value


def test_the_schema_is_one_and_its_meanings_are_terms_that_there_are() -> None:
    assert meta.is_valid(SCHEMA)
    assert set(MEANINGS.values()) <= TERMS


def test_acts_become_events_with_the_status_that_they_have(consented: Town) -> None:
    mother = consent(consented, "mother", C, "child")
    made = record(consented, mother)
    assert states(made) == ["dpv:ConsentRequested", "dpv:ConsentGiven", "dpv:ConsentRevoked"]
    assert made["dpv:hasConsentStatus"] == "dpv:ConsentRevoked"
    given = events(made)[1]
    assert given["dpv:isIndicatedBy"] == {
        "@type": "dpv:ParentOfDataSubject",
        "dpv:hasJustification": "The processing requires the consent of a representative",
    }
    assert given["cr:on_behalf_of"] == made["pii_principal_id"] != given["entity_id"]
    assert given["cr:assurance"] == "own_code"
    consented.give("mother", C, "child")
    again = record(consented, mother)
    assert states(again)[-1] == again["dpv:hasConsentStatus"] == "dpv:RenewedConsentGiven"


def test_who_decides_on_his_own_data_is_the_subject_and_withdraws_himself(consented: Town) -> None:
    consented.give("mother", OWN, "child")
    consented.say("mother", consented.where("mother", OWN, "child"), ActKind.WITHDRAWN)
    made = record(consented, consent(consented, "mother", OWN, "child"))
    assert states(made) == ["dpv:ConsentRequested", "dpv:ConsentGiven", "dpv:ConsentWithdrawn"]
    assert events(made)[1]["dpv:isIndicatedBy"] == "dpv:DataSubject"
    assert events(made)[1]["entity_id"] == made["pii_principal_id"]
    assert "cr:on_behalf_of" not in events(made)[1]


def test_the_consent_of_student_and_guardian_is_two_events(town: Town) -> None:
    confirm_everything(town)
    for name in ("mother", "teen"):
        town.give(name, AGREEMENT)
    town.give("mother", C, "teen")
    town.give("teen", S)
    own = consent(town, "teen", S, "teen")
    made = record(town, own, together=True)
    indicated = [one.get("dpv:isIndicatedBy") for one in events(made)[1:]]
    assert isinstance(indicated[0], dict)
    assert (indicated[0]["@type"], indicated[1]) == ("dpv:ParentOfDataSubject", "dpv:DataSubject")
    assert states(record(town, own)) == ["dpv:ConsentRequested", "dpv:ConsentGiven"]


@pytest.mark.proves("S1-21")
def test_a_refusal_is_exported_with_its_day(consented: Town) -> None:
    """S1-21: a no is as exact as a yes."""
    consented.say("father", consented.where("father", C, "child"), ActKind.REFUSED)
    made = record(consented, consent(consented, "father", C, "child"))
    assert states(made) == ["dpv:ConsentRequested", "dpv:ConsentRefused"]
    assert events(made)[1]["validity_duration"] == "P0D"


def test_an_invalid_act_stays_and_the_status_goes_back(consented: Town) -> None:
    signed = consented.give("mother", C, "child")
    with consented.work(consented.tutor()) as work:
        invalidate_act(work, consented.school, signed.act_id, InvalidReason.WRONG_PERSON, "не тот ребёнок")
        staff = get_act(work.connection, consented.school, signed.act_id).recorded_by
    made = record(consented, consent(consented, "mother", C, "child"))
    assert states(made)[-1] == "dpv:ConsentInvalidated"
    assert events(made)[-1]["cr:invalidates"] == str(signed.act_id)
    assert events(made)[-1]["cr:reason_code"] == "wrong_person"
    assert made["dpv:hasConsentStatus"] == "dpv:ConsentRevoked"
    assert staff is None


def test_nobody_is_named_and_no_number_of_anybody_stands_in_a_record(consented: Town) -> None:
    made = list(texts(record(consented, consent(consented, "mother", C, "child"))))
    with consented.registry.reading(SYSTEM) as work:
        people = [
            get_person(work.connection, work.vault, consented.people[one]) for one in ("mother", "child")
        ]
    for person in people:
        assert person.phone is not None
        for secret in (person.snils, person.phone.value, person.full_name, str(person.id), person.address):
            assert not [one for one in made if secret and secret in one]


def test_a_consent_that_nobody_answered_is_requested(town: Town) -> None:
    made = record(town, consent(town, "father", C, "child"))
    assert states(made) == ["dpv:ConsentRequested"]
    assert UUID(str(made["record_id"]))
