"""The texts of a definition: words of each language, clauses, notices."""

from collections.abc import Mapping
from dataclasses import replace

from registry.errors import N_
from registry.programmes.definition.fields import BESIDE, PERSON_FIELDS, refuse_unknown
from registry.programmes.definition.tidy import sha256_of, tidied
from registry.programmes.reader import Reader
from registry.programmes.rules import Clause, Means, Notice, NoticeKind, Role, Words
from registry.programmes.rules.numbers import is_number
from registry.programmes.templates import PLACE

LANGUAGES = ("ru", "en", "bg")
LONGEST_TEXT = 100_000
SIGNATURE_PLACES = ("name", "day")


def read_languages(top: Reader) -> tuple[str, ...]:
    """Read the languages; the first one is the one to fall back to."""
    languages = top.texts("languages")
    if not languages:
        top.refuse("languages", N_("%(file)s: ключ «%(key)s»: нужен хотя бы один язык."))
    refuse_unknown(top, "languages", languages, LANGUAGES)
    return languages


def read_by_language(top: Reader, key: str, languages: tuple[str, ...]) -> dict[str, str]:
    """Read a text in each language."""
    table = top.table(key)
    said = {language: table.text(language) for language in languages}
    table.close()
    return said


def read_words(top: Reader, texts: Mapping[str, str], languages: tuple[str, ...]) -> dict[str, Words]:
    """Read the words of each language, with its clauses."""
    clauses = _clauses(top, texts, languages)
    governing = read_governing(top, languages)
    table = top.table("words")
    words = {
        language: _words(table.table(language), clauses[language], governed=governing not in ("", language))
        for language in languages
    }
    table.close()
    return words


def read_governing(top: Reader, languages: tuple[str, ...]) -> str:
    """Read the language whose text decides where a translation differs; empty where all are equal."""
    if not top.has("governing"):
        return ""
    governing = top.text("governing")
    refuse_unknown(top, "governing", [governing], languages)
    return governing


def read_notice(table: Reader, texts: Mapping[str, str], languages: tuple[str, ...]) -> Notice:
    """Read one document."""
    language = table.text("language")
    refuse_unknown(table, "language", [language], languages)
    notice = Notice(
        kind=table.choice("kind", NoticeKind),
        language=language,
        version=_version(table),
        file=table.text("file"),
        purpose=table.text("purpose"),
        text=_text_of(table, texts),
        sha256="",
        plain=_text_of(table, texts, "plain") if table.has("plain") else "",
    )
    table.close()
    return replace(notice, sha256=sha256_of(notice.whole))


def _version(table: Reader) -> str:
    version = table.text("version")
    if not is_number(version):
        table.refuse("version", N_("%(file)s: ключ «%(key)s»: номер версии документа пишут так: 1.0."))
    return version


def _words(table: Reader, clauses: Mapping[Clause, str], *, governed: bool) -> Words:
    fields = table.table("fields")
    signatures = table.table("signatures")
    every = (*PERSON_FIELDS, *BESIDE[Role.STUDENT], *BESIDE[Role.GUARDIAN])
    words = Words(
        not_stated=table.text("not_stated"),
        no_processor=table.text("no_processor"),
        fields={name: fields.text(name) for name in every},
        signatures={means: _signature(signatures, means) for means in Means},
        clauses=clauses,
        governs=table.text("governs") if governed else "",
    )
    for one in (fields, signatures, table):
        one.close()
    return words


def _clauses(
    top: Reader, texts: Mapping[str, str], languages: tuple[str, ...]
) -> dict[str, dict[Clause, str]]:
    clauses: dict[str, dict[Clause, str]] = {language: {} for language in languages}
    for table in top.tables("clause"):
        name = table.choice("name", Clause)
        language = table.text("language")
        refuse_unknown(table, "language", [language], languages)
        clauses[language][name] = _text_of(table, texts)
        table.close()
    for language, found in clauses.items():
        for clause in Clause:
            if clause not in found:
                top.refuse(
                    "clause",
                    N_("%(file)s: ключ «%(key)s»: нет текста «%(name)s» на языке %(language)s."),
                    name=clause,
                    language=language,
                )
    return clauses


def _text_of(table: Reader, texts: Mapping[str, str], key: str = "file") -> str:
    name = table.text(key)
    text = texts.get(name)
    if text is None or not text.strip():
        table.refuse(key, N_("%(file)s: ключ «%(key)s»: файла «%(name)s» нет или он пуст."), name=name)
    if len(text) > LONGEST_TEXT:
        table.refuse(key, N_("%(file)s: ключ «%(key)s»: файл «%(name)s» слишком велик."), name=name)
    return tidied(text)


def _signature(table: Reader, means: Means) -> str:
    text = table.text(means)
    refuse_unknown(table, means, PLACE.findall(text), SIGNATURE_PLACES)
    return text
