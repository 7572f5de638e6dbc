"""What each kind of document is called, on pages and in letters alike; and each language of documents."""

from typing import Final

from registry.errors import N_
from registry.programmes.rules import NoticeKind

NOTICES: Final = {
    NoticeKind.CODE_AGREEMENT: N_("Соглашение о простой электронной подписи"),
    NoticeKind.STUDENT_BY_GUARDIAN: N_("Согласие на обработку данных ребёнка"),
    NoticeKind.STUDENT_SELF: N_("Согласие на обработку моих данных (обучающийся)"),
    NoticeKind.GUARDIAN_SELF: N_("Согласие на обработку моих данных (представитель)"),
}
LANGUAGES: Final = {"ru": "Русский", "en": "English", "bg": "Български"}
"""Each by its own name, which is not translated."""
