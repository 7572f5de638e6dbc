"""Words for what changes in a definition, in the reader's language."""

from collections.abc import Iterable, Mapping

from flask_babel import gettext

from registry.web.language import language
from registry.workflows.definition import Finding
from registry.workflows.drafts.differences import Difference
from registry.workflows.drafts.phrases import Phrase
from registry.workflows.pages.room import ROLES


def say(phrase: Phrase) -> str:
    """Say a phrase."""
    if phrase.role:
        return str(gettext(ROLES.get(phrase.text, phrase.text)))
    values = {name: _value(value) for name, value in phrase.values.items()}
    return str(gettext(phrase.text, **values) if values else gettext(phrase.text))


def say_all(phrases: Iterable[Phrase]) -> str:
    """Say several phrases in one line."""
    return "; ".join(say(phrase) for phrase in phrases)


def say_finding(finding: Finding) -> str:
    """Say what is wrong with a definition: the line where it is known, the key, the reason."""
    reason = gettext(finding.text, **finding.values) if finding.values else gettext(finding.text)
    if finding.line is None:
        return f"{finding.key}: {reason}"
    return f"{gettext('строка %(line)s, %(key)s', line=finding.line, key=finding.key)}: {reason}"


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
    if isinstance(value, Mapping):
        return value.get(language()) or value.get("ru") or next(iter(value.values()), "")
    return value
