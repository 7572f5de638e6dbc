"""Which data: the fields that a message carries and those that a written consent names besides."""

from collections.abc import Iterable

from registry.errors import N_
from registry.programmes.reader import Reader
from registry.programmes.rules import Field, FieldSet, Role

PERSON_FIELDS = ("last_name", "first_name", "middle_name", "birth_date", "snils", "email", "phone")
CONFIRMABLE = ("email", "phone")
BESIDE = {Role.STUDENT: ("class_name", "school"), Role.GUARDIAN: ("relation",)}
CONSENT_FIELDS = {
    "signer": ("address", "identity_document", "authority_document"),
    "student": ("address", "identity_document"),
}


def read_fields(table: Reader) -> FieldSet:
    """Read which fields go into the message."""
    counts = table.table("guardians_with_data")
    fields = FieldSet(
        student=_fields(table, "student"),
        guardian=_fields(table, "guardian"),
        with_student=_beside(table, Role.STUDENT),
        with_guardian=_beside(table, Role.GUARDIAN),
        guardians_under_18=counts.count("under_18"),
        guardians_from_18=counts.count("from_18"),
    )
    counts.close()
    table.close()
    return fields


def read_consent_fields(table: Reader) -> frozenset[str]:
    """Read what a written consent names besides, as ``signer.address``."""
    named: set[str] = set()
    for who, known in CONSENT_FIELDS.items():
        names = table.texts(who)
        refuse_unknown(table, who, names, known)
        named.update(f"{who}.{name}" for name in names)
    table.close()
    return frozenset(named)


def refuse_unknown(reader: Reader, key: str, values: Iterable[str], known: Iterable[str]) -> None:
    """Refuse the first value that is not among the known ones."""
    allowed = tuple(known)
    for value in values:
        if value not in allowed:
            reader.refuse(
                key,
                N_("%(file)s: ключ «%(key)s»: «%(value)s» неизвестно; допустимо: %(known)s."),
                value=value,
                known=", ".join(allowed),
            )


def _fields(table: Reader, key: str) -> tuple[Field, ...]:
    written = table.texts(key)
    names = [one.rstrip("!?") for one in written]
    refuse_unknown(table, key, names, PERSON_FIELDS)
    if len(set(names)) < len(names):
        table.refuse(key, N_("%(file)s: ключ «%(key)s»: значение стоит в списке дважды."))
    refuse_unknown(
        table, key, [name for name, one in zip(names, written, strict=True) if "!" in one], CONFIRMABLE
    )
    return tuple(
        Field(name, required="?" not in one, confirmed="!" in one)
        for name, one in zip(names, written, strict=True)
    )


def _beside(table: Reader, role: Role) -> tuple[str, ...]:
    key = f"with_{role}"
    names = table.texts(key)
    refuse_unknown(table, key, names, BESIDE[role])
    return names
