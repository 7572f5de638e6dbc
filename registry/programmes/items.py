"""What a document must say: the nine items of 152-FZ art. 9 part 4, and of 63-FZ art. 9 for the agreement."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

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
        "notice.governs",
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


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that a document's text cannot stay with; the values fill the words."""

    text: str
    values: Mapping[str, object] = field(default_factory=dict)


def check_notice(notice: Notice, *, governed: bool = False) -> tuple[Block, ...]:
    """Hold a notice against what a document of its kind must say; give it parsed.

    Args:
        notice: with its text.
        governed: it is a translation, which has to say that another language's text decides.

    Raises:
        DefinitionError: it does not parse, has an unknown place, or lacks an item.
    """
    for one in problems_of(notice, governed=governed):
        said = one.text % one.values if one.values else one.text
        raise DefinitionError(N_("%(file)s: %(problem)s"), notice.file, "notice", {"problem": said})
    return parse_template(notice.whole)


def problems_of(notice: Notice, *, governed: bool = False) -> Iterator[Problem]:
    """Name everything that is wrong with a notice's text, as `check_notice` refuses it."""
    try:
        blocks = parse_template(notice.text)
        simple = parse_template(notice.plain)
    except TemplateError as error:
        yield Problem(N_("разметка не читается рядом с «%(words)s»."), {"words": str(error)})
        return
    places = places_of(blocks)
    yield from _unknown((*places, *places_of(simple)))
    for item, lacking in items_missing(notice.kind, places).items():
        said = {"item": item, "places": ", ".join(lacking)}
        yield Problem(N_("нет пункта %(item)s части 4 статьи 9 закона 152-ФЗ (%(places)s)."), said)
    if notice.kind is NoticeKind.CODE_AGREEMENT:
        yield from _of_agreement(places)
    if governed and "notice.governs" not in places:
        yield Problem(N_("перевод не говорит, какой текст главный (notice.governs)."))


def _unknown(places: tuple[str, ...]) -> Iterator[Problem]:
    for place in dict.fromkeys(places):
        if place not in KNOWN_PLACES:
            yield Problem(N_("место «{%(place)s}» неизвестно."), {"place": place})


def _of_agreement(places: tuple[str, ...]) -> Iterator[Problem]:
    lacking = [place for place in AGREEMENT_PLACES if place not in places]
    if lacking:
        yield Problem(
            N_("в соглашении о простой подписи нет места %(places)s."), {"places": ", ".join(lacking)}
        )


def _asks_guardians(fields: FieldSet) -> bool:
    return fields.guardians_under_18 > 0 or fields.guardians_from_18 > 0
