"""What ESIA refuses, in plain words for who logs in: each cause says what to do."""

from registry.errors import N_, ConflictError, ForbiddenError, GoneError, RegistryError, UnavailableError

OWNER_REFUSED = "007004"
CODE_SPENT = "007011"
UNCONFIRMED = "007055"


def told_by_code(code: str) -> RegistryError:
    """Put an error of ESIA into words; an unknown one, or one of our own set-up, is told with its number."""
    if code == OWNER_REFUSED:
        return ConflictError(
            N_(
                "Вы не разрешили Госуслугам передать данные, поэтому войти так не получилось."
                " Попробуйте снова или войдите по коду из личной ссылки."
            ),
            code="esia-owner-refused",
        )
    if code == CODE_SPENT:
        return GoneError(
            N_("Вход через Госуслуги занял слишком много времени. Начните его снова."), code="esia-code-spent"
        )
    if code == UNCONFIRMED:
        return unconfirmed()
    return UnavailableError(
        N_(
            "Госуслуги не приняли запрос реестра (ошибка ESIA-%(number)s). Войдите по коду из личной ссылки"
            " и сообщите школе номер ошибки."
        ),
        code="esia-declined",
        number=code or "?",
    )


def unconfirmed() -> ForbiddenError:
    """Say that an account that is not confirmed proves nobody."""
    return ForbiddenError(
        N_("Ваша учётная запись Госуслуг не подтверждена, а для входа сюда нужна подтверждённая."),
        code="esia-unconfirmed",
    )


def of_child() -> ForbiddenError:
    """Say that a child's account, made by a parent, decides nothing here."""
    return ForbiddenError(
        N_("Это детская учётная запись Госуслуг. До 14 лет решает родитель: пусть он войдёт под своей."),
        code="esia-child",
    )


def not_available() -> UnavailableError:
    """Say that ESIA does not answer, or answers what nobody can read."""
    return UnavailableError(
        N_("Госуслуги сейчас не отвечают. Попробуйте позже или войдите по коду из личной ссылки."),
        code="esia-unavailable",
    )


def not_believed() -> ForbiddenError:
    """Say that the answer was not what ESIA gives to a login that began here."""
    return ForbiddenError(
        N_("Ответ Госуслуг не прошёл проверку, и вход не состоялся. Начните его снова со страницы реестра."),
        code="esia-not-believed",
    )


def switched_off() -> UnavailableError:
    """Say that this installation has no login by ESIA."""
    return UnavailableError(
        N_("Вход через Госуслуги здесь не настроен. Войдите по коду из личной ссылки."), code="esia-off"
    )
