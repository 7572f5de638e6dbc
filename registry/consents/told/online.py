"""What is told of an act on the site: checks, contact, invitation, reading, session."""

from collections.abc import Mapping
from typing import Any

from registry.consents.rules.evidence import Check, identified
from registry.consents.told import words
from registry.consents.told.lines import Lines, Say, moment, word, yes_or_no
from registry.consents.usecases.evidence import ActEvidence
from registry.errors import N_


def told_online(evidence: ActEvidence, say: Say) -> list[tuple[str, Lines]]:
    """Tell how a signer came, was identified, read and decided on the site."""
    checks = [
        (f"{say(N_('Как установлено, кто это'))}: {say(words.CHECKS[Check(one['method'])])}", _check(one))
        for one in evidence.checks
    ]
    return [
        (N_("Как установлено, кто это"), _identified(evidence)),
        *checks,
        (N_("Контакт"), _contact(evidence)),
        (N_("Приглашение"), _invitation(evidence, say)),
        (N_("Чтение и подпись"), _intent(evidence)),
        (N_("Сеанс"), _session(evidence)),
    ]


def _identified(evidence: ActEvidence) -> Lines:
    return [(N_("Насколько установлено"), word(words.IDENTIFIED, identified(evidence.grounds)))]


def _check(one: Mapping[str, Any]) -> Lines:
    lines: Lines = [(N_("Когда подтверждено"), moment(one.get("verified_at")))]
    if one["method"] == Check.ESIA:
        return [*lines, (N_("Уровень учётной записи"), one.get("level"))]
    if one["method"] == Check.LINK:
        return lines
    return [
        (N_("Куда отправлен код"), one.get("masked")),
        (N_("Отпечаток контакта с ключом"), one.get("keyed")),
        (N_("Когда отправлен"), moment(one.get("sent_at"))),
        (N_("Что с отправкой"), word(words.LETTERS, one.get("letter"))),
        (N_("Номер у оператора связи"), one.get("provider_id")),
        *lines,
        (N_("Попыток ввода"), one.get("attempts")),
    ]


def _contact(evidence: ActEvidence) -> Lines:
    said = evidence.said.get("contact", {})
    return [
        (N_("Откуда контакт"), word(words.SOURCES, said.get("source"))),
        (N_("Контакт отличается от списка школы"), yes_or_no(said.get("differs"))),
        (N_("Контакт указал или менял сотрудник"), yes_or_no(evidence.act.contact_changed)),
    ]


def _invitation(evidence: ActEvidence, say: Say) -> Lines:
    said = evidence.said.get("invitation", {})
    sends = [_send(one, say) for one in said.get("sends", ())]
    return [
        (N_("Номер"), said.get("id")),
        (N_("SHA-256 ключа ссылки"), said.get("token_sha256")),
        (N_("Каким путём"), word(words.CHANNELS, said.get("channel"))),
        (N_("Создано"), moment(said.get("created_at"))),
        (N_("Кем создано"), said.get("created_by")),
        (N_("Отправки"), "; ".join(sends) or None),
        (N_("Впервые открыл человек"), moment(said.get("opened_at"))),
        (N_("Ссылку видел сотрудник"), yes_or_no(said.get("shown_to_staff"))),
    ]


def _send(one: Mapping[str, Any], say: Say) -> str:
    parts = [
        say(words.CHANNELS[one["channel"]]),
        moment(one["promised_at"]),
        say(words.LETTERS[one["state"]]),
        moment(one.get("handed_over_at")),
        one.get("provider_id"),
    ]
    return ", ".join(part for part in parts if part)


def _intent(evidence: ActEvidence) -> Lines:
    said = evidence.said
    return [
        (N_("Текст выдан для чтения"), moment(said.get("served_at"))),
        (N_("PDF предложен до подписи"), yes_or_no(said.get("pdf_offered"))),
        (N_("Страница проверки выдана"), moment(said.get("checked_at"))),
        (N_("Как выражена воля"), word(words.METHODS, said.get("method"))),
        (N_("Решение получено"), moment(said.get("decided_at"))),
    ]


def _session(evidence: ActEvidence) -> Lines:
    said = evidence.said
    return [
        (N_("Сеанс"), said.get("session")),
        (N_("Адрес в сети"), said.get("address")),
        (N_("Адрес другого конца соединения"), said.get("peer")),
        (N_("Порт другого конца соединения"), said.get("port")),
        (N_("Заголовок пересылки, как он пришёл"), said.get("forwarded")),
        (N_("Каким посредникам верит реестр"), said.get("proxies")),
        (N_("Браузер"), said.get("agent")),
        (N_("Языки браузера"), said.get("languages")),
    ]
