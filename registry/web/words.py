"""What roles and actions are called where people read them."""

from typing import Final

from registry.access.rules import Action, Role
from registry.errors import N_

ROLE_WORDS: Final[dict[Role, str]] = {
    Role.TUTOR: N_("классный руководитель"),
    Role.CLERK: N_("делопроизводитель"),
    Role.DIRECTOR: N_("директор"),
    Role.COORDINATOR: N_("координатор"),
    Role.OPERATOR: N_("оператор"),
    Role.AUDITOR: N_("аудитор"),
    Role.ADMINISTRATOR: N_("администратор"),
    Role.GUARDIAN: N_("законный представитель"),
    Role.STUDENT: N_("обучающийся"),
    Role.PLATFORM: N_("платформа"),
}
ACTOR_WORDS: Final[dict[str, str]] = {
    **{str(role): words for role, words in ROLE_WORDS.items()},
    "system": N_("система"),
    "worker": N_("система"),
}
"""Roles, and what acts by itself, by the names that histories and definitions give them."""
ACTION_WORDS: Final[dict[Action, str]] = {
    Action.PUBLIC: N_("открыто всем"),
    Action.SIGNED_IN: N_("открыто каждому сотруднику"),
    Action.PEOPLE_READ: N_("смотреть классы и списки"),
    Action.PERSON_READ: N_("смотреть карточки людей и выгружать списки"),
    Action.PERSON_EDIT: N_("исправлять данные людей"),
    Action.PERSON_ERASE: N_("уничтожать данные людей"),
    Action.COLLISION_SETTLE: N_("разбирать совпадения между школами"),
    Action.ROSTER_UPLOAD: N_("загружать списки"),
    Action.ROSTER_APPROVE: N_("утверждать и отменять списки"),
    Action.PROGRAMME_READ: N_("смотреть программы"),
    Action.PROGRAMME_JOIN: N_("присоединять школу к программе"),
    Action.PROGRAMME_MANAGE: N_("управлять программами"),
    Action.INVITE: N_("приглашать родителей и учеников"),
    Action.CONSENT_READ: N_("смотреть решения о согласии"),
    Action.FORM_PRINT: N_("печатать бланки согласий"),
    Action.PAPER_RECORD: N_("записывать решения с бумаги"),
    Action.PAPER_CHECK: N_("проверять внесённое с бумаги вторым"),
    Action.ACT_INVALIDATE: N_("признавать решения недействительными"),
    Action.DOCUMENT_EXPORT: N_("выгружать документы о решениях"),
    Action.DECIDE: N_("принимать решение о согласии"),
    Action.READINESS_READ: N_("смотреть готовность школ"),
    Action.SUBMISSION_READ: N_("смотреть передачи"),
    Action.SUBMISSION_PREPARE: N_("готовить передачу"),
    Action.SUBMISSION_SIGN_OFF: N_("подписывать передачу"),
    Action.SUBMISSION_RESOLVE: N_("разбирать трудности передачи"),
    Action.SUBMISSION_ACKNOWLEDGE: N_("вносить подтверждение приёма"),
    Action.PLATFORM_ANSWER: N_("отвечать за платформу"),
    Action.CASE_READ: N_("смотреть процессы и дела"),
    Action.CASE_ADVANCE: N_("продвигать дела"),
    Action.DEFINITION_MANAGE: N_("управлять описаниями процессов"),
    Action.TRAIL_READ: N_("читать журнал"),
    Action.USER_MANAGE: N_("управлять сотрудниками и ролями"),
    Action.DELEGATE: N_("передавать свои права заместителю"),
    Action.SCHOOL_MANAGE: N_("управлять школами"),
    Action.INSTALLATION_READ: N_("смотреть фоновые задания"),
    Action.PROMISE_REOPEN: N_("повторять фоновые задания"),
    Action.KEY_READ: N_("смотреть ключи"),
    Action.KEY_MANAGE: N_("управлять ключами"),
}
