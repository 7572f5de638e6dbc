"""Words and measures of printed documents, read from pdf_templates/<language>/<kind>.toml."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from string import Formatter
from typing import Any, Final

from registry.errors import N_, SettingsError

FOLDER: Final = Path(__file__).resolve().parents[2] / "pdf_templates"
MILLIMETRE: Final = 72 / 25.4


class TemplateKind(StrEnum):
    """Documents that have words of their own."""

    CONSENT_FORM = "consent_form"
    SEALED_ACT = "sealed_act"
    LETTER = "letter"


_SEALED_ACT: Final = """
    title reference school notice notice_version signer student decision time method identified
    notice_student_by_guardian notice_student_self notice_guardian_self notice_code_agreement
    given refused withdrawn agreement_given agreement_refused agreement_withdrawn means_paper
    means_code means_qualified by_sms_code by_email_code by_esia by_paper staff_contact
    not_recorded text text_form text_gone evidence digests seen_text_digest seen_act_digest
    seen_event withdraw seal proof files file_leaf file_opening file_receipt file_proof
"""
"""Words without a place; what `seen_...` labels is evidence."""
WORDS: Final[Mapping[TemplateKind, Mapping[str, frozenset[str]]]] = {
    TemplateKind.CONSENT_FORM: {
        "title": frozenset(),
        "code": frozenset({"code"}),
        "page": frozenset({"page", "pages"}),
        "version": frozenset({"version"}),
        "asked": frozenset(),
        "decision": frozenset(),
        "give": frozenset(),
        "refuse": frozenset(),
        "date": frozenset(),
        "signature": frozenset(),
        "name": frozenset(),
        "note": frozenset(),
    },
    TemplateKind.SEALED_ACT: {
        "page": frozenset({"page", "pages"}),
        "code": frozenset({"code"}),
        "check": frozenset({"address"}),
        **dict.fromkeys(_SEALED_ACT.split(), frozenset()),
    },
    TemplateKind.LETTER: {"page": frozenset({"page", "pages"}), "link": frozenset({"link"})},
}
"""The words of each kind and the places that each may have."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Measures of a page: type in points, margins in millimetres."""

    text_pt: float
    small_pt: float
    heading_pt: float
    leading: float
    left_mm: float
    right_mm: float
    top_mm: float
    bottom_mm: float
    square_mm: float


@dataclass(frozen=True, slots=True)
class Template:
    """Words and measures of one kind of document in one language."""

    kind: TemplateKind
    language: str
    layout: Layout
    words: Mapping[str, str]

    def say(self, key: str, **values: object) -> str:
        """Give one text with its places filled; what is filled in is never read again."""
        return self.words[key].format_map(values)


@lru_cache(maxsize=32)
def load_template(kind: TemplateKind, language: str, folder: Path = FOLDER) -> Template:
    """Read and check a template; kept for the life of the process.

    Raises:
        SettingsError: the file is missing, or something in it is unknown, absent or of a wrong shape.
    """
    path = folder / language / f"{kind}.toml"
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SettingsError(
            N_("Нет шаблона документа %(file)s: восстановите его."), file=_name(path)
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(
            N_("Шаблон документа %(file)s не читается: %(reason)s"), file=_name(path), reason=str(error)
        ) from None
    _same_keys(path, "", said, {"layout", "words"})
    return Template(kind, language, _layout(path, said["layout"]), _words(path, kind, said["words"]))


def _layout(path: Path, said: Any) -> Layout:  # noqa: ANN401 - whatever the file says
    names = {one.name for one in fields(Layout)}
    _same_keys(path, "layout", said, names)
    for name, value in said.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 200:  # noqa: PLR2004
            raise _refusal(path, f"layout.{name}")
    return Layout(**{name: float(value) for name, value in said.items()})


def _words(path: Path, kind: TemplateKind, said: Any) -> Mapping[str, str]:  # noqa: ANN401 - whatever the file says
    _same_keys(path, "words", said, set(WORDS[kind]))
    for name, places in WORDS[kind].items():
        if not isinstance(said[name], str) or _places(said[name]) != places:
            raise _refusal(path, f"words.{name}")
    return dict(said)


def _places(text: str) -> frozenset[str] | None:
    try:
        parts = list(Formatter().parse(text))
    except ValueError:
        return None
    if any(spec or conversion for _, _, spec, conversion in parts):
        return None
    return frozenset(name for _, name, _, _ in parts if name is not None)


def _same_keys(path: Path, table: str, said: Any, names: set[str]) -> None:  # noqa: ANN401 - whatever the file says
    if not isinstance(said, dict):
        raise _refusal(path, table)
    for name in sorted(names ^ said.keys()):
        raise _refusal(path, f"{table}.{name}".strip("."))


def _refusal(path: Path, key: str) -> SettingsError:
    return SettingsError(
        N_("Шаблон документа %(file)s: ключ «%(key)s» лишний, отсутствует или записан не так."),
        file=_name(path),
        key=key,
    )


def _name(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"
