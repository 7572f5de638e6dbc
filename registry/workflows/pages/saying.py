"""Words for what changes in a definition, in the reader's language."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from flask_babel import gettext

from registry.errors import N_
from registry.web.language import in_language
from registry.workflows.calendars.days import NO_YEAR
from registry.workflows.calendars.files import BROKEN
from registry.workflows.clock import FAILED
from registry.workflows.definition import Finding
from registry.workflows.drafts.differences import Difference
from registry.workflows.drafts.phrases import Phrase
from registry.workflows.names import NAMES
from registry.workflows.pages.room import ROLES

LONGEST_LINE: Final = 200
"""So much of a line stands beside what is wrong with it."""
REASONS: Final = {
    FAILED: N_("Здесь произошла ошибка; реестр попробует ещё раз."),
    NO_YEAR: N_("В производственном календаре нет нужного года: его надо добавить."),
    BROKEN: N_("Производственный календарь записан с ошибкой: его надо исправить."),
    "no-sub-cases": N_("Подчинённых дел ещё нет."),
    "sub-cases-open": N_("Готовы не все подчинённые дела."),
}
"""The engine's own reasons; those of rooms stand in `NAMES.reasons`."""
SKIPPED: Final = N_("Оставлено без отправки: %(count)s.")
CODED: Final = N_("Код причины: %(code)s.")
_SKIPPED: Final = re.compile(r"skipped-([0-9]+)")


def say(phrase: Phrase) -> str:
    """Say a phrase."""
    if phrase.role:
        return str(gettext(ROLES.get(phrase.text, phrase.text)))
    values = {name: _value(value) for name, value in phrase.values.items()}
    return str(gettext(phrase.text, **values) if values else gettext(phrase.text))


def say_all(phrases: Iterable[Phrase]) -> str:
    """Say several phrases in one line."""
    return "; ".join(say(phrase) for phrase in phrases)


def say_reason(code: str) -> str:
    """Say why a line of history came to be: the engine's reason, a room's, or at least that it is a code."""
    skipped = _SKIPPED.fullmatch(code)
    if skipped:
        return str(gettext(SKIPPED, count=int(skipped[1])))
    known = REASONS.get(code) or NAMES.reasons.get(code)
    return str(gettext(known) if known else gettext(CODED, code=code))


def say_date(kind: str, name: str) -> str:
    """Say which date of its case a deadline hangs on."""
    return str(gettext(NAMES.dates.get((kind, name), name)))


def say_finding(finding: Finding) -> str:
    """Say what is wrong with a definition: the line where it is known, the key, the reason."""
    reason = gettext(finding.text, **finding.values) if finding.values else gettext(finding.text)
    if finding.line is None:
        return f"{finding.key}: {reason}"
    return f"{gettext('строка %(line)s, %(key)s', line=finding.line, key=finding.key)}: {reason}"


def shown_findings(findings: Iterable[Finding], text: str) -> list[Mapping[str, str | int | None]]:
    """Lay findings out for a list: in words, with the number of the line and what stands there."""
    lines = text.splitlines()
    return [
        {
            "said": say_finding(one),
            "line": one.line if one.line and one.line <= len(lines) else None,
            "text": lines[one.line - 1].strip()[:LONGEST_LINE] if one.line and one.line <= len(lines) else "",
        }
        for one in findings
    ]


def rows_of(differences: Iterable[Difference]) -> list[Mapping[str, str]]:
    """Lay differences out for a table: where, what, before, after."""
    return [
        {
            "key": one.key,
            "place": say(one.place),
            "part": say(one.part),
            "before": say_all(one.before),
            "after": say_all(one.after),
        }
        for one in differences
    ]


def _value(value: object) -> object:
    if isinstance(value, Phrase):
        return say(value)
    return in_language(value) if isinstance(value, Mapping) else value
