"""Words for what this room names by a code; msgids, translated where they are shown."""

from registry.errors import N_
from registry.submissions.message import Kind
from registry.submissions.rules import What

KINDS = {
    Kind.FULL: N_("Полный реестр школы"),
    Kind.CORRECTION: N_("Исправление: полный реестр вместо прежнего"),
    Kind.WITHDRAWAL: N_("Извещение об отзыве"),
}
COLOURS = {
    "collecting": "blue",
    "ready": "green",
    "prepared": "yellow",
    "signed_off": "turquoise",
    "built": "turquoise",
    "sealed": "turquoise",
    "sending": "turquoise",
    "unknown": "orange",
    "handed_over": "blue",
    "resending": "turquoise",
    "rejected": "red",
    "acknowledged": "green",
}
CLASSES = {
    "collecting": N_("решения собраны не все"),
    "complete": N_("решение есть по каждому"),
    "closed": N_("закрыт вместе с передачей"),
}
CLASS_COLOURS = {"collecting": "blue", "complete": "green", "closed": "grey"}
CHANGES = {
    What.ADDED: N_("появился в списке"),
    What.LEFT: N_("выбыл из списка"),
    What.DECISION: N_("изменилось решение"),
    What.DATA: N_("изменились данные"),
}
STOPPED = {
    "submission-changed": N_("После подготовки изменились данные или решения обучающихся."),
    "out-of-order": N_("После подготовки платформа приняла другое сообщение школы."),
    "key-ended": N_("Ключ, которым сообщение было подписано, больше не действует."),
    "not-cleared": N_("Перед отправкой проверка решений не разрешила передачу."),
}
OUTCOMES = {
    "answered": N_("ответ получен"),
    "handed_over": N_("передано, подтверждение придёт позже"),
    "refused": N_("не принято"),
    "not_sent": N_("не отправлено"),
    "unknown": N_("исход неизвестен"),
}
REASONS = {
    "host-key-not-verifiable": N_(
        "ключ сервера получателя не тот, что закреплён: ничего не отправлено, сверьте отпечаток с получателем"
    ),
    "permission-denied": N_("сервер получателя не впустил: проверьте имя и ключ для SFTP"),
    "key-file": N_("файл ключа для SFTP не читается: проверьте REGISTRY_SFTP_KEY"),
    "sftp-no-such-file": N_("на сервере получателя нет условленной папки"),
    "sftp-permission-denied": N_("на сервере получателя нет права писать в папку"),
    "sftp-failure": N_("сервер получателя не смог записать файл, например нет места"),
    "another-message-there": N_("под этим номером там лежит другой файл: выясните с получателем"),
    "connection-refused-error": N_("сервер не отвечает"),
    "total-timeout": N_("сервер не ответил за отведённое время"),
    "ssl-cert-verification-error": N_("сертификат сервера не проверяется"),
    "enoent": N_("папки обмена нет: подключите носитель"),
    "eacces": N_("нет права писать в папку обмена"),
    "enospc": N_("в папке обмена нет места"),
    "process-ended": N_("отправка прервалась на нашей стороне"),
}
"""What the codes of attempts mean, where there is something to do about it."""
_PIN = N_(
    "Подтверждение пришло, но подписано ключом, которого здесь не ждут. Если платформа сменила ключ, "
    "закрепите новый по бумаге от неё (раздел «Ключи»); вопрос платформе повторится сам."
)
ATTEMPTS = {
    "signature-foreign": _PIN,
    "key-revoked": _PIN,
    "key-retired": _PIN,
    "key-expired": _PIN,
}
"""What to do about an attempt whose answer was not believed."""
VERDICTS = {
    "accepted": N_("принято"),
    "rejected": N_("отклонено"),
}
COUNTS = {
    "roster": N_("в списке"),
    "included": N_("передаются"),
    "refused": N_("отказ"),
    "conflict": N_("разногласие"),
    "withdrawn": N_("отозвано"),
    "not_required": N_("не участвуют"),
}
ROLES = {
    "clerk": N_("делопроизводитель"),
    "director": N_("директор"),
    "coordinator": N_("координатор"),
    "operator": N_("оператор"),
    "administrator": N_("администратор"),
    "system": N_("система"),
    "worker": N_("система"),
}
