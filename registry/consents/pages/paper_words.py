"""Words for what happens to scanned pages and forms; msgids, translated where they are shown."""

from registry.consents.rules.stacks import Fault, FormState, StackState, Thrown, Why
from registry.errors import N_

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
