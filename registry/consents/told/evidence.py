"""The evidence of an act in words: groups of lines, each with a value or with none, as it was recorded."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from registry.catalogues import catalogue
from registry.consents.rules.acts import ActKind
from registry.consents.rules.capacity import Capacity
from registry.consents.rules.evidence import identified, signature_kind
from registry.consents.rules.titles import NOTICES
from registry.consents.told import words
from registry.consents.told.lines import LEFT_OUT, Lines, Say, moment, told_lines, word, yes_or_no
from registry.consents.told.online import told_online
from registry.consents.told.signatures import told_signatures
from registry.consents.usecases.evidence import ActEvidence
from registry.documents.marks import readable_code
from registry.errors import N_
from registry.programmes.rules import Means

NOT_RECORDED: Final = N_("не записано")


@dataclass(frozen=True, slots=True)
class Group:
    """Lines that belong together: what each is called, and its value or None where it was not recorded."""

    title: str
    lines: tuple[tuple[str, str | None], ...]


def told(evidence: ActEvidence, language: str) -> Sequence[Group]:
    """Tell everything that is known of an act, in an order that does not change, in words of a language.

    Whoever shows it writes `NOT_RECORDED` in the place of a value of None: nothing is filled in.
    """
    say = catalogue(language).gettext
    parts: list[tuple[str, Lines]] = [
        (N_("Волеизъявление"), _act(evidence)),
        (N_("Что прочитано и решено"), _read(evidence, say)),
        (N_("Кто решил"), _who(evidence)),
    ]
    if evidence.act.means is Means.CODE:
        parts += told_online(evidence, say)
    elif evidence.act.kind is not ActKind.INVALIDATED:
        parts.append((N_("Бумага"), _paper(evidence)))
    if evidence.act.recorded_by is not None:
        parts.append((N_("Кто внёс запись"), _staff(evidence)))
    parts += [(N_("Когда"), _when(evidence)), (N_("Хранение"), _retained(evidence))]
    parts += told_signatures(evidence.signatures, say)  # beside the act, and no part of it
    return tuple(Group(say(title), told_lines(rows, say)) for title, rows in parts)


def _act(evidence: ActEvidence) -> Lines:
    act = evidence.act
    return [
        (N_("Номер"), readable_code(act.id)),
        (N_("Документ"), word(NOTICES, act.notice)),
        (N_("Решение"), word(words.KINDS, act.kind)),
        (N_("Способ"), LEFT_OUT if act.kind is ActKind.INVALIDATED else word(words.MEANS, act.means)),
        (N_("Чем подписано"), word(words.SIGNATURES, signature_kind(evidence.grounds))),
        (N_("Запись журнала"), str(evidence.leaf.id)),
        (N_("Отменяет запись"), readable_code(act.invalidates) if act.invalidates else LEFT_OUT),
        (
            N_("Содержание записи уничтожено"),
            yes_or_no(evidence.destroyed) if evidence.destroyed else LEFT_OUT,
        ),
    ]


def _read(evidence: ActEvidence, say: Say) -> Lines:
    act, agreement = evidence.act, evidence.agreement
    return [
        (N_("Версия текста"), act.notice_version),
        (N_("SHA-256 текста"), act.text_sha256),
        (N_("Язык"), act.language),
        (N_("SHA-256 страницы с текстом"), evidence.said.get("html_sha256")),
        (N_("SHA-256 PDF до подписи"), evidence.said.get("pdf_sha256")),
        (N_("Заявление"), evidence.said.get("declaration")),
        (N_("Слова на кнопке"), evidence.said.get("button")),
        (N_("Причина отзыва"), evidence.said.get("reason") if act.kind is ActKind.WITHDRAWN else LEFT_OUT),
        (
            N_("Соглашение о подписи"),
            f"{readable_code(agreement.id)}, {say(N_('версия'))} {agreement.notice_version}"
            if agreement
            else LEFT_OUT,
        ),
    ]


def _who(evidence: ActEvidence) -> Lines:
    said, authority = evidence.said, evidence.said.get("authority", {})
    tie: object = f"{authority['id']}, {authority['version']}" if authority else None
    relation: object = word(words.RELATIONS, authority.get("relation"))
    paper = evidence.act.means is not Means.CODE
    if evidence.act.capacity is Capacity.HIMSELF:
        tie = relation = LEFT_OUT
    return [
        (N_("В качестве кого"), word(words.CAPACITIES, evidence.act.capacity)),
        (
            N_("Кем записан обучающемуся"),
            relation,
        ),
        (N_("Запись о полномочиях"), tie),
        (N_("Имя в реестре"), said.get("register_name")),
        (N_("Имя, как его написал подписавший"), LEFT_OUT if paper else said.get("typed_name")),
        (N_("Имена совпадают"), LEFT_OUT if paper else yes_or_no(said.get("name_fits"))),
        (N_("Возраст обучающегося в этот день"), said.get("age")),
        (N_("Правило о том, кто решает"), said.get("rule")),
    ]


def _paper(evidence: ActEvidence) -> Lines:
    said, scan = evidence.said, evidence.said.get("scan", {})
    return [
        (N_("Насколько установлено"), word(words.IDENTIFIED, identified(evidence.grounds))),
        (N_("Дата на бумаге"), f"{evidence.act.on_day:%d.%m.%Y}"),
        (N_("Где подлинник"), evidence.act.place),
        (N_("SHA-256 скана"), scan.get("sha256")),
        (N_("Страниц в скане"), scan.get("pages")),
        (N_("Код бланка"), said.get("form")),
        (N_("Кто проверил запись"), said.get("checked_by")),
    ]


def _staff(evidence: ActEvidence) -> Lines:
    act = evidence.act
    return [
        (N_("Сотрудник"), str(act.recorded_by)),
        (N_("Роль"), word(words.ROLES, evidence.said.get("role"))),
        (N_("Причина"), word(words.REASONS, act.reason) if act.reason else LEFT_OUT),
        (N_("Пояснение"), evidence.said.get("note") if act.invalidates else LEFT_OUT),
        (N_("Сообщено подписавшему"), yes_or_no(evidence.said.get("signer_told"))),
    ]


def _when(evidence: ActEvidence) -> Lines:
    said = evidence.said
    return [
        (N_("Когда записано"), moment(evidence.act.recorded_at.isoformat())),
        (N_("День решения"), f"{evidence.act.on_day:%d.%m.%Y}"),
        (N_("Часы сервера"), word(words.CLOCKS, said.get("clock"))),
        (N_("Расхождение с часами подписавшего"), said.get("client_offset")),
    ]


def _retained(evidence: ActEvidence) -> Lines:
    retain = evidence.said.get("retain", {})
    until = retain.get("until")
    return [
        (N_("Хранится не меньше чем до"), f"{date.fromisoformat(until):%d.%m.%Y}" if until else None),
        (N_("По правилу"), word(words.RULES, retain.get("rule"))),
    ]
