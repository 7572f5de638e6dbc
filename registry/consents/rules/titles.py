"""What each kind of document is called, on pages and in letters alike."""

from registry.errors import N_
from registry.programmes.rules import NoticeKind

NOTICES = {
    NoticeKind.CODE_AGREEMENT: N_("Соглашение о простой электронной подписи"),
    NoticeKind.STUDENT_BY_GUARDIAN: N_("Согласие на обработку данных ребёнка"),
    NoticeKind.STUDENT_SELF: N_("Согласие на обработку моих данных (обучающийся)"),
    NoticeKind.GUARDIAN_SELF: N_("Согласие на обработку моих данных (представитель)"),
}
