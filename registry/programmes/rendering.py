"""A notice rendered for one signer: blocks for a page or a PDF, canonical bytes, and their digest."""

import hashlib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from registry.errors import N_, InvalidError
from registry.programmes.facts import Facts, Occasion, Subject, clean, day_said, missing_parts
from registry.programmes.rules import (
    ADULT_FROM,
    Clause,
    Means,
    Notice,
    NoticeKind,
    Programme,
    Role,
    Words,
    age_on,
)
from registry.programmes.templates import PLACE, Block, fill, parse_template, places_of, plain

LINE = "____________________"
OPTIONAL = frozenset(
    {
        "signer.birth_date",
        "signer.relation",
        "student.birth_date",
        "class.name",
        "school.inn",
        "school.email",
        "clause.student_from_14",
        "notice.governs",
    }
)
"""Places that may stay without a value; besides them those that `consent_fields` does not ask for."""
BY_PROGRAMME = frozenset(
    {
        "signer.address",
        "signer.identity_document",
        "signer.authority_document",
        "student.address",
        "student.identity_document",
    }
)


@dataclass(frozen=True, slots=True)
class Rendered:
    """The words as a signer sees them.

    Attributes:
        blocks: for a page or a PDF; plain text inside.
        body: canonical bytes: UTF-8, NFC, LF.
        sha256: of `body`, hexadecimal.
    """

    kind: NoticeKind
    language: str
    version: str
    blocks: tuple[Block, ...]
    body: bytes
    sha256: str


def render(programme: Programme, notice: Notice, facts: Facts) -> Rendered:
    """Render a notice for signing.

    Raises:
        InvalidError: a value that the document needs is missing or too long; `fields` names each.
    """
    values = _values(programme, notice, facts)
    lacking = _lacking(programme, notice, values)
    if lacking:
        raise InvalidError(
            N_("В документе не хватает сведений; заполните их и вернитесь к документу."),
            code="notice-incomplete",
            fields={name: N_("Заполните это поле: без него согласие не действует.") for name in lacking},
        )
    stated = {place: value or _not_stated(place, programme, notice) for place, value in values.items()}
    return _rendered(notice, fill(parse_template(notice.whole), stated))


def render_form(programme: Programme, notice: Notice, facts: Facts) -> Rendered:
    """Render a notice to be printed and signed by hand: a line to write on where a value is missing."""
    values = _values(programme, notice, facts)
    lines = {place: value or ("" if _is_clause(place) else LINE) for place, value in values.items()}
    return _rendered(notice, fill(parse_template(notice.whole), lines))


def _lacking(programme: Programme, notice: Notice, values: Mapping[str, str]) -> tuple[str, ...]:
    lacking: list[str] = []
    for place in places_of(parse_template(notice.whole)):
        if place in OPTIONAL or (place in BY_PROGRAMME and place not in programme.consent_fields):
            continue
        if not values[place]:
            lacking.append(place)
        elif place.endswith("_document"):
            lacking.extend(f"{place}.{part}" for part in missing_parts(values[place]))
    return tuple(lacking)


def data_said(programme: Programme, role: Role, language: str) -> str:
    """Say which data of a role the message carries, in the words of the programme."""
    words = _words(programme, language)
    return ", ".join(words.fields[name] for name in programme.fields.names(role))


def _rendered(notice: Notice, blocks: tuple[Block, ...]) -> Rendered:
    body = unicodedata.normalize("NFC", plain(blocks)).encode()
    digest = hashlib.sha256(body).hexdigest()
    return Rendered(notice.kind, notice.language, notice.version, blocks, body, digest)


def _values(programme: Programme, notice: Notice, facts: Facts) -> dict[str, str]:
    words = _words(programme, notice.language)
    said = (
        _of_programme(programme, notice, words)
        | _of_signer(facts)
        | _of_student(facts.student)
        | _of_operator(facts)
    )
    cleaned = {place: clean(value, place) for place, value in said.items()}
    cleaned["signature.block"] = _signature(words, facts.occasion, cleaned["signer.full_name"])
    cleaned["clause.student_from_14"] = _clause(programme, words, facts)
    return cleaned


def _of_programme(programme: Programme, notice: Notice, words: Words) -> dict[str, str]:
    language = notice.language
    return {
        "programme.title": programme.title.get(language, ""),
        "programme.receiver.name": programme.receiver.name,
        "programme.receiver.address": programme.receiver.address,
        "programme.receiver.basis": programme.receiver.basis,
        "programme.actions": programme.actions[language],
        "programme.methods": programme.methods[language],
        "processor": programme.processor or words.no_processor,
        "notice.purpose": notice.purpose,
        "notice.governs": words.governs,
        "fields.student": data_said(programme, Role.STUDENT, language),
        "fields.guardian": data_said(programme, Role.GUARDIAN, language),
        "consent.valid_until": day_said(programme.valid_until),
    }


def _of_signer(facts: Facts) -> dict[str, str]:
    signer = facts.signer
    return {
        "signer.full_name": signer.full_name,
        "signer.birth_date": day_said(signer.birth_date),
        "signer.address": signer.address,
        "signer.identity_document": signer.identity_document,
        "signer.authority_document": signer.authority_document,
        "signer.relation": signer.relation,
        "signer.channels": signer.channels,
    }


def _of_student(student: Subject | None) -> dict[str, str]:
    student = student or Subject("")
    return {
        "student.full_name": student.full_name,
        "student.birth_date": day_said(student.birth_date),
        "student.address": student.address,
        "student.identity_document": student.identity_document,
        "class.name": student.class_name,
    }


def _of_operator(facts: Facts) -> dict[str, str]:
    return {
        "school.full_name": facts.operator.full_name,
        "school.address": facts.operator.address,
        "school.inn": facts.operator.inn,
        "school.email": facts.operator.email,
        "registry.address": facts.occasion.registry_address,
    }


def _signature(words: Words, occasion: Occasion, name: str) -> str:
    pattern: Mapping[str, str] = {"name": name, "day": day_said(occasion.day)}
    return PLACE.sub(lambda found: pattern[found.group(1)], words.signatures[occasion.means])


def _clause(programme: Programme, words: Words, facts: Facts) -> str:
    """Say the approval of the code agreement while the student is a minor: a child grows 14 under it."""
    birth = facts.student.birth_date if facts.student else None
    if birth is None or Means.CODE not in programme.accepts:
        return ""
    if age_on(birth, facts.occasion.day, programme.age_reached) >= ADULT_FROM:
        return ""
    return " ".join(words.clauses[Clause.STUDENT_FROM_14].split())


def _not_stated(place: str, programme: Programme, notice: Notice) -> str:
    return "" if _is_clause(place) else _words(programme, notice.language).not_stated


def _is_clause(place: str) -> bool:
    return place.startswith("clause.") or place == "notice.governs"


def _words(programme: Programme, language: str) -> Words:
    return programme.words[language]
