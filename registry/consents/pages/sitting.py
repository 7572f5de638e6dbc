"""What the pages of a sitting share: the signer's desk, and one document on it in words."""

from dataclasses import dataclass
from uuid import UUID

from flask_babel import gettext

from registry.consents.models.moment import Where
from registry.consents.pages.words import AGREEMENT_DECISIONS, AGREEMENT_STANDINGS, DECISIONS, STANDINGS
from registry.consents.rules.acts import ActKind
from registry.consents.rules.titles import NOTICES
from registry.consents.schemas import NOT_CHOSEN
from registry.consents.usecases.sitting import Desk, Task, desk_of
from registry.errors import N_, ForbiddenError, NotFoundError
from registry.programmes.rules import NoticeKind
from registry.web.current import signed_in
from registry.work import Work


def opened_desk(work: Work) -> Desk:
    """Lay out the desk of the signer whose session this is.

    Raises:
        GoneError: his sitting is over.
        ForbiddenError: the session is not a signer's.
    """
    sitting_id = signed_in().session.sitting_id
    if sitting_id is None:
        raise ForbiddenError(N_("Эта страница открывается по личной ссылке из письма школы."))
    return desk_of(work, sitting_id)


def task_of(desk: Desk, consent_id: UUID) -> Task:
    """Find a document on the desk, by whichever of its versions.

    Raises:
        NotFoundError: it is not there.
    """
    for one in desk.tasks:
        if consent_id == one.consent.id or consent_id in one.also:
            return one
    raise NotFoundError(N_("Такого документа нет."))


def here(consent_id: UUID, presentation_id: UUID | None) -> Where:
    """Name a document of the session's sitting without looking at it: the use case holds it to the sitting.

    Raises:
        ForbiddenError: the session is not a signer's.
    """
    session = signed_in().session
    if session.sitting_id is None or session.school_id is None:
        raise ForbiddenError(N_("Эта страница открывается по личной ссылке из письма школы."))
    return Where(session.school_id, session.sitting_id, consent_id, presentation_id)


def where_of(desk: Desk, task: Task, presentation_id: UUID | None = None) -> Where:
    """Name a document of this sitting for the use cases."""
    return Where(desk.sitting.school_id, desk.sitting.id, task.consent.id, presentation_id)


_DECLARATIONS = {
    "given": N_(
        "Я прочитал(а) документ целиком, понимаю его и подписываю свободно, "
        "своей волей и в своём интересе. Моя подпись – код, который я ввёл(а) в этом сеансе."
    ),
    "refused": N_("Я не подписываю этот документ и не даю того согласия, о котором в нём просят."),
    "withdrawn": N_("Я отзываю то, что подписал(а) в этом документе."),
}


def declaration(decision: str) -> str:
    """Give what is declared by the last click, in full; the same for every document."""
    return str(gettext(_DECLARATIONS[decision]))


@dataclass(frozen=True, slots=True)
class Shown:
    """One document in words."""

    desk: Desk
    task: Task

    @property
    def consent_id(self) -> UUID:
        """Id for addresses."""
        return self.task.consent.id

    @property
    def is_agreement(self) -> bool:
        """Whether it is the agreement on the simple signature."""
        return self.task.consent.notice is NoticeKind.CODE_AGREEMENT

    @property
    def title(self) -> str:
        """What the document is."""
        return str(gettext(NOTICES[self.task.consent.notice]))

    @property
    def about_name(self) -> str:
        """Of whom the document speaks, by full name."""
        own = self.is_agreement or self.task.consent.notice is NoticeKind.GUARDIAN_SELF
        if own or self.task.family is None:
            return self.desk.signer.full_name
        return self.task.family.student.full_name

    @property
    def about(self) -> str:
        """The line above the title: the student whom it concerns, or the signer."""
        family = self.task.family
        return family.student.full_name if family and not self.is_agreement else self.desk.signer.full_name

    @property
    def signer(self) -> str:
        """Who signs."""
        return self.desk.signer.full_name

    @property
    def standing(self) -> str:
        """Where the signer stands on it."""
        words = AGREEMENT_STANDINGS if self.is_agreement else STANDINGS
        return str(gettext(words[self.task.standing]))

    @property
    def question(self) -> str:
        """What is asked."""
        if self.is_agreement:
            return str(gettext("Заключаете соглашение о простой электронной подписи?"))
        return str(gettext("Даёте согласие?"))

    @property
    def not_chosen(self) -> str:
        """The words for who went on without an answer."""
        if self.is_agreement:
            return str(gettext("Выберите, заключаете вы соглашение или нет."))
        return str(gettext(NOT_CHOSEN))

    @property
    def choices(self) -> dict[str, str]:
        """The answers, by value."""
        if self.is_agreement:
            return {
                "given": gettext("Да, заключаю соглашение"),
                "refused": gettext("Нет, буду подписывать на бумаге"),
            }
        return {"given": gettext("Даю согласие"), "refused": gettext("Не даю согласия")}

    @property
    def consequence(self) -> str:
        """What follows from a no."""
        if self.is_agreement:
            return str(
                gettext("Без соглашения дать согласие можно только на бумаге, а отказаться можно и здесь.")
            )
        return str(
            gettext(
                "Отказ ничем не грозит: данные не передадут, учёба продолжится. Решение можно изменить позже."
            )
        )

    @property
    def withdrawal_title(self) -> str:
        """The question of a withdrawal."""
        if self.is_agreement:
            return str(gettext("Прекратить соглашение?"))
        return str(gettext("Отозвать согласие?"))

    @property
    def withdrawal(self) -> str:
        """What follows from a withdrawal."""
        if self.is_agreement:
            return str(
                gettext("Подписанные раньше документы сохранят силу, новые можно будет подписать на бумаге.")
            )
        return str(
            gettext(
                "Школа перестанет использовать данные в этой программе и сообщит получателю, "
                "что их нужно уничтожить. Дать согласие снова можно в любое время."
            )
        )

    def decision(self, kind: ActKind) -> str:
        """Name what was decided."""
        return str(gettext((AGREEMENT_DECISIONS if self.is_agreement else DECISIONS)[kind]))
