"""Words for what evidence names by a code, as its sheet and its page say them."""

from registry.consents.rules.acts import ActKind
from registry.consents.rules.capacity import Capacity
from registry.consents.rules.evidence import RETENTION_RULE, Check, Identified, SignatureKind
from registry.consents.rules.signing import InvalidReason
from registry.errors import N_
from registry.programmes.rules import Means

KINDS = {
    ActKind.GIVEN: N_("дано"),
    ActKind.REFUSED: N_("отказано"),
    ActKind.WITHDRAWN: N_("отозвано"),
    ActKind.INVALIDATED: N_("запись признана недействительной"),
}
CAPACITIES = {
    Capacity.GUARDIAN: N_("законный представитель обучающегося"),
    Capacity.HIMSELF: N_("сам за себя"),
}
IDENTIFIED = {
    Identified.STATE_AND_CODE: N_("вход через Госуслуги (подтверждённая учётная запись) и введённый код"),
    Identified.OWN_CODE: N_(
        "введён код, отправленный на контакт, который сотрудники не указывали и не меняли"
    ),
    Identified.CODE_UNSURE: N_("введён код; видел ли ссылку кто-то из сотрудников, не записано"),
    Identified.CODE_BY_STAFF: N_(
        "введён код, но ссылка прошла через руки сотрудника или контакт указал сотрудник: "
        "личность подтверждена слабее"
    ),
    Identified.LINK: N_("открыта личная ссылка; кто её открыл, не подтверждено"),
    Identified.PAPER: N_("подпись на бумаге; бумагу внёс сотрудник"),
    Identified.FILE: N_("приложен файл подписи; кто подписал, реестр сам не устанавливал"),
    Identified.STAFF: N_("запись сделал сотрудник под своей учётной записью"),
    Identified.UNKNOWN: None,
}
SIGNATURES = {
    SignatureKind.AGREED_CODE: N_("простая электронная подпись: код по заключённому соглашению"),
    SignatureKind.FIRST_CODE: N_("код, которым заключено само соглашение о простой подписи"),
    SignatureKind.BARE_CODE: N_("сообщение, подтверждённое кодом, без соглашения о подписи; форма не нужна"),
    SignatureKind.HAND: N_("собственноручная подпись на бумаге"),
    SignatureKind.QUALIFIED: N_("квалифицированная электронная подпись, проверена"),
    SignatureKind.FILE: N_("файл квалифицированной подписи; не проверена"),
    SignatureKind.NONE: N_("это запись сотрудника, а не подпись"),
}
CHECKS = {
    Check.LINK: N_("открыта личная ссылка"),
    Check.SMS_CODE: N_("введён код из СМС"),
    Check.EMAIL_CODE: N_("введён код из письма"),
    Check.ESIA: N_("вход через Госуслуги"),
}
CHANNELS = {
    "email": N_("почта"),
    "sms": N_("СМС"),
    "paper": N_("бумага"),
    "esia": N_("вход через Госуслуги"),
}
LETTERS = {
    "queued": N_("ещё не передано"),
    "handed_over": N_("передано оператору связи"),
    "failed": N_("не доставлено"),
    "void": N_("отменено"),
}
SOURCES = {
    "roster": N_("из списка школы"),
    "staff": N_("указал сотрудник"),
    "typed": N_("указал сам подписавший"),
    "esia": N_("из учётной записи Госуслуг"),
}
CLOCKS = {
    "synchronised": N_("сверяются"),
    "unsynchronised": N_("не сверяются"),
}
RELATIONS = {
    "mother": N_("мать"),
    "father": N_("отец"),
    "adopter": N_("усыновитель"),
    "guardian": N_("опекун"),
    "trustee": N_("попечитель"),
    "foster": N_("приёмный родитель"),
}
MEANS = {
    Means.PAPER: N_("на бумаге"),
    Means.CODE: N_("на сайте, кодом"),
    Means.QUALIFIED: N_("файлом подписи"),
}
METHODS = {"typed-and-button": N_("имя введено с клавиатуры и нажата кнопка")}
RULES = {RETENTION_RULE: N_("три года после последнего действия с этим документом")}
ROLES = {
    "tutor": N_("классный руководитель"),
    "clerk": N_("сотрудник канцелярии школы"),
    "director": N_("директор школы"),
    "coordinator": N_("координатор органа управления образованием"),
    "operator": N_("оператор реестра"),
}
REASONS = {
    InvalidReason.WRONG_PERSON: N_("записано не на того человека"),
    InvalidReason.WRONG_ENTRY: N_("записано с ошибкой"),
    InvalidReason.NO_AUTHORITY: N_("у подписавшего не было полномочий"),
    InvalidReason.NOT_THE_SIGNER: N_("подписал не тот, чьё имя стоит"),
    InvalidReason.UNREADABLE_PAPER: N_("бумага не читается"),
}
YES, NO = N_("да"), N_("нет")
