"""Shapes of this room's forms: what a reader typed, cleaned and checked as far as a form can tell."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

from marshmallow import (
    EXCLUDE,
    Schema,
    ValidationError,
    fields,
    post_load,
    pre_load,
    validate,
    validates_schema,
)

from registry.consents.rules.stacks import Fault, Thrown
from registry.errors import N_

NOT_CHOSEN = N_("Выберите, даёте вы согласие или нет.")
LONGEST_LINE = 200
MOST_SHEETS = 99
LONGEST_TEXT = 1_000
_SPACES = re.compile(r"[\s\u00a0\u2009-]+")


class Form(Schema):
    """A form as a browser sends it: every value a text, foreign fields left out."""

    class Meta:
        """What is not in the form's shape is left alone."""

        unknown = EXCLUDE


def _line(message: str, longest: int = LONGEST_LINE) -> fields.String:
    """Ask for a line of text that must not be empty."""
    return fields.String(
        required=True,
        validate=[
            validate.Length(min=1, error=message),
            validate.Length(max=longest, error=N_("Слишком длинный текст: сократите его.")),
        ],
        error_messages={"required": message},
    )


def _choice(message: str, values: tuple[str, ...]) -> fields.String:
    """Ask for one of some values."""
    return fields.String(
        required=True, validate=validate.OneOf(values, error=message), error_messages={"required": message}
    )


def _person(message: str) -> fields.UUID:
    """Ask for one of the persons that are offered."""
    return fields.UUID(required=True, error_messages={"required": message, "invalid_uuid": message})


def _counted(message: str) -> dict[str, Any]:
    """Say of a whole number that it must be there and count sheets."""
    return {
        "required": True,
        "validate": validate.Range(min=1, max=MOST_SHEETS, error=message),
        "error_messages": {"required": message, "invalid": message},
    }


class CodeForm(Form):
    """The six digits, however they were grouped."""

    code = fields.String(required=True, error_messages={"required": N_("Введите код из шести цифр.")})

    @pre_load
    def join(self, data: Mapping[str, Any], **_: object) -> dict[str, Any]:
        """Take blanks and dashes out."""
        return {**data, "code": _SPACES.sub("", str(data.get("code", "")))[:20]}

    @validates_schema
    def check(self, data: Mapping[str, Any], **_: object) -> None:
        """Refuse what is no code before a guess is spent."""
        if not re.fullmatch(r"[0-9]{6}", data.get("code", "")):
            raise ValidationError(N_("В коде шесть цифр: проверьте его и введите снова."), "code")


class PersonForm(Form):
    """What a person's card says; which texts are fit for a field is for the field's own rule to tell."""

    NAMES: ClassVar[tuple[str, ...]] = ("last_name", "first_name", "middle_name")
    FIELDS: ClassVar[tuple[str, ...]] = (
        *NAMES,
        "birth_date",
        "snils",
        "phone",
        "email",
        "address",
        "identity_document",
    )

    last_name = _line(N_("Напишите фамилию."))
    first_name = _line(N_("Напишите имя."))
    middle_name = fields.String(load_default="")
    birth_date_day = fields.String(load_default="")
    birth_date_month = fields.String(load_default="")
    birth_date_year = fields.String(load_default="")
    snils = fields.String(load_default="")
    phone = fields.String(load_default="")
    email = fields.String(load_default="")
    address = fields.String(load_default="")
    identity_document = fields.String(load_default="")
    contacts_true = fields.String(load_default="")


class ChoiceForm(Form):
    """Give or not; nothing is chosen in advance."""

    decision = _choice(NOT_CHOSEN, ("given", "refused"))


class ReasonForm(Form):
    """Why somebody says no: a code of the list and words, both his own affair."""

    reason = fields.String(
        load_default="",
        validate=validate.Length(max=LONGEST_LINE, error=N_("Выберите причину из списка.")),
    )
    note = fields.String(
        load_default="",
        validate=validate.Length(max=LONGEST_TEXT, error=N_("Слишком длинный текст: сократите его.")),
    )


