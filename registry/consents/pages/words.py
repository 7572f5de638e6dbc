"""Words for what the rules name by a code: states, reasons, documents, fields; translated where shown."""

from registry.consents.rules.acts import ActKind, Standing
from registry.consents.rules.decisions import State
from registry.consents.rules.families import Lack
from registry.consents.rules.parts import Reason
from registry.consents.rules.reminding import Silence
from registry.consents.usecases.correcting import ConflictDocument
from registry.errors import N_
from registry.letters.rules import Channel, LetterState
from registry.programmes.rules import Means

STATES = {
    State.NOT_ASKED: N_("Не приглашены"),
    State.ASKED: N_("Ждём ответа"),
    State.UNREACHABLE: N_("Нет связи"),
    State.PARTLY_GIVEN: N_("Ответили не все"),
    State.INCOMPLETE: N_("Не хватает данных"),
    State.GIVEN: N_("Согласие"),
    State.REFUSED: N_("Отказ"),
    State.CONFLICT: N_("Разногласие"),
    State.WITHDRAWN: N_("Отозвано"),
    State.NOT_REQUIRED: N_("Не участвует"),
}
SIGNS = {
    State.NOT_ASKED: "○",
    State.ASKED: "…",
    State.UNREACHABLE: "!",
    State.PARTLY_GIVEN: "◐",
    State.INCOMPLETE: "!",
    State.GIVEN: "✓",
    State.REFUSED: "✕",
    State.CONFLICT: "≠",
    State.WITHDRAWN: "↩",
    State.NOT_REQUIRED: "–",
}
"""A sign beside the words, so that colour is not the only difference."""
COLOURS = {
    State.NOT_ASKED: "grey",
    State.ASKED: "blue",
    State.UNREACHABLE: "red",
    State.PARTLY_GIVEN: "yellow",
    State.INCOMPLETE: "orange",
    State.GIVEN: "green",
    State.REFUSED: "purple",
    State.CONFLICT: "red",
    State.WITHDRAWN: "purple",
    State.NOT_REQUIRED: "grey",
}
REASONS = {
    Reason.LEFT_ROSTER: N_("выбыл из списка"),
    Reason.GRADE_NOT_CONCERNED: N_("программа не для этого класса"),
    Reason.OPTED_OUT: N_("отказ от электронного обучения"),
    Reason.BIRTH_DATE_UNKNOWN: N_("нет даты рождения"),
    Reason.NO_GUARDIAN: N_("не записан ни один представитель"),
    Reason.GUARDIAN_SILENT: N_("представитель не ответил"),
    Reason.GUARDIAN_REFUSED: N_("представитель отказался"),
    Reason.GUARDIAN_WITHDREW: N_("представитель отозвал согласие"),
    Reason.GUARDIANS_DIFFER: N_("представители решили по-разному"),
    Reason.STUDENT_SILENT: N_("обучающийся не ответил"),
    Reason.STUDENT_REFUSED: N_("обучающийся отказался"),
    Reason.STUDENT_WITHDREW: N_("обучающийся отозвал согласие"),
    Reason.STUDENT_DATA: N_("не хватает данных обучающегося"),
    Reason.OWN_DATA_AWAITED: N_("нет решения представителя о своих данных"),
    Reason.OWN_DATA_REFUSED: N_("представитель не дал согласия на свои данные"),
    Reason.OWN_DATA_INCOMPLETE: N_("не хватает данных представителя"),
    Reason.TEXT_CHANGED: N_("вышел новый текст согласия, решить нужно заново"),
}
STANDINGS = {
    Standing.GIVEN: N_("Согласие дано"),
    Standing.REFUSED: N_("Отказ"),
    Standing.WITHDRAWN: N_("Отозвано"),
    Standing.SILENT: N_("Нужно решить"),
}
AGREEMENT_STANDINGS = {
    Standing.GIVEN: N_("Заключено"),
    Standing.REFUSED: N_("Не заключено"),
    Standing.WITHDRAWN: N_("Прекращено"),
    Standing.SILENT: N_("Нужно решить"),
}
DECISIONS = {
    ActKind.GIVEN: N_("Согласие дано"),
    ActKind.REFUSED: N_("Отказ записан"),
    ActKind.WITHDRAWN: N_("Согласие отозвано"),
    ActKind.INVALIDATED: N_("Запись признана недействительной"),
}
AGREEMENT_DECISIONS = {
    ActKind.GIVEN: N_("Соглашение заключено"),
    ActKind.REFUSED: N_("Соглашение не заключено"),
    ActKind.WITHDRAWN: N_("Соглашение прекращено"),
    ActKind.INVALIDATED: N_("Запись признана недействительной"),
}
MEANS = {
    Means.PAPER: N_("На бумаге, собственноручная подпись"),
    Means.CODE: N_("Простая электронная подпись: код подтверждения"),
    Means.QUALIFIED: N_("Квалифицированная электронная подпись"),
}
IDENTIFIED = {
    "sms-code": N_("код, присланный в СМС"),
    "email-code": N_("код, присланный на почту"),
    "esia": N_("подтверждённая учётная запись Госуслуг"),
}
"""How it was found out who sits there, by the way in of his sitting."""
FIELDS = {
    "last_name": N_("фамилия"),
    "first_name": N_("имя"),
    "middle_name": N_("отчество"),
    "birth_date": N_("дата рождения"),
    "snils": N_("СНИЛС"),
    "email": N_("электронная почта"),
    "phone": N_("телефон"),
    "address": N_("адрес регистрации"),
    "identity_document": N_("документ, удостоверяющий личность"),
    "authority_document": N_("документ о полномочиях"),
}
LACKS = {
    Lack.MISSING: N_("отсутствует"),
    Lack.NOT_CONFIRMED: N_("ждёт подтверждения"),
}
CONFLICT_DOCUMENTS = {
    ConflictDocument.PARENTS_AGREEMENT: N_("Письменное соглашение родителей"),
    ConflictDocument.GUARDIANSHIP_AUTHORITY: N_("Решение органа опеки и попечительства"),
    ConflictDocument.COURT: N_("Решение суда"),
}
PLACES = {
    "signer.address": N_("ваш адрес регистрации"),
    "signer.identity_document": N_("ваш документ: серия и номер, дата, кем выдан"),
    "signer.authority_document": N_("документ о ваших полномочиях: номер, дата, кем выдан"),
    "student.address": N_("адрес регистрации ребёнка"),
    "student.identity_document": N_("документ ребёнка: серия и номер, дата, кем выдан"),
}
CHANNELS = {
    Channel.EMAIL: N_("почта"),
    Channel.SMS: N_("СМС"),
    Channel.PAPER: N_("бумага"),
}
LETTERS = {
    LetterState.QUEUED: N_("отправляется"),
    LetterState.HANDED_OVER: N_("передано"),
    LetterState.FAILED: N_("не доставлено"),
    LetterState.VOID: N_("отменено"),
}
"""What became of a letter; handed over means that the provider took it."""
REMINDED = {
    "sent": N_("Напоминания отправляются."),
    "nobody": N_("Напоминать сейчас некому: сегодня уже напоминали, или написать некуда."),
    "morning": N_("Сейчас ночь: напоминания уйдут утром тем, кто к тому времени не ответит."),
}
SILENCES = {
    Silence.DECIDED: N_("Напоминать не о чем: решение уже есть."),
    Silence.NOT_ASKED: N_("Напоминать рано: сначала пригласите."),
    Silence.ON_PAPER: N_("Не напоминаем: ведём на бумаге."),
    Silence.CHECKING: N_("Не напоминаем: бумага внесена и ждёт второй проверки."),
    Silence.TODAY: N_("Сегодня уже напоминали. Снова можно с %(day)s."),
    Silence.NOWHERE: N_("Напомнить некуда: нет ни телефона, ни почты, на которые доходят письма."),
    Silence.ENOUGH: N_("Напомнили пять раз, больше нельзя: позвоните или ведите на бумаге."),
}
