"""What a document must say: the nine items of 152-FZ art. 9 part 4, and of 63-FZ art. 9 for the agreement."""

from collections.abc import Mapping
from typing import NoReturn

from registry.errors import N_
from registry.programmes.reader import DefinitionError
from registry.programmes.rules import FieldSet, Means, Notice, NoticeKind, Programme
from registry.programmes.templates import Block, TemplateError, parse_template, places_of

KNOWN_PLACES = frozenset(
    {
        "signer.full_name",
        "signer.birth_date",
        "signer.address",
        "signer.identity_document",
        "signer.authority_document",
        "signer.relation",
        "signer.channels",
        "student.full_name",
        "student.birth_date",
        "student.address",
        "student.identity_document",
        "class.name",
        "school.full_name",
        "school.address",
        "school.inn",
        "school.email",
        "programme.title",
        "programme.receiver.name",
        "programme.receiver.address",
        "programme.receiver.basis",
        "programme.actions",
        "programme.methods",
        "processor",
        "notice.purpose",
        "fields.student",
        "fields.guardian",
        "consent.valid_until",
        "registry.address",
        "clause.student_from_14",
        "signature.block",
    }
)

_OF_ALL_CONSENTS: Mapping[int, tuple[str, ...]] = {
    3: ("school.full_name", "school.address", "programme.receiver.name", "programme.receiver.address"),
    4: ("notice.purpose",),
    6: ("processor",),
    7: ("programme.actions", "programme.methods"),
    8: ("consent.valid_until", "registry.address"),
    9: ("signature.block",),
}
_OF_THE_SIGNER = ("signer.full_name", "signer.address", "signer.identity_document")

ITEMS: Mapping[NoticeKind, Mapping[int, tuple[str, ...]]] = {
    NoticeKind.STUDENT_BY_GUARDIAN: {
        1: ("student.full_name", "student.address", "student.identity_document"),
        2: (*_OF_THE_SIGNER, "signer.authority_document"),
        5: ("fields.student",),
        **_OF_ALL_CONSENTS,
    },
    NoticeKind.STUDENT_SELF: {1: _OF_THE_SIGNER, 5: ("fields.student",), **_OF_ALL_CONSENTS},
    NoticeKind.GUARDIAN_SELF: {1: _OF_THE_SIGNER, 5: ("fields.guardian",), **_OF_ALL_CONSENTS},
}
"""Number of the item of part 4 -> the places that say it. Item 2 is of a representative only."""

AGREEMENT_PLACES = (
    "signer.full_name",
    "signer.channels",
    "school.full_name",
    "school.address",
    "registry.address",
    "signature.block",
)


def items_missing(kind: NoticeKind, places: tuple[str, ...]) -> dict[int, tuple[str, ...]]:
    """Name the items of part 4 that a template does not say, each with the places that lack."""
    lacking = {
        item: tuple(place for place in wanted if place not in places)
        for item, wanted in sorted(ITEMS.get(kind, {}).items())
    }
    return {item: wanted for item, wanted in lacking.items() if wanted}


def needed_kinds(programme: Programme) -> tuple[NoticeKind, ...]:
    """Tell which documents a programme cannot do without."""
    bands = [band for rule in programme.signer_rules for band in (rule.under_14, rule.from_14, rule.from_18)]
    needed = {
        NoticeKind.STUDENT_BY_GUARDIAN: any(band.guardians for band in bands),
        NoticeKind.STUDENT_SELF: any(band.student for band in bands),
        NoticeKind.GUARDIAN_SELF: _asks_guardians(programme.fields),
        NoticeKind.CODE_AGREEMENT: Means.CODE in programme.accepts,
    }
    return tuple(kind for kind, is_needed in needed.items() if is_needed)


def check_notice(notice: Notice) -> tuple[Block, ...]:
    """Hold a notice against what a document of its kind must say; give it parsed.

    Raises:
        DefinitionError: it does not parse, has an unknown place, or lacks an item.
    """
    blocks = _parsed(notice)
    places = places_of(blocks)
    for place in places:
        if place not in KNOWN_PLACES:
            _refuse(notice, N_("%(file)s: место «{%(place)s}» неизвестно."), place=place)
    for item, lacking in items_missing(notice.kind, places).items():
        _refuse(
            notice,
            N_("%(file)s: нет пункта %(item)s части 4 статьи 9 закона 152-ФЗ (%(places)s)."),
            item=item,
            places=", ".join(lacking),
        )
    if notice.kind is NoticeKind.CODE_AGREEMENT:
        _check_agreement(notice, places)
    return blocks


def _asks_guardians(fields: FieldSet) -> bool:
    return fields.guardians_under_18 > 0 or fields.guardians_from_18 > 0


def _parsed(notice: Notice) -> tuple[Block, ...]:
    try:
        return parse_template(notice.text)
    except TemplateError as error:
        _refuse(notice, N_("%(file)s: разметка не читается рядом с «%(words)s»."), words=error)


def _check_agreement(notice: Notice, places: tuple[str, ...]) -> None:
    lacking = [place for place in AGREEMENT_PLACES if place not in places]
    if lacking:
        _refuse(
            notice,
            N_("%(file)s: в соглашении о простой подписи нет места %(places)s."),
            places=", ".join(lacking),
        )


def _refuse(notice: Notice, text: str, **values: object) -> NoReturn:
    raise DefinitionError(text, notice.file, "notice", values)