class SignForm(ChoiceForm, ReasonForm):
    """The signature: the decision once more, and the signer's name as he types it."""

    passed = fields.String(load_default="")
    full_name = _line(N_("Напишите свои фамилию, имя и отчество."))
    insists = fields.String(load_default="")


class WithdrawForm(ReasonForm):
    """A withdrawal: the reason is the signer's own affair."""

    passed = fields.String(load_default="")
    full_name = _line(N_("Напишите свои фамилию, имя и отчество."))


class DatedForm(Form):
    """A form with the day that stands on a document."""

    on_day_day = fields.String(load_default="")
    on_day_month = fields.String(load_default="")
    on_day_year = fields.String(load_default="")

    @validates_schema(skip_on_field_errors=False)
    def check_day(self, data: Mapping[str, Any], **_: object) -> None:
        """Refuse a day that does not exist, beside the errors of other fields."""
        if _day_of(data) is None:
            raise ValidationError(N_("Напишите дату документа: день, месяц и год."), "on_day")

    @post_load
    def join_day(self, data: dict[str, Any], **_: object) -> dict[str, Any]:
        """Put the day together."""
        return {**data, "on_day": _day_of(data)}


def _day_of(data: Mapping[str, Any]) -> date | None:
    try:
        day, month, year = (int(data.get(f"on_day_{part}", "")) for part in ("day", "month", "year"))
        return date(year, month, day)
    except ValueError:
        return None


class PaperForm(DatedForm, ReasonForm):
    """What a paper says: the decision, the day on it, and where it lies."""

    kind = _choice(N_("Выберите, что написано на бумаге."), ("given", "refused", "withdrawn"))
    place = _line(N_("Напишите, где лежит подлинник: папка, номер."))
    version = fields.String(
        load_default="",
        validate=validate.Length(max=40, error=N_("Выберите версию, которая напечатана на бланке.")),
    )


class StackPaperForm(PaperForm):
    """What a form of a stack says; whether a signature stands on it is asked apart."""

    signature = _choice(N_("Без подписи бланк не принимают: отправьте его на исправление."), ("yes",))


class FaultForm(Form):
    """What is wrong with a paper."""

    fault = _choice(N_("Выберите, что не так."), tuple(one.value for one in Fault))


class ThrowForm(Form):
    """Why a page goes."""

    why = _choice(N_("Выберите, почему эта страница не нужна."), tuple(one.value for one in Thrown))


class PageCodeForm(Form):
    """What stands on a page that no program could read."""

    code = _line(N_("Напишите код бланка: он стоит вверху и внизу страницы."))
    page = fields.Integer(**_counted(N_("Напишите, какая это страница.")))
    pages = fields.Integer(**_counted(N_("Напишите, сколько страниц в бланке.")))


class InvalidationForm(Form):
    """Why an act should never have counted."""

    reason = _choice(
        N_("Выберите причину."),
        ("wrong_person", "wrong_entry", "no_authority", "not_the_signer", "unreadable_paper"),
    )
    note = _line(N_("Напишите, что произошло."), LONGEST_TEXT)


class AnswerForm(Form):
    """What the second person says."""

    answer = _choice(N_("Выберите ответ."), ("agree", "decline"))


class OptOutForm(ReasonForm):
    """From what somebody opts out."""

    matter = _line(N_("Выберите, от чего отказ."))


class OptOutPaperForm(OptOutForm, DatedForm):
    """A paper that opts out, or ends that."""

    signer = _person(N_("Выберите, кто подписал."))
    place = _line(N_("Напишите, где лежит подлинник: папка, номер."))


class ConflictForm(DatedForm):
    """A document that says whose act stands."""

    stands = _person(N_("Выберите, чьё решение остаётся в силе."))
    document = _choice(
        N_("Выберите вид документа."), ("parents_agreement", "guardianship_authority", "court")
    )
    place = _line(N_("Напишите, где лежит документ: папка, номер."))
