"""Persons and acts inside entries: their shapes, and that nobody is confused with somebody else."""

import re
from datetime import date
from typing import Any
from uuid import UUID

from registry.errors import N_
from registry.sandbox.platform.inspect.findings import Findings, uuid_of

_PERSON = {"last_name", "first_name", "middle_name", "birth_date", "snils", "email", "phone"}
_ACT = {"notice", "notice_version", "text_sha256", "kind", "means", "on", "act_id", "agreement_act_id"}
_MEANS = {"paper", "code", "qualified"}
_SNILS = re.compile(r"\d{11}")
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,255}")
_PHONE = re.compile(r"\+[1-9]\d{7,14}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_NAME = re.compile(r"[^\x00-\x1f\x7f]{1,100}")
_OLDEST = 1900
_LAST_WITHOUT_CHECK = 1_001_998
"""Numbers up to 001-001-998 were given out before there were check digits."""


def fits_person(said: object, today: date) -> bool:
    """Whether a value is a person with all agreed fields and no other."""
    if not isinstance(said, dict) or set(said) != _PERSON:
        return False
    patterns = {"last_name": _NAME, "first_name": _NAME, "email": _EMAIL, "phone": _PHONE}
    return (
        all(isinstance(said[key], str) and pattern.fullmatch(said[key]) for key, pattern in patterns.items())
        and _is_name_or_none(said["middle_name"])
        and _is_past_date(said["birth_date"], today)
        and is_snils(said["snils"])
    )


def fits_act(said: object) -> bool:
    """Whether a value is an act that allows the transfer: given, with its means and its text's digest."""
    if not isinstance(said, dict) or set(said) != _ACT:
        return False
    return (
        all(isinstance(said[key], str) and said[key] for key in ("notice", "notice_version"))
        and isinstance(said["text_sha256"], str)
        and bool(_DIGEST.fullmatch(said["text_sha256"]))
        and said["kind"] == "given"
        and isinstance(said["means"], str)
        and said["means"] in _MEANS
        and _is_past_date(said["on"], date.max)
        and uuid_of(said["act_id"]) is not None
        and (
            uuid_of(said["agreement_act_id"]) is not None
            or (said["means"] != "code" and not said["agreement_act_id"])
        )
    )


def is_snils(value: object) -> bool:
    """Whether a value is eleven digits whose last two are the right check number."""
    if not isinstance(value, str) or not _SNILS.fullmatch(value) or not value.isascii():
        return False
    if int(value[:9]) <= _LAST_WITHOUT_CHECK:
        return True
    total = sum(int(digit) * weight for digit, weight in zip(value[:9], range(9, 0, -1), strict=True))
    return int(value[9:]) == total % 101 % 100


class Persons:
    """Everybody in one message: a student stands in it once, and a contact belongs to one person."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._students: set[str] = set()
        self._owner: dict[str, str] = {}
        self._known: dict[str, dict[str, Any]] = {}

    def add_entry(self, entry: dict[str, Any], entry_id: UUID) -> None:
        """Hold an entry's student and guardians against everybody before."""
        student = entry["student"]
        if student["snils"] in self._students:
            self._findings.add("duplicate-snils", N_("СНИЛС обучающегося повторяется."), entry_id)
        self._students.add(student["snils"])
        self._add_person(student, entry_id)
        for guardian in entry["guardians"]:
            self._add_person({key: guardian[key] for key in _PERSON}, entry_id)

    def _add_person(self, person: dict[str, Any], entry_id: UUID) -> None:
        snils = person["snils"]
        if self._known.setdefault(snils, person) != person:
            self._findings.add("duplicate-snils", N_("С одним СНИЛС указаны разные сведения."), entry_id)
        for field, text in (
            ("email", N_("Один адрес e-mail указан у разных людей.")),
            ("phone", N_("Один телефон указан у разных людей.")),
        ):
            contact = person[field].lower()
            if self._owner.setdefault(contact, snils) != snils:
                self._findings.add(f"duplicate-{field}", text, entry_id)


def _is_name_or_none(value: object) -> bool:
    return value is None or (isinstance(value, str) and bool(_NAME.fullmatch(value)))


def _is_past_date(value: object, today: date) -> bool:
    if not isinstance(value, str) or len(value) != 10:  # noqa: PLR2004 - 2007-05-31
        return False
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return False
    return date(_OLDEST, 1, 1) <= day <= today
