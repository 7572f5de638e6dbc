"""Definitions of programmes: parse and check the text of one version, with its notices."""

import hashlib
import itertools
import json
import tomllib
from collections.abc import Mapping

from registry.errors import N_
from registry.programmes.definition.e_learning import read_e_learning
from registry.programmes.definition.edited import laid_over, read_edited
from registry.programmes.definition.fields import read_consent_fields, read_fields
from registry.programmes.definition.signers import read_signer_rules
from registry.programmes.definition.texts import (
    read_by_language,
    read_languages,
    read_notice,
    read_words,
)
from registry.programmes.definition.tidy import sha256_of
from registry.programmes.items import check_notice, needed_kinds
from registry.programmes.reader import DefinitionError, Reader
from registry.programmes.rules import (
    AgeReached,
    AgreementBy,
    Means,
    Notice,
    OnMajor,
    Programme,
    Receiver,
)

UNIT = "school"
HIGHEST_GRADE = 12


def parse_definition(file: str, texts: Mapping[str, str]) -> Programme:
    """Read one version of a programme.

    Args:
        file: name of the definition among `texts`.
        texts: the definition and every notice and clause that it names, by the names it uses; and what was
            written here in their place, if anything was.

    Raises:
        DefinitionError: something does not hold; the text names file, key and reason.
    """
    top = Reader(file, "", _toml(file, texts[file]))
    languages = read_languages(top)
    edited = read_edited(texts)
    programme = Programme(
        id=top.text("id"),
        version=top.text("version") + (f"+{edited.number}" if edited.number else ""),
        title=read_by_language(top, "title", languages),
        receiver=_receiver(top.table("receiver")),
        processor=top.text("processor") if top.has("processor") else None,
        deadline=top.day("deadline"),
        valid_until=top.day("valid_until"),
        accepts=frozenset(top.chosen("accepts", one, Means) for one in top.texts("accepts")),
        code_agreement=top.choice("code_agreement", AgreementBy),
        age_reached=top.choice("age_reached", AgeReached),
        grades=_grades(top),
        fields=read_fields(top.table("fields")),
        consent_fields=read_consent_fields(top.table("consent_fields")),
        actions=read_by_language(top, "actions", languages),
        methods=read_by_language(top, "methods", languages),
        words=read_words(top, texts, languages),
        signer_rules=read_signer_rules(top),
        notices=laid_over(edited, [read_notice(one, texts, languages) for one in top.tables("notice")]),
        digest=digest_of(file, texts),
        e_learning=read_e_learning(top, languages),
        languages=languages,
        on_major_notice=_on_major(top),
    )
    _check_whole(top, programme, languages)
    return programme


def digest_of(file: str, texts: Mapping[str, str]) -> str:
    """Give the SHA-256 over the definition and the texts beside it, hexadecimal."""
    parts = {name: sha256_of(text) for name, text in texts.items() if name != file}
    whole = json.dumps({"definition": sha256_of(texts[file]), "texts": parts}, sort_keys=True)
    return hashlib.sha256(whole.encode()).hexdigest()


def named_files(file: str, text: str) -> tuple[str, ...]:
    """Name the notices and clauses that a definition asks for, before anything else of it is read."""
    top = Reader(file, "", _toml(file, text))
    tables = [one for kind in ("notice", "clause") for one in top.tables(kind)]
    return tuple(one.text(key) for one in tables for key in ("file", "plain") if one.has(key))


def _toml(file: str, text: str) -> Mapping[str, object]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DefinitionError(
            N_("%(file)s: не читается как TOML: %(reason)s."), file, "", {"reason": error}
        ) from None


def _receiver(table: Reader) -> Receiver:
    receiver = Receiver(table.text("name"), table.text("address"), table.text("basis"))
    table.close()
    return receiver


def _on_major(top: Reader) -> OnMajor:
    return top.choice("on_major_notice", OnMajor) if top.has("on_major_notice") else OnMajor.STAND


def _grades(top: Reader) -> frozenset[int]:
    grades = top.counts("grades") if top.has("grades") else ()
    if any(not 1 <= one <= HIGHEST_GRADE for one in grades):
        top.refuse("grades", N_("%(file)s: ключ «%(key)s»: класс бывает от 1 до 12."))
    return frozenset(grades)


def _check_whole(top: Reader, programme: Programme, languages: tuple[str, ...]) -> None:
    if top.text("unit") != UNIT:
        top.refuse("unit", N_("%(file)s: ключ «%(key)s»: передача собирается только по школе («school»)."))
    top.close()
    _check_dates(top, programme)
    _check_notices(top, programme, languages)


def _check_notices(top: Reader, programme: Programme, languages: tuple[str, ...]) -> None:
    found = {(one.kind, one.language): one for one in programme.notices}
    if len(found) < len(programme.notices):
        top.refuse(
            "notice", N_("%(file)s: ключ «%(key)s»: документ одного вида на одном языке стоит дважды.")
        )
    for kind, language in itertools.product(needed_kinds(programme), languages):
        if (kind, language) not in found:
            top.refuse(
                "notice",
                N_("%(file)s: ключ «%(key)s»: нет документа «%(kind)s» на языке %(language)s."),
                kind=kind,
                language=language,
            )
    for notice in programme.notices:
        _check_number(top, programme, notice)
        check_notice(notice, governed=bool(programme.words[notice.language].governs))


def _check_number(top: Reader, programme: Programme, notice: Notice) -> None:
    if programme.notice(notice.kind, "").version != notice.version:
        top.refuse(
            "notice",
            N_("%(file)s: ключ «%(key)s»: у документа «%(kind)s» на разных языках разные версии."),
            kind=notice.kind,
        )


def _check_dates(top: Reader, programme: Programme) -> None:
    begins = programme.signer_rules[0].since
    if programme.deadline < begins:
        top.refuse(
            "deadline", N_("%(file)s: ключ «%(key)s»: срок раньше начала действия правила о решающих.")
        )
    if programme.valid_until < programme.deadline:
        top.refuse("valid_until", N_("%(file)s: ключ «%(key)s»: согласия кончаются раньше срока передачи."))
