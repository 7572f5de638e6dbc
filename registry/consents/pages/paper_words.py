"""Words for what happens to scanned pages and forms; msgids, translated where they are shown."""

from collections.abc import Sequence

from flask_babel import gettext

from registry.consents.rules.acts import differs_in_what_matters, text_lapsed
from registry.consents.rules.stacks import Fault, FormState, StackState, Thrown, Why
from registry.errors import N_
from registry.programmes.models import NoticeText
from registry.programmes.rules import NoticeKind, Programme

STACKS = {
    StackState.READING: N_("читается"),
    StackState.READ: N_("прочитана"),
    StackState.FAILED: N_("не прочитана"),
}
STACK_COLOURS = {StackState.READING: "blue", StackState.READ: "green", StackState.FAILED: "red"}
WHY = {
    Why.UNREADABLE: N_("кода не видно"),
    Why.DAMAGED: N_("страница не открывается"),
    Why.FOREIGN: N_("не наш бланк"),
    Why.SEVERAL: N_("на странице несколько кодов"),
    Why.DUPLICATE: N_("такая страница уже есть"),
    Why.OTHER_CLASS: N_("бланк ученика другого класса"),
    Why.OTHER_TEXT: N_("бланк с прежним текстом"),
    Why.ERASED: N_("данные этого человека уничтожены; снимок не сохранён"),
    Why.NOT_THIS: N_("вы сказали, что это не тот бланк"),
}
THROWN = {
    Thrown.BLANK: N_("Пустая страница"),
    Thrown.NOT_A_FORM: N_("Это не бланк согласия"),
    Thrown.REPEATED: N_("Отсканирована дважды"),
    Thrown.SPOILED: N_("Бланк испорчен, напечатаем новый"),
    Thrown.ELSEWHERE: N_("Внесём в другом месте"),
}
FORMS = {
    FormState.OPEN: N_("ждёт вас"),
    FormState.BACK: N_("возвращён проверяющим"),
    FormState.FIXING: N_("на исправлении у семьи"),
    FormState.CHECKING: N_("на проверке"),
    FormState.DONE: N_("записан"),
    FormState.DROPPED: N_("снят"),
}
FORM_COLOURS = {
    FormState.OPEN: "blue",
    FormState.BACK: "orange",
    FormState.FIXING: "yellow",
    FormState.CHECKING: "turquoise",
    FormState.DONE: "green",
    FormState.DROPPED: "grey",
}
FAULTS = {
    Fault.NO_SIGNATURE: N_("Нет подписи"),
    Fault.NO_DATE: N_("Нет даты"),
    Fault.NO_DECISION: N_("Решение не отмечено или отмечены оба"),
    Fault.WRONG_DATA: N_("Данные на бумаге неверны или неполны"),
    Fault.UNCLEAR_SCAN: N_("На скане не видно решения, даты или подписи"),
    Fault.WRONG_ENTRY: N_("Внесено не то, что на бумаге"),
}
OF_PAPER = (Fault.NO_SIGNATURE, Fault.NO_DATE, Fault.NO_DECISION, Fault.WRONG_DATA, Fault.UNCLEAR_SCAN)
"""What a family, or the scanner, has to mend."""
FAILURES = {
    "stack-died": N_("Файл не удалось прочитать: он повреждён или устроен слишком сложно."),
    "stack-damaged": N_("Файл повреждён."),
}
FAILED = N_("Файл не удалось прочитать. Отсканируйте бланки ещё раз.")
OLD_TEXT = N_(
    "На бланке прежний текст: версия %(old)s, сейчас действует %(new)s. Решение запишем под той версией, "
    "которую подписали."
)
OLD_TEXT_THAT_MATTERS = N_(
    "На бланке прежний текст: версия %(old)s, сейчас действует %(new)s. Решение запишем под той версией, "
    "которую подписали. Согласие, подписанное позже, чем вышел новый текст, не принимают: нужен новый бланк."
)
LAPSED_TEXT = N_(
    "На бланке прежний текст: версия %(old)s, сейчас действует %(new)s. Согласия на прежний текст больше не "
    "действуют. Решение запишем, но согласие нужно дать заново: напечатайте новый бланк."
)


def text_warning(programme: Programme, notice: NoticeKind, version: str) -> str:
    """Say what a paper on an older version of a document is worth; nothing of the one in force."""
    current = programme.number_of(notice)
    if version == current:
        return ""
    words = OLD_TEXT_THAT_MATTERS if differs_in_what_matters(programme, notice, version) else OLD_TEXT
    if text_lapsed(programme, notice, version):
        words = LAPSED_TEXT
    return str(gettext(words, old=version, new=current))


def text_note(programme: Programme, notice: NoticeKind, version: str) -> str:
    """Say the same in a row of a list."""
    if version == programme.number_of(notice):
        return ""
    if text_lapsed(programme, notice, version):
        return str(
            gettext("прежний текст, версия %(old)s: согласия на него больше не действуют", old=version)
        )
    return str(gettext("прежний текст, версия %(old)s", old=version))


def texts_shown(programme: Programme, notice: NoticeKind, texts: Sequence[NoticeText]) -> dict[str, str]:
    """Say which versions of a document a paper may carry, by number; the one in force comes first."""
    shown = {}
    for one in texts:
        words = gettext("%(number)s, действует сейчас", number=one.version)
        if one.version != programme.number_of(notice):
            words = gettext("%(number)s, прежняя", number=one.version)
        if text_lapsed(programme, notice, one.version):
            words = gettext("%(number)s, прежняя: согласия на неё больше не действуют", number=one.version)
        shown[one.version] = str(words)
    return shown
