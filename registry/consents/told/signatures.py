"""What is told of a file of a signature: whom its certificate names, what it signs, whether it was verified.

Never better than it is: names and times are what the file says of itself.
"""

from datetime import datetime

from registry.consents.models.signatures import OpenedSignature
from registry.consents.rules.signatures import ALGORITHMS, Match
from registry.consents.told.lines import LEFT_OUT, Lines, Say, moment, word
from registry.documents.cms.said import Certificate, Said
from registry.documents.cms.verifying import Verdict
from registry.errors import N_

MATCHES = {
    Match.SEALED: N_("документ с печатью об этом решении"),
    Match.SCAN: N_("скан бумаги, приложенный к этому решению"),
    Match.OFFERED: N_("PDF, предложенный до подписи"),
    Match.TEXT: N_("текст, по которому принято это решение"),
    Match.NONE: N_("ни один документ этого решения не подходит"),
    Match.NOT_COMPUTED: N_("не сверено: реестр не умеет считать отпечаток этого вида"),
    Match.NO_DIGEST: N_("не сверено: в файле нет отпечатка документа"),
}
VERDICTS = {
    Verdict.NOT_CHECKED: N_("не проверена"),
    Verdict.HOLDS: N_("проверена, действительна"),
    Verdict.FAILS: N_("проверена, недействительна"),
}
TITLE = N_("Приложенный файл подписи")


def told_signatures(signatures: tuple[OpenedSignature, ...], say: Say) -> list[tuple[str, Lines]]:
    """Tell of each file in lines of its own."""
    several = len(signatures) > 1
    return [
        (f"{say(TITLE)} {number}" if several else TITLE, signature_lines(one, say))
        for number, one in enumerate(signatures, 1)
    ]


def signature_lines(one: OpenedSignature, say: Say) -> Lines:
    """Tell of one file: first how far it may be believed, then what it says."""
    kept = one.kept
    verdict = say(VERDICTS[kept.verdict])
    return [
        (N_("Проверка подписи"), f"{verdict} ({kept.judged_by})" if kept.judged_by else verdict),
        (N_("Что подписано, судя по отпечатку"), word(MATCHES, kept.match)),
        *(_said(one.said) if one.said else [(N_("Содержание файла"), say(N_("уничтожено")))]),
        (N_("Вид отпечатка"), say(ALGORITHMS.get(kept.algorithm, kept.algorithm))),
        (N_("SHA-256 файла подписи"), kept.sha256),
        (N_("Приложен"), moment(kept.added_at.isoformat())),
        (N_("Кем приложен"), str(kept.added_by) if kept.added_by else say(N_("самим подписавшим"))),
    ]


def _said(said: Said) -> Lines:
    told = said.certificate
    at = said.signed_at
    return [
        (N_("Кто подписал, по сертификату"), told.name),
        (N_("Фамилия, имя, отчество в сертификате"), _or_nothing(told.person, besides=told.name)),
        (N_("Организация в сертификате"), told.organisation or LEFT_OUT),
        (N_("СНИЛС в сертификате"), told.snils or LEFT_OUT),
        (N_("ИНН в сертификате"), told.inn or LEFT_OUT),
        (N_("ОГРН в сертификате"), told.ogrn or LEFT_OUT),
        (N_("Кто выдал сертификат"), told.issuer),
        (N_("Номер сертификата"), told.serial),
        (N_("Срок сертификата"), _term(told)),
        (N_("Время подписи, по словам подписавшего"), moment(at.isoformat()) if at else None),
    ]


def _or_nothing(value: str, *, besides: str) -> object:
    return value if value and value != besides else LEFT_OUT


def _term(told: Certificate) -> str | None:
    if told.begins is None or told.ends is None:
        return None
    return f"{_day(told.begins)}–{_day(told.ends)}"


def _day(time: datetime) -> str:
    return f"{time:%d.%m.%Y}"
